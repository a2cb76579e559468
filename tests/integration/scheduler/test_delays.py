"""Somebody is late: they are at the visit when they said, no sooner, and the day goes by that."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.errors import ConflictError, InvalidError
from scheduler.reading import caregiver as phone
from scheduler.repairing import asking, deciding
from scheduler.repairing.model import Cause, Happened, Late
from scheduler.repairing.showing import Shown
from scheduler.solve.resident import ResidentSolver

from .conftest import CENTRE, Street
from .repairs import HERE, offered, planned


async def start_of(pool: Pool, visit: UUID) -> tuple[UUID, datetime]:
    """Who comes to a visit by the plan in force, and when."""
    row = await pool.fetchrow(
        "SELECT s.caregiver_id, s.start_at FROM scheduler.plan_stop s"
        " JOIN scheduler.plan p ON p.id = s.plan_id"
        " WHERE s.visit_id = $1 AND p.state = 'published'",
        visit,
    )
    assert row is not None
    return row["caregiver_id"], row["start_at"]


async def said_late(
    street: Street, clock: FakeClock, resident: ResidentSolver, visit: UUID, how: Late
) -> Shown:
    happened = Happened(cause=Cause.LATE, visit_id=visit, late=how)
    return await offered(street.pool, clock, resident, happened)


async def test_who_is_late_reaches_the_visit_when_they_said_and_what_follows_waits(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    first = await street.visit(await street.resident("Wang"), (600, 610))
    then = await street.visit(await street.resident("Zhou"), (640, 720))
    await planned(street, clock)
    late, after = await street.visit_of(first), await street.visit_of(then)
    _, planned_at = await start_of(pool, late)
    shown = await said_late(street, clock, resident, late, Late(minutes=50))
    await deciding.publish(
        pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=Process.COMMAND_LINE
    )
    assert await start_of(pool, late) == (li, planned_at + timedelta(minutes=50))
    assert (await start_of(pool, after))[1] >= planned_at + timedelta(minutes=80)
    await clock.advance(timedelta(minutes=1))
    again = Late(expected_at=planned_at + timedelta(minutes=60))
    shown = await said_late(street, clock, resident, late, again)
    await deciding.publish(
        pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=Process.COMMAND_LINE
    )
    assert await start_of(pool, late) == (li, planned_at + timedelta(minutes=60))
    assert {line.id for line in (await phone.today(pool, li, clock.now())).visits} == {late, after}


async def test_somebody_else_may_come_to_a_late_visit_and_nobody_late_comes_elsewhere_sooner(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li, sun = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun")]
    item = await street.visit(await street.resident("Wang"), (600, 610), preferred=(li,))
    await planned(street, clock)
    late = await street.visit_of(item)
    _, planned_at = await start_of(pool, late)
    until = planned_at + timedelta(hours=5)
    shown = await said_late(street, clock, resident, late, Late(expected_at=until))
    seats = [change.after for way in shown.ways for change in way.changes]
    comes = [(seat.caregivers[0].id, seat.start_at) for seat in seats if seat is not None]
    assert len(comes) == len(seats)
    assert all(who == sun or start >= until for who, start in comes)
    assert sun in {who for who, _ in comes}


async def test_a_delay_that_makes_no_sense_is_refused_and_nothing_is_noted(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    await street.caregiver("Li", (480, 1020))
    item = await street.visit(await street.resident("Wang"), (600, 610))
    await planned(street, clock)
    late = await street.visit_of(item)
    _, planned_at = await start_of(pool, late)

    async def ask(how: Late | None) -> None:
        happened = Happened(cause=Cause.LATE, visit_id=late, late=how)
        await asking.ask(
            pool,
            CENTRE,
            event_id=uuid4(),
            happened=happened,
            now=clock.now(),
            by=Process.COMMAND_LINE,
        )

    with pytest.raises(InvalidError, match="how many minutes"):
        await ask(None)
    with pytest.raises(InvalidError, match="how many minutes"):
        await ask(Late(minutes=5, expected_at=planned_at + timedelta(minutes=5)))
    with pytest.raises(InvalidError, match="after the planned start"):
        await ask(Late(expected_at=planned_at))
    with pytest.raises(InvalidError, match="cancel the visit"):
        await ask(Late(expected_at=planned_at + timedelta(hours=9)))
    await clock.advance(planned_at + timedelta(minutes=20) - clock.now())
    with pytest.raises(InvalidError, match="would have begun"):
        await ask(Late(minutes=20))
    await pool.execute("UPDATE scheduler.visit SET state = 'started', started_at = $1", planned_at)
    with pytest.raises(ConflictError, match="begun"):
        await ask(Late(minutes=40))
    assert await pool.fetchval("SELECT count(*) FROM scheduler.delay") == 0
    assert await pool.fetchval("SELECT count(*) FROM scheduler.repair") == 0
