"""Record what happened and ask for a repair.

The planner process computes the alternatives (`scheduler.repairing.offering`): it is told by a
fact and looks by itself as well.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel import audit, outbox
from kernel.audit import By
from kernel.db import Connection, Pool
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import new_id
from scheduler.care import missing
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.repairing import store
from scheduler.repairing.facts import ASKED, act, told
from scheduler.repairing.finding import find
from scheduler.repairing.model import Cause, Happened, Late, Repair, RepairState

_REPORTED: Final = {
    Cause.ABSENCE: "absence_reported",
    Cause.CANCELLED: "visit_cancelled",
    Cause.LATE: "delay_reported",
    Cause.NEW_VISIT: "visit_added",
    Cause.PULL_OUT: "repair_asked",
    Cause.ROAD_CLOSED: "repair_asked",
}
"""What asking for a repair is called in the audit: for what it says has happened."""

MOST_LATE: Final = timedelta(hours=8)
MOST_AHEAD: Final = timedelta(hours=24)
"""An urgent visit begins so soon; what is later belongs into a care plan."""


async def ask(
    pool: Pool,
    centre: Centre,
    *,
    event_id: UUID,
    happened: Happened,
    now: datetime,
    by: By,
) -> Repair:
    """Record what happened, once, and ask for a repair of today's visits.

    Args:
        pool: of connections.
        centre: whose day it is.
        event_id: made by the client; the same again returns the same repair.
        happened: what.
        now: the present.
        by: who says so.

    Raises:
        NotFoundError: no caregiver, visit, resident or service of it there.
        ConflictError: the visit to be cancelled has begun or is cancelled already; of one that is
            late nobody is expected.
        InvalidError: something is missing, or times are over or the wrong way round.
    """
    _require_times(happened, now)
    repair = Repair(
        id=new_id(),
        area=centre.area,
        day=day_of(now, centre.zone),
        kind=Kind.VISITS,
        cause=happened.cause,
        subject=happened.visit_id
        or (happened.absence.caregiver_id if happened.absence is not None else None)
        or (event_id if happened.new_visit is not None else None),
        state=RepairState.ASKED,
        of_plan=None,
        plan_id=None,
        publish_event=None,
        created_at=now,
        done_at=None,
    )
    async with pool.acquire() as conn, conn.transaction():
        if not await store.put(conn, repair, event_id):
            there = await store.by_event(conn, event_id)
            if there is None or there.area != centre.area:
                raise NotFoundError("There is no such repair.")
            return there
        await _record(conn, event_id, happened, repair)
        reported = act(_REPORTED[happened.cause], repair, now, by, _worded(happened))
        await audit.write_down(conn, reported)
        await outbox.put(conn, now, [told(ASKED, repair)])
    return repair


async def ask_again(
    pool: Pool, areas: frozenset[str], repair_id: UUID, *, event_id: UUID, now: datetime, by: By
) -> Repair:
    """Ask the same question about the day as it is now; what happened is not recorded again.

    Args:
        pool: of connections.
        areas: all areas the asker may see.
        repair_id: of the question; its alternatives are gone.
        event_id: made by the client; the same again returns the same repair.
        now: the present.
        by: who asks.

    Raises:
        NotFoundError: no such repair.
        ConflictError: one of its alternatives was published.
    """
    async with pool.acquire() as conn, conn.transaction():
        await find(conn, areas, repair_id)
        before = await store.get(conn, repair_id, lock=True)
        if before is None or before.state == RepairState.PUBLISHED:
            raise ConflictError("This repair is published already.")
        repair = replace(
            before,
            id=new_id(),
            state=RepairState.ASKED,
            of_plan=None,
            created_at=now,
            done_at=None,
            why=None,
            job_id=None,
        )
        if not await store.put(conn, repair, event_id):
            there = await store.by_event(conn, event_id)
            if there is None or there.area not in areas:
                raise NotFoundError("There is no such repair.")
            return there
        if before.state in {RepairState.ASKED, RepairState.OFFERED}:
            await store.set_state(conn, repair_id, RepairState.OUTDATED)
        again = act("repair_asked_again", repair, now, by, f"instead of repair:{repair_id}")
        await audit.write_down(conn, again)
        await outbox.put(conn, now, [told(ASKED, repair)])
    return repair


def _worded(happened: Happened) -> str:
    """Say what happened: of whom or what, and when; it names nobody but by id."""
    if happened.absence is not None:
        who, start, end = (
            happened.absence.caregiver_id,
            happened.absence.starts_at,
            happened.absence.ends_at,
        )
        return f"caregiver:{who} {start.isoformat()}/{end.isoformat()}"
    if happened.new_visit is not None:
        return f"{happened.new_visit.service} for resident:{happened.new_visit.resident_id}"
    return "" if happened.visit_id is None else f"visit:{happened.visit_id}"


def _require_times(happened: Happened, now: datetime) -> None:
    absence, visit = happened.absence, happened.new_visit
    if absence is not None and not max(now, absence.starts_at) < absence.ends_at:
        raise InvalidError(
            "Let the absence end after it begins, and in the future.", field="ends_at"
        )
    if visit is not None and not max(now, visit.window_from) <= visit.window_to:
        raise InvalidError("Choose a window for the visit that is not over.", field="window_to")
    if visit is not None and visit.window_from > now + MOST_AHEAD:
        raise InvalidError(
            "An urgent visit begins within a day: put a later one into the care plan.",
            field="window_from",
        )


async def _record(conn: Connection, event_id: UUID, happened: Happened, repair: Repair) -> None:
    match happened.cause:
        case Cause.ABSENCE:
            if happened.absence is None:
                raise InvalidError("Say who is absent, and from when until when.", field="absence")
            if not await store.add_absence(conn, event_id, happened.absence, repair.area):
                raise NotFoundError("There is no such caregiver.")
        case Cause.NEW_VISIT:
            if happened.new_visit is None:
                raise InvalidError(
                    "Say whom the new visit is for, and which service.", field="new_visit"
                )
            if not await store.add_visit(conn, event_id, happened.new_visit, repair):
                raise NotFoundError("There is no such resident or service.")
        case Cause.CANCELLED | Cause.LATE:
            await _record_visit(conn, happened, repair)
        case Cause.ROAD_CLOSED | Cause.PULL_OUT:
            pass  # recorded where it is reported


async def _record_visit(conn: Connection, happened: Happened, repair: Repair) -> None:
    visit = happened.visit_id
    if visit is None:
        raise InvalidError("Say which visit.", field="visit_id")
    if not await store.is_visit(conn, visit, repair.area):
        raise NotFoundError("There is no such visit.")
    if happened.cause == Cause.LATE:
        await _record_delay(conn, visit, happened.late, repair.created_at)
        return
    gone = await store.cancel(conn, visit, repair.area)
    if gone is None:
        raise ConflictError("This visit has begun, or is cancelled already.")
    told_to = missing.fact(gone, "cancelled", repair.created_at, gone["caregivers"])
    await outbox.put(conn, repair.created_at, [told_to])


async def _record_delay(conn: Connection, visit: UUID, late: Late | None, now: datetime) -> None:
    if late is None or (late.minutes is None) == (late.expected_at is None):
        raise InvalidError("Say how many minutes late, or when instead.", field="late")
    people = await store.expected(conn, visit)
    if not people:
        raise ConflictError("This visit has begun, or nobody is expected at it.")
    planned = max(who["start_at"] for who in people)
    until = late.expected_at or planned + timedelta(minutes=late.minutes or 0)
    if until <= planned:
        raise InvalidError("Late is after the planned start: say a later time.", field="late")
    if until <= now:
        raise InvalidError("By then the visit would have begun: say a later time.", field="late")
    if until > planned + MOST_LATE:
        raise InvalidError("So late is not today: cancel the visit.", field="late")
    for who in people:
        await store.add_delay(conn, new_id(), visit, who, said=now, until=until)
