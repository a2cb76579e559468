"""Shifts and breaks give way to what has happened."""

from scheduler.day.duty import Commitment, shift, with_room
from scheduler.model.problem import Window

H = 3600


def test_a_long_shift_over_noon_has_a_break_and_a_short_or_late_one_has_none() -> None:
    assert len(shift(8 * H, 17 * H, 0).breaks) == 1
    assert shift(8 * H, 12 * H, 0).breaks == ()
    assert shift(12 * H, 20 * H, 0).breaks == ()


def test_an_alarm_after_the_shift_s_end_keeps_its_shift_open_until_the_way_home() -> None:
    (one,) = with_room(
        [shift(8 * H, 12 * H, 0)], [Commitment(start=11 * H, end=13 * H, home=600, alarm=True)]
    )
    assert one.window == Window(start=8 * H, end=13 * H + 600)


def test_an_alarm_across_noon_takes_the_break_and_one_in_the_morning_does_not() -> None:
    whole = shift(8 * H, 17 * H, 0)
    noon, early = (
        Commitment(start=12 * H, end=13 * H, home=0, alarm=True),
        Commitment(start=9 * H, end=10 * H, home=0, alarm=True),
    )
    assert with_room([whole], [noon])[0].breaks == ()
    assert with_room([whole], [early]) == (whole,)


def test_a_break_that_what_happened_left_no_room_for_is_no_rule_any_more() -> None:
    whole = shift(8 * H, 17 * H, 0)
    on_end = [
        Commitment(start=10 * H + 1800, end=12 * H, home=0),
        Commitment(start=12 * H, end=14 * H, home=0),
    ]
    assert with_room([whole], on_end)[0].breaks == ()
    apart = [
        Commitment(start=10 * H, end=12 * H, home=0),
        Commitment(start=12 * H + 1800, end=14 * H, home=0),
    ]
    assert with_room([whole], apart) == (whole,)
    assert with_room([whole], [], now=14 * H)[0].breaks == ()


def test_halves_of_a_split_shift_that_a_fact_joins_become_one() -> None:
    halves = [shift(8 * H, 11 * H, 0), shift(12 * H, 15 * H, 0)]
    (joined,) = with_room(halves, [Commitment(start=10 * H, end=13 * H, home=0)])
    assert joined.window == Window(start=8 * H, end=15 * H)
    assert with_room([], [Commitment(start=0, end=1, home=0)]) == ()
