"""Plan a week: read it, choose in a process of its own, check, and write it down at once."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import ConflictError
from scheduler.centre import store as centres
from scheduler.centre.localtime import day_of, instant, midnight
from scheduler.centre.model import Centre, Kind
from scheduler.day import choices, workload
from scheduler.day import store as days
from scheduler.day.loading import FAMILIAR_FOR
from scheduler.day.model import Worker
from scheduler.jobs.asking import event_of, hour_of
from scheduler.week import jobs, store
from scheduler.week.checking import broken
from scheduler.week.choosing.process import choose_in_process
from scheduler.week.choosing.search import OnProgress, SearchLimits, ignore
from scheduler.week.gathering import LOOK_BACK, GatheredWeek, gather, is_held_back, missing
from scheduler.week.model import DAYS, Week, WeekChoice

LOOK_EVERY_S: Final = 0.5

_log = structlog.get_logger()


def monday_of(day: date) -> date:
    """Return the first day of a day's week."""
    return day - timedelta(days=day.weekday())


class BrokenWeekError(ConflictError):
    """The choice breaks rules, `data["rules"]`, and was not kept; a bug in the choosing."""

    code = "week-breaks-rules"


async def keep_chosen(pool: Pool, now: datetime, *, evening: int, seconds: float) -> None:
    """Ask for this week and the next where they are not chosen, and every evening anew.

    A job that failed is asked for again in the next hour, not sooner.

    Args:
        pool: of connections.
        now: the moment.
        evening: minutes of the local day from which the days ahead are looked at again.
        seconds: of search for each week.
    """
    async with pool.acquire() as conn:
        for centre in await centres.every(conn):
            if not await store.is_needed(conn, centre.area):
                continue
            today = day_of(now, centre.zone)
            late = instant(today, evening, centre.zone) <= now
            for monday in (monday_of(today), monday_of(today) + timedelta(days=DAYS)):
                run = await store.run(conn, centre.area, monday)
                if run is None or (late and run.planned_on < today):
                    hour = hour_of(now, centre.zone)
                    await jobs.put(
                        conn,
                        event_of("week", centre.area, monday, hour, late),
                        centre=centre.area,
                        monday=monday,
                        cause="evening",
                        seconds=seconds,
                        at=now,
                    )


async def chosen_first(
    pool: Pool, clock: Clock, area: str, day: date, *, seconds: float, stop: asyncio.Event
) -> None:
    """Return when the week of `day` is chosen, so that the day can be planned.

    A week that nobody has asked for is asked for. One that fails keeps no day waiting.

    Args:
        pool: of connections.
        clock: for the pauses.
        area: the centre's.
        day: about to be planned; where it has a plan in force, nothing is waited for.
        seconds: of search, where the week has to be asked for.
        stop: ends the wait.
    """
    monday = monday_of(day)
    async with pool.acquire() as conn:
        if await store.planned_until(conn, area, day, day) is not None:
            return
        centre = await centres.find(conn, area)
        over = monday < monday_of(day_of(clock.now(), centre.zone))
        if over or not await store.is_needed(conn, area):
            return
        if await store.run(conn, area, monday) is None:
            await jobs.put(
                conn,
                event_of("week", area, monday, day, hour_of(clock.now(), centre.zone)),
                centre=area,
                monday=monday,
                cause="evening",
                seconds=seconds,
                at=clock.now(),
            )
    while not stop.is_set():
        async with pool.acquire() as conn:
            if not await jobs.is_waiting(conn, area, monday):
                return
        await clock.sleep(LOOK_EVERY_S)


async def plan_week(
    pool: Pool,
    centre: Centre,
    monday: date,
    now: datetime,
    *,
    event_id: UUID,
    limits: SearchLimits,
    on_progress: OnProgress = ignore,
) -> WeekChoice | None:
    """Choose the days of a week that are still free; None if this event was answered before.

    Days with a plan in force, and today where it has begun to be the past, stay as they are. The
    next week is asked for anew where this one had to come too near to what it has chosen.

    Raises:
        BrokenWeekError: the choice breaks a rule and was not kept; a bug in the choosing.
    """
    today = day_of(now, centre.zone)
    async with (
        pool.acquire() as conn,
        conn.transaction(isolation="repeatable_read", readonly=True),
    ):
        there = await store.run(conn, centre.area, monday)
        if there is not None and there.event_id == event_id:
            return None
        found = await _read(conn, centre, monday, today)
    choice, gives_way = await _choose(found, limits, on_progress)
    async with pool.acquire() as conn, conn.transaction():
        if await store.save(conn, centre.area, monday, event_id, today, choice):
            if gives_way:
                following = monday + timedelta(days=DAYS)
                await jobs.put(
                    conn,
                    event_of("week", centre.area, following, "after", event_id),
                    centre=centre.area,
                    monday=following,
                    cause="evening",
                    seconds=limits.seconds,
                    at=now,
                )
            flexible = {str(item.id): item.id for item in found.items if item.per_week is not None}
            await store.replace(
                conn,
                list(flexible.values()),
                monday + timedelta(days=found.first),
                monday + timedelta(days=DAYS - 1),
                [
                    (
                        flexible[one.item],
                        monday + timedelta(days=one.day),
                        tuple(UUID(who) for who in one.people),
                    )
                    for one in choice.chosen
                    if one.item in flexible
                ],
            )
    _log.info("week_chosen", visits=len(choice.chosen), missing=len(choice.missing))
    return choice


async def _choose(
    found: GatheredWeek, limits: SearchLimits, on_progress: OnProgress
) -> tuple[WeekChoice, bool]:
    """Choose beside what the next week has chosen; where that costs a visit, the next gives way.

    Returns:
        The choice, and whether the next week has to be chosen anew for it.

    Raises:
        BrokenWeekError: the choice breaks a rule; a bug in the choosing.
    """
    week = gather(found)
    choice = await _checked(week, limits, on_progress)
    if not is_held_back(week, choice):
        return choice, False
    alone = await _checked(gather(replace(found, following={})), limits, on_progress)
    return (alone, True) if missing(alone) < missing(choice) else (choice, False)


async def _checked(week: Week, limits: SearchLimits, on_progress: OnProgress) -> WeekChoice:
    choice = await choose_in_process(week, limits, on_progress)
    wrong = broken(week, choice)
    if wrong:
        raise BrokenWeekError("The choice breaks a rule.", rules=sorted({b.rule for b in wrong}))
    return choice


async def first_free(conn: Connection, area: str, monday: date, today: date) -> int:
    """Return the first day of a week that may still be chosen, 0 to 7.

    Days past and days with a plan in force are not free.
    """
    planned = await store.planned_until(conn, area, today, monday + timedelta(days=DAYS - 1))
    free_from = today if planned is None else planned + timedelta(days=1)
    return min(DAYS, max(0, (free_from - monday).days))


async def _read(conn: Connection, centre: Centre, monday: date, today: date) -> GatheredWeek:
    dates = [monday + timedelta(days=day) for day in range(DAYS)]
    first = await first_free(conn, centre.area, monday, today)
    items = {item.id: item for day in dates for item in await days.items(conn, centre.area, day)}
    since = monday - timedelta(days=LOOK_BACK)
    after, until = monday + timedelta(days=DAYS), monday + timedelta(days=2 * DAYS - 1)
    kept = await store.kept(conn, centre.area, since, monday + timedelta(days=first), today)
    for item, on in (await choices.around(conn, list(items), after, until)).items():
        kept.setdefault(item, set()).update(on)
    return GatheredWeek(
        monday=monday,
        first=first,
        zone=centre.zone,
        items=list(items.values()),
        homes=await store.homes(conn, centre.area),
        workers=[await _workers(conn, centre, day) for day in dates],
        holidays=frozenset(
            [n for n, day in enumerate(dates) if await days.is_holiday(conn, centre.area, day)]
        ),
        away=[await days.residents_away(conn, day) for day in dates],
        familiar=await days.recent_visits(conn, centre.area, monday - FAMILIAR_FOR, monday),
        kept=kept,
        wanted=await choices.wanted(conn, dates[0], dates[-1]),
        worked=await workload.worked(conn, centre.area, since, dates[-1]),
        contracts=await workload.contracts(conn),
        following=await choices.wanted(conn, after, until),
        after=await _workers(conn, centre, after),
    )


async def _workers(conn: Connection, centre: Centre, day: date) -> list[Worker]:
    start, end = midnight(day, centre.zone), midnight(day + timedelta(days=1), centre.zone)
    return await days.workers(conn, centre.area, start, end, Kind.VISITS)
