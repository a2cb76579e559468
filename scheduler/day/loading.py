"""Reads a day in one snapshot, making its visits first."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kernel.db import Connection, Pool
from kernel.ids import new_id
from scheduler.care.demand import due, keeps_distance, shares
from scheduler.care.model import VisitId
from scheduler.centre import store as centres
from scheduler.centre.localtime import midnight
from scheduler.centre.model import Centre, Kind
from scheduler.day import choices, meals, measuring, store, workload
from scheduler.day.contracts import bound
from scheduler.day.model import Day, Worker
from scheduler.rulebook import store as rulebook
from scheduler.travel import store as roads

FAMILIAR_FOR: Final = timedelta(days=28)
"""Who came in this time before the day is known to the resident."""

NIGHT: Final = timedelta(hours=12)
"""Shifts that begin in a day end this long after it at the latest."""

APART: Final = timedelta(days=7)
"""No service asks for more days between two visits."""


async def make_visits(conn: Connection, centre: Centre, day: date) -> None:
    """Derive the day's visits from the care plans; what is there already stays as it is.

    What the week chose for a day too near to a visit that took place since is given up; the
    week's next choice finds it another day.
    """
    items = await store.items(conn, centre.area, day)
    chosen = {item: on[day] for item, on in (await choices.wanted(conn, day, day)).items()}
    around = await choices.around(conn, list(chosen), day - APART, day + APART)
    await choices.give_up(
        conn,
        [
            item.id
            for item in items
            if item.id in chosen and not keeps_distance(item, day, around.get(item.id, ()))
        ],
        day,
    )
    visits = due(
        items,
        day,
        centre.zone,
        holiday=await store.is_holiday(conn, centre.area, day),
        away=await store.residents_away(conn, day),
        chosen=chosen,
        visits=around,
    )
    await store.add_visits(conn, [(VisitId(new_id()), visit) for visit in visits])


async def derive_visits(pool: Pool, area: str, day: date) -> None:
    """Make the day's visits that care plans ask for and that are not there yet.

    Raises:
        NotFoundError: no centre is there.
    """
    async with pool.acquire() as conn, conn.transaction():
        await make_visits(conn, await centres.find(conn, area), day)


async def load(pool: Pool, area: str, day: date, kind: Kind, *, derive: bool = False) -> Day:
    """Return the day of the centre of `area`.

    Args:
        pool: of connections.
        area: the centre's.
        day: its local day.
        kind: of plan: decides who works and what is to be done.
        derive: make visits that care plans ask for and that are not there yet.

    Raises:
        NotFoundError: no centre is there.
    """
    if derive and kind == Kind.VISITS:
        await derive_visits(pool, area, day)
    async with (
        pool.acquire() as conn,
        conn.transaction(isolation="repeatable_read", readonly=True),
    ):
        return await _read(conn, await centres.find(conn, area), day, kind)


async def workers(conn: Connection, area: str, day: date, kind: Kind) -> list[Worker]:
    """Return who works that day for a plan of `kind`.

    Raises:
        NotFoundError: no centre is there.
    """
    centre = await centres.find(conn, area)
    return await _at_work(conn, centre, day, kind)


async def _at_work(conn: Connection, centre: Centre, day: date, kind: Kind) -> list[Worker]:
    """Return who works that day, as long as contract, rest and the week so far allow."""
    at_work = await store.workers(conn, centre.area, *_bounds(day, centre.zone), kind)
    contracts = {} if kind == Kind.MEALS else await workload.contracts(conn)
    if not contracts:
        return at_work
    monday = day - timedelta(days=day.weekday())
    worked = await workload.worked(conn, centre.area, monday, monday + timedelta(days=6))
    others = {who: {on: m for on, m in days.items() if on != day} for who, days in worked.items()}
    until = await workload.ended(conn, centre.area, day - timedelta(days=1))
    return bound(at_work, contracts, others, until)


async def _read(conn: Connection, centre: Centre, day: date, kind: Kind) -> Day:
    start, end = _bounds(day, centre.zone)
    at_work = await _at_work(conn, centre, day, kind)
    pull_outs = await store.pull_outs(conn, [worker.id for worker in at_work], start, end + NIGHT)
    closures = tuple(await roads.closures(conn, centre.area, start, end + NIGHT))
    if kind == Kind.MEALS:
        return Day(
            centre=centre,
            day=day,
            kind=kind,
            workers=tuple(at_work),
            orders=tuple(await meals.orders(conn, centre.area, day)),
            kitchens=tuple(await meals.kitchens(conn, centre.area)),
            pull_outs=tuple(pull_outs),
            rules=await rulebook.settings(conn, centre.area),
            closures=closures,
        )
    came = await store.recent_visits(conn, centre.area, day - FAMILIAR_FOR, day)
    familiar = {resident: shares(visits) for resident, visits in came.items()}
    orders = await meals.orders(conn, centre.area, day, with_visits=True)
    measured = await measuring.measured(conn, centre, day)
    return Day(
        centre=centre,
        day=day,
        kind=kind,
        workers=tuple(at_work),
        visits=tuple(await store.visits(conn, centre.area, day, familiar, measured)),
        delays=tuple(
            await store.delays(conn, [worker.id for worker in at_work], start, end + NIGHT)
        ),
        orders=tuple(orders),
        kitchens=tuple(await meals.kitchens(conn, centre.area)) if orders else (),
        pull_outs=tuple(pull_outs),
        rules=await rulebook.settings(conn, centre.area),
        closures=closures,
    )


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)
