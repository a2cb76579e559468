from hypothesis import given
from hypothesis import strategies as st

from carebell.restarts import LONGEST_DELAY_S, SETTLED_AFTER_S, Restarts


def test_the_first_restart_comes_at_once() -> None:
    assert Restarts().ended(after_s=1).delay_s == 0.1


def test_a_part_that_keeps_falling_over_is_retried_with_growing_patience() -> None:
    state, delays = Restarts(), []
    for _ in range(5):
        state = state.ended(after_s=0)
        delays.append(state.delay_s)
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6]


def test_a_part_that_settled_restarts_quickly_again() -> None:
    state = Restarts(in_a_row=9).ended(after_s=SETTLED_AFTER_S)
    assert state.delay_s == 0.1


@given(st.lists(st.floats(min_value=0, max_value=1e6)))
def test_nobody_waits_longer_than_the_limit(ups: list[float]) -> None:
    state = Restarts()
    for up in ups:
        state = state.ended(after_s=up)
        assert 0 < state.delay_s <= LONGEST_DELAY_S
