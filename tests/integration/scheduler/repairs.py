"""What tests about repairs begin with: a plan, and something that happened."""

from typing import Final
from uuid import uuid4

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from scheduler.centre.model import Kind
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.repairing import asking, offering, showing
from scheduler.repairing.model import Happened
from scheduler.repairing.showing import Shown
from scheduler.solve.resident import ResidentSolver

from .conftest import AREA, CENTRE, DAY, Street

HERE = frozenset({AREA})
BY: Final = Process.COMMAND_LINE
QUICK = SolveOptions(seconds=1, threads=1)


async def planned(street: Street, clock: FakeClock) -> None:
    done = await plan_day(street.pool, clock, AREA, DAY, Kind.VISITS, options=QUICK)
    assert done.state == "published"


async def offered(
    pool: Pool, clock: FakeClock, resident: ResidentSolver, happened: Happened
) -> Shown:
    repair = await asking.ask(
        pool, CENTRE, event_id=uuid4(), happened=happened, now=clock.now(), by=BY
    )
    assert await offering.answer(pool, clock, resident) == 1
    return await showing.show(pool, HERE, repair.id)
