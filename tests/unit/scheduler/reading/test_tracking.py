"""Where somebody will be when: promises kept, delays passed on, facts believed."""

from datetime import UTC, datetime, timedelta

from scheduler.reading.tracking import Leg, estimates

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def leg(start: int, end: int, **known: object) -> Leg:
    return Leg(start_at=after(start), end_at=after(end), travel_s=600, **known)  # type: ignore[arg-type]


def test_nobody_comes_before_the_time_that_was_promised() -> None:
    early = leg(0, 30, started_at=after(-20), ended_at=after(5))
    (_, following) = estimates([early, leg(40, 70)], after(6))
    assert following.start_at == after(40)
    assert following.late_s == 0


def test_an_overrun_delays_what_follows_by_what_the_slack_does_not_take_up() -> None:
    over = leg(0, 30, started_at=after(0))
    current, following = estimates([over, leg(45, 75)], after(50))
    assert current.end_at == after(50)
    assert following.start_at == after(60)
    assert following.late_s == 15 * 60


def test_what_should_have_begun_begins_now_at_the_earliest() -> None:
    (only,) = estimates([leg(0, 30)], after(10))
    assert (only.start_at, only.end_at, only.late_s) == (after(10), after(40), 600)


def test_a_fresh_position_counts_for_the_next_stop_and_only_for_it() -> None:
    first, second = estimates([leg(0, 30), leg(40, 60)], after(0), nearby_s=1200)
    assert first.start_at == after(20)
    assert second.start_at == after(60)


def test_a_cancelled_stop_takes_no_time() -> None:
    void = leg(0, 30, void=True)
    skipped, following = estimates([void, leg(40, 60)], after(35))
    assert skipped.late_s == 0
    assert following.start_at == after(40)
