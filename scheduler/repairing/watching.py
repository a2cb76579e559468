"""Watches over plans in force: repairs those that alarms change, answers what people ask.

Nothing here is remembered that a new process needs: what is stale or asked for stands in rows.
"""

import asyncio
from typing import Final
from uuid import UUID

from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.ids import new_id
from scheduler.centre import store as centres
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.city import planning as cities
from scheduler.jobs import store as jobs
from scheduler.jobs.asking import event_of
from scheduler.jobs.attempting import attempt
from scheduler.plans import publishing, store
from scheduler.plans.basis import BUILTIN, LARGE
from scheduler.plans.publishing import SolveOptions
from scheduler.pull_outs.noting import stale
from scheduler.pull_outs.store import Stale
from scheduler.repairing import offering
from scheduler.repairing import store as repairs
from scheduler.repairing.ahead import replan_absent
from scheduler.repairing.model import Cause, Repair, RepairState
from scheduler.settings import PlannerSettings
from scheduler.solve.process import Standby
from scheduler.solve.resident import ResidentSolver, key_of
from scheduler.travel.measuring import Travel

_ANSWERED: Final = frozenset({"returned", *(cause.value for cause in Cause)})
"""Causes of plans that came through the process that holds the day."""


class Repairer:
    """Repairs plans that do not know of an alarm yet; one at a time."""

    def __init__(
        self, settings: PlannerSettings, pool: Pool, clock: Clock, travel: Travel = BUILTIN
    ) -> None:
        self._standby = Standby()
        self._resident = ResidentSolver()
        self._options = SolveOptions(
            seconds=settings.repair_seconds,
            threads=settings.plan_threads,
            standby=self._standby,
            resident=self._resident,
            travel=travel,
        )
        self._plan_seconds = settings.plan_seconds
        self._asks = settings.repair_pull_outs == "ask"
        self._pool = pool
        self._clock = clock
        self._turn = asyncio.Lock()
        self._holding = asyncio.Lock()
        self._held: dict[str, UUID] = {}

    def prepare(self) -> None:
        """Be ready: the first alarm of the day waits no longer than the others."""
        self._standby.prepare()

    async def close(self) -> None:
        """Stop being ready."""
        await self._standby.close()
        await self._resident.close()

    async def hold(self) -> None:
        """Have today's plans of visits at hand, each as soon as it is in force.

        A repair waits for none of it: what is on the way to the child goes first, no more.
        """
        async with self._holding:
            now = self._clock.now()
            async with self._pool.acquire() as conn:
                news = [one for one in await centres.every(conn) if await self._is_news(conn, one)]
            for centre in news:
                day = day_of(now, centre.zone)
                if await cities.is_city(self._pool, centre.area, day, LARGE):
                    continue
                plan_id = await offering.hold(
                    self._pool, now, self._resident, centre, self._options.travel
                )
                if plan_id is not None:
                    self._held[centre.area] = plan_id

    async def _is_news(self, conn: Connection, centre: Centre) -> bool:
        """Whether the child has not seen today's plan; a repair it answered is none."""
        day = day_of(self._clock.now(), centre.zone)
        plan = await store.current(conn, centre.area, day, Kind.VISITS)
        if plan is None:
            return False
        if not self._resident.holds(key_of(centre.area, day, Kind.VISITS)):
            return True
        if plan.cause in _ANSWERED:
            self._held[centre.area] = plan.id
        return self._held.get(centre.area) != plan.id

    async def offer(self) -> None:
        """Compute the alternatives of the repairs that a person asked for."""
        async with self._turn:
            await offering.answer(self._pool, self._clock, self._resident, self._options.travel)

    async def look_ahead(self) -> None:
        """Have plans of later days made again that count on somebody who will be absent."""
        await replan_absent(self._pool, self._clock.now(), self._plan_seconds)

    async def repair(self) -> None:
        """Repair what needs it."""
        async with self._turn:
            async with self._pool.acquire() as conn, conn.transaction():
                plans = await stale(conn, self._clock.now())
            for plan in plans:
                cause = plan.cause
                if plan.kind == Kind.VISITS and await cities.is_city(
                    self._pool, plan.area, plan.day, LARGE
                ):
                    await self._ask(plan, cause)
                    continue
                if self._asks and plan.kind == Kind.VISITS and plan.plan_id is not None:
                    await attempt(lambda plan=plan: self._offer(plan))  # type: ignore[misc]
                    continue
                await attempt(
                    lambda plan=plan, cause=cause: publishing.replan(  # type: ignore[misc]
                        self._pool,
                        self._clock,
                        plan.area,
                        plan.day,
                        plan.kind,
                        cause=cause,
                        options=self._options,
                    )
                )

    async def _offer(self, plan: Stale) -> None:
        """Have a person decide, who is asked once for each plan and set of alarms."""
        alarms = " ".join(sorted(str(one) for one in plan.assignments))
        repair = Repair(
            id=new_id(),
            area=plan.area,
            day=plan.day,
            kind=plan.kind,
            cause=Cause.PULL_OUT,
            subject=plan.caregivers[0] if len(plan.caregivers) == 1 else None,
            state=RepairState.ASKED,
            of_plan=None,
            plan_id=None,
            publish_event=None,
            created_at=self._clock.now(),
            done_at=None,
        )
        event = event_of(plan.plan_id, plan.over, alarms)
        async with self._pool.acquire() as conn:
            if not await repairs.put(conn, repair, event):
                return
        await offering.answer(self._pool, self._clock, self._resident, self._options.travel)

    async def _ask(self, plan: Stale, cause: str) -> None:
        """A large centre's plan is repaired as it was made, in parts: by a job, not at once."""
        now = self._clock.now()
        async with self._pool.acquire() as conn, conn.transaction():
            if await jobs.is_waiting(conn, plan.area, plan.day, plan.kind):
                return
            await jobs.put(
                conn,
                event_of(plan.area, plan.day, cause, f"{now:%Y-%m-%dT%H:%M}"),
                area=plan.area,
                day=plan.day,
                kind=plan.kind,
                cause=cause,
                seconds=max(1, round(self._options.seconds)),
                at=now,
            )
