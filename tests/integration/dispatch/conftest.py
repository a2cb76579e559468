"""The same town as in the stories."""

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from tests.stories.town import Town


@pytest.fixture
async def town(pool: Pool, clock: FakeClock) -> Town:
    return await Town.built(pool, clock)
