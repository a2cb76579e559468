"""The town that stories are told about."""

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from tests.stories.town import Town


@pytest.fixture
async def town(pool: Pool, clock: FakeClock) -> Town:
    return await Town.built(pool, clock)
