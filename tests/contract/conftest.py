"""The places that facts come from."""

import pytest

from kernel.db import Pool
from tests.integration.scheduler.conftest import Street


@pytest.fixture
async def street(pool: Pool) -> Street:
    built = Street(pool)
    await built.open()
    return built
