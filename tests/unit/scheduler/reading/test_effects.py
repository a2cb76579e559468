"""What leaving delays: pushed back as far as the slack goes, given up where it does not."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from kernel.geo import Position
from scheduler.model.problem import EBIKE
from scheduler.named import Service
from scheduler.reading.effects import Ahead, DepartureEffect, effect

TEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HERE = Position(31.8, 119.9)


def after(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


def ahead(start: int, *, latest: int = 600) -> Ahead:
    return Ahead(
        visit_id=uuid4(),
        resident_name="Wang",
        service=Service(id="bath", zh="助浴", en="Bathing"),
        start_at=after(start),
        end_at=after(start + 30),
        latest=after(latest),
        travel_s=600,
        at=HERE,
    )


def leaving(*visits: Ahead, until: int, shift_ends: int = 600) -> DepartureEffect:
    return effect(
        visits, until=after(until), where=HERE, mode=EBIKE, shift_ends_at=after(shift_ends)
    )


def test_a_short_alarm_before_a_gap_delays_nobody() -> None:
    assert leaving(ahead(60), ahead(120), until=45) == DepartureEffect(
        delays=(), delay_total_s=0, unplaced=0
    )


def test_delays_run_on_until_the_slack_has_taken_them_up() -> None:
    found = leaving(ahead(10), ahead(60), ahead(240), until=70)
    assert [delay.delay_s // 60 for delay in found.delays] == [60, 50]
    assert found.delay_total_s == 110 * 60


def test_a_visit_that_would_come_too_late_needs_somebody_else_and_delays_nothing() -> None:
    found = leaving(ahead(10, latest=60), ahead(80), until=70)
    (lost,) = found.delays
    assert (lost.new_start, found.unplaced, found.delay_total_s) == (None, 1, 0)


def test_a_visit_that_would_end_after_the_shift_needs_somebody_else() -> None:
    assert leaving(ahead(10), until=70, shift_ends=95).unplaced == 1
