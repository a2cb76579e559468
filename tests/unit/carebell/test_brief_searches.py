"""A small town need not wait as long for its first plans as a large one."""

import pytest

from carebell.demo.running import SECONDS, search_seconds
from scheduler.centre.model import Kind


@pytest.mark.parametrize(
    ("residents", "visits", "meals"), [(20, 1, 1), (150, 2, 1), (500, 6, 2), (1_000, 12, 5)]
)
def test_the_first_plans_are_searched_for_as_long_as_the_town_is_large(
    residents: int, visits: int, meals: int
) -> None:
    assert search_seconds(residents) == {Kind.VISITS: visits, Kind.MEALS: meals}


def test_no_town_waits_longer_than_the_largest_time() -> None:
    assert search_seconds(50_000) == SECONDS
