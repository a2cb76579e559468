"""Who did what: an account or a process, never both, never neither."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from kernel import audit
from kernel.audit import Act, By, Process
from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.ids import AccountId, new_id


async def _account(pool: Pool, clock: FakeClock) -> AccountId:
    made = AccountId(new_id())
    await pool.execute(
        "INSERT INTO dispatch.account (id, username, name, password_hash, role, created_at)"
        " VALUES ($1, 'li', 'Li', '', 'planner', $2)",
        made,
        clock.now(),
    )
    return made


def _act(clock: FakeClock, by: By) -> Act:
    return Act(at=clock.now(), by=by, action="road_closed", area="north", subject="road:1")


async def test_people_and_processes_are_named_apart(pool: Pool, clock: FakeClock) -> None:
    li = await _account(pool, clock)
    async with pool.acquire() as conn:
        await audit.write_down(conn, _act(clock, li), _act(clock, Process.PLANNER))
    rows = await pool.fetch("SELECT account_id, process, at FROM kernel.audit ORDER BY id")
    assert [tuple(row) for row in rows] == [(li, None, clock.now()), (None, "planner", clock.now())]


async def test_what_happens_has_somebody_who_did_it(pool: Pool, clock: FakeClock) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="audit_by_one"):
        await pool.execute(
            "INSERT INTO kernel.audit (id, at, action, area, subject, reason)"
            " VALUES ($1, $2, 'a', 'b', 'c', 'd')",
            uuid4(),
            clock.now(),
        )


async def test_nothing_is_written_down_of_what_did_not_happen(pool: Pool, clock: FakeClock) -> None:
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await audit.write_down(conn, _act(clock, Process.COMMAND_LINE))
        await transaction.rollback()
    assert await pool.fetchval("SELECT count(*) FROM kernel.audit") == 0


async def test_code_of_the_version_before_still_writes(pool: Pool, clock: FakeClock) -> None:
    li, event = await _account(pool, clock), uuid4()
    await pool.execute(
        "INSERT INTO dispatch.audit (id, at, account_id, action, area, subject, reason)"
        " VALUES ($1, $2, $3, 'door_code_revealed', 'north', 'home:1', 'ambulance')",
        event,
        clock.now(),
        li,
    )
    found: UUID = await pool.fetchval("SELECT id FROM kernel.audit WHERE account_id = $1", li)
    assert found == event
