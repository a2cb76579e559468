"""The registry on a real database."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from devices import registry
from devices.registry import Enrolment, TerminalState
from devices.registry import store as rows
from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Connection, Pool
from kernel.errors import ConflictError, InvalidError, NotFoundError

ONE = Enrolment(terminal="T-1", area="north", model="K3")


@pytest.fixture
async def conn(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as taken:
        yield taken


async def test_a_terminal_goes_through_its_life(conn: Connection, clock: FakeClock) -> None:
    home, other = uuid4(), uuid4()
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    assert (await registry.find(conn, "T-1")).state is TerminalState.ENROLLED
    bound = await registry.bind(conn, "T-1", home, clock.now(), by=Process.COMMAND_LINE)
    assert (bound.state, bound.home_id) == (TerminalState.INSTALLED, home)
    assert [t.id for t in await registry.of_home(conn, home)] == ["T-1"]
    assert (
        await registry.bind(conn, "T-1", other, clock.now(), by=Process.COMMAND_LINE)
    ).home_id == other
    assert (
        await registry.unbind(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    ).state is TerminalState.ENROLLED
    await registry.retire(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    await registry.retire(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    assert (await registry.find(conn, "T-1")).state is TerminalState.RETIRED
    assert await rows.access(conn) == []


async def test_supervision_begins_with_the_installation(conn: Connection, clock: FakeClock) -> None:
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    due = "SELECT silent_due_at FROM devices.terminal_state WHERE terminal = 'T-1'"
    assert await conn.fetchval(due) is None
    await registry.bind(conn, "T-1", uuid4(), clock.now(), by=Process.COMMAND_LINE)
    assert (await conn.fetchval(due) - clock.now()).total_seconds() == 720


async def test_binding_again_to_the_same_home_changes_nothing(
    conn: Connection, clock: FakeClock
) -> None:
    home = uuid4()
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    first = await registry.bind(conn, "T-1", home, clock.now(), by=Process.COMMAND_LINE)
    assert await registry.bind(conn, "T-1", home, clock.now(), by=Process.COMMAND_LINE) == first


async def test_whatever_changes_who_may_log_in_moves_the_version(
    conn: Connection, clock: FakeClock
) -> None:
    versions = [await rows.access_version(conn)]
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    versions.append(await rows.access_version(conn))
    await registry.rotate(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    versions.append(await rows.access_version(conn))
    await registry.retire(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    versions.append(await rows.access_version(conn))
    assert versions == sorted(set(versions))


async def test_an_id_is_given_once(conn: Connection, clock: FakeClock) -> None:
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    async with conn.transaction():
        with pytest.raises(ConflictError):
            await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
        await registry.find(conn, "T-1")  # the caller's transaction goes on


@pytest.mark.parametrize(
    "wrong",
    [
        Enrolment(terminal="T 1", area="north", model="K3"),
        Enrolment(terminal="T-1", area="North", model="K3"),
        Enrolment(terminal="T-1", area="north", model=""),
        Enrolment(terminal="T-1", area="north", model="K3", heartbeat_s=1),
        Enrolment(terminal="T-1", area="north", model="K3", heartbeat_s=300, supervision_s=500),
    ],
)
async def test_what_cannot_be_supervised_is_not_enrolled(
    conn: Connection, clock: FakeClock, wrong: Enrolment
) -> None:
    with pytest.raises(InvalidError):
        await registry.enrol(conn, wrong, clock.now(), by=Process.COMMAND_LINE)


async def test_a_retired_terminal_stays_retired(conn: Connection, clock: FakeClock) -> None:
    await registry.enrol(conn, ONE, clock.now(), by=Process.COMMAND_LINE)
    await registry.retire(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)
    with pytest.raises(ConflictError):
        await registry.bind(conn, "T-1", uuid4(), clock.now(), by=Process.COMMAND_LINE)
    with pytest.raises(ConflictError):
        await registry.rotate(conn, "T-1", clock.now(), by=Process.COMMAND_LINE)


async def test_nobody_is_not_found(conn: Connection, clock: FakeClock) -> None:
    with pytest.raises(NotFoundError):
        await registry.find(conn, "T-7")
    with pytest.raises(NotFoundError):
        await registry.retire(conn, "T-7", clock.now(), by=Process.COMMAND_LINE)


async def test_each_change_is_written_down_with_who_made_it(
    conn: Connection, clock: FakeClock
) -> None:
    home, by, now = uuid4(), Process.COMMAND_LINE, clock.now()
    await registry.enrol(conn, ONE, now, by=by)
    for _ in range(2):
        await registry.bind(conn, "T-1", home, now, by=by)
    await registry.rotate(conn, "T-1", now, by=by)
    for _ in range(2):
        await registry.unbind(conn, "T-1", now, by=by)
    for _ in range(2):
        await registry.retire(conn, "T-1", now, by=by)
    rows = await conn.fetch("SELECT process, action, reason, area, subject FROM kernel.audit")
    assert {tuple(row)[3:] for row in rows} == {("north", "terminal:T-1")}
    assert sorted(tuple(row)[:3] for row in rows) == [
        ("command line", "terminal_enrolled", "K3"),
        ("command line", "terminal_installed", f"home:{home}"),
        ("command line", "terminal_removed", f"home:{home}"),
        ("command line", "terminal_retired", ""),
        ("command line", "terminal_secret_renewed", ""),
    ]
