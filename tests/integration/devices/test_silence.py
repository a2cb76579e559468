"""Supervision deadlines on a real database, with time that obeys. No broker needed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices import registry
from devices.events import SignalKind
from devices.lanes import store as lanes
from devices.registry import Enrolment
from devices.supervision import RECONNECT_S, Contact, Policy, advance, due_after_deafness
from devices.sweep.sweeping import sweep
from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.db import Pool
from tests.integration.devices.site import AREA, Recorder

MINUTE = timedelta(minutes=1)
POLICY = Policy(gather_s=30)


class Street:
    """Terminals of one area, without the MQTT."""

    def __init__(self, pool: Pool, clock: FakeClock) -> None:
        self.pool, self.clock, self.handler = pool, clock, Recorder()
        self.homes: dict[str, UUID] = {}

    async def has(self, *names: str, area: str = AREA, installed: bool = True) -> None:
        async with self.pool.acquire() as conn, conn.transaction():
            await registry.enrol_many(
                conn,
                [Enrolment(terminal=name, area=area, model="demo-1") for name in names],
                self.clock.now(),
                by=Process.COMMAND_LINE,
            )
            for name in names if installed else ():
                self.homes[name] = uuid4()
                await registry.bind(
                    conn, name, self.homes[name], self.clock.now(), by=Process.COMMAND_LINE
                )

    async def hears(self, *names: str, battery: int | None = None, beats: int = 1) -> None:
        """What is written when these terminals send a heartbeat, or another message."""
        async with self.pool.acquire() as conn, conn.transaction():
            states = []
            for state, where in await lanes.lock_states(conn, list(names)):
                contact = Contact(at=self.clock.now(), beats=beats, battery=battery)
                result = advance(state, contact)
                states.append(result.state)
                assert where.area
                self.findings = result.findings
            await lanes.save_states(conn, states)

    async def is_listening(self, *, interrupted: bool = False) -> None:
        async with self.pool.acquire() as conn:
            await lanes.heard(conn, self.clock.now(), interrupted=interrupted, patience_s=10)

    async def passes(self, by: timedelta, *, hearing: bool = True) -> None:
        """Let time pass in steps, sweeping, with heartbeats heard or not."""
        end = self.clock.now() + by
        while self.clock.now() < end:
            await self.clock.advance(min(timedelta(seconds=5), end - self.clock.now()))
            if hearing:
                await self.is_listening()
            await self.sweeps()

    async def sweeps(self) -> None:
        while await sweep(self.pool, self.clock, self.handler, policy=POLICY):
            pass

    def told(self, kind: SignalKind = SignalKind.WENT_SILENT) -> list[str]:
        return sorted(s.terminal or s.area for s in self.handler.signals if s.kind is kind)

    async def condition(self, name: str) -> str:
        return str(
            await self.pool.fetchval(
                "SELECT condition FROM devices.terminal_state WHERE terminal = $1", name
            )
        )


@pytest.fixture
async def street(pool: Pool, clock: FakeClock) -> Street:
    made = Street(pool, clock)
    await made.is_listening()
    await clock.advance(timedelta(hours=1))
    await pool.execute("UPDATE devices.hearing SET alive_at = $1", clock.now())
    return made


async def test_a_terminal_that_stops_is_told_of_once_after_its_interval(street: Street) -> None:
    await street.has("T-1")
    await street.hears("T-1")
    await street.passes(12 * MINUTE)
    assert (street.told(), await street.condition("T-1")) == ([], "online")
    await street.passes(MINUTE)
    assert (street.told(), await street.condition("T-1")) == (["T-1"], "silent")
    assert street.handler.signals[0].home_id == street.homes["T-1"]
    await street.passes(30 * MINUTE)
    assert street.told() == ["T-1"]


async def test_one_that_was_installed_and_never_heard_is_silent_too(street: Street) -> None:
    await street.has("T-1")
    await street.passes(13 * MINUTE)
    assert street.told() == ["T-1"]
    assert street.handler.signals[0].data["last_seen_at"] is None


async def test_one_in_no_home_is_silent_quietly(street: Street) -> None:
    await street.has("T-1", installed=False)
    await street.hears("T-1")
    await street.passes(13 * MINUTE)
    assert (street.told(), await street.condition("T-1")) == ([], "silent")


async def test_one_that_is_heard_again_says_so(street: Street) -> None:
    await street.has("T-1")
    await street.hears("T-1")
    await street.passes(13 * MINUTE)
    await street.hears("T-1")
    assert street.findings == (SignalKind.CAME_BACK,)
    assert await street.condition("T-1") == "online"
    await street.passes(13 * MINUTE)
    assert street.told() == ["T-1", "T-1"]


async def test_while_heartbeats_are_not_heard_nobody_is_silent(street: Street) -> None:
    await street.has("T-1")
    await street.hears("T-1")
    await street.passes(timedelta(hours=3), hearing=False)
    assert street.told() == []


async def test_alarms_heard_meanwhile_are_signs_of_life_and_not_proof_that_we_hear(
    street: Street,
) -> None:
    await street.has("T-1", "T-2")
    await street.hears("T-1", "T-2")
    for _ in range(6):  # the process of heartbeats is away, that of alarms is not
        await street.passes(10 * MINUTE, hearing=False)
        await street.hears("T-1", beats=0)
    assert street.told() == []
    await street.passes(6 * MINUTE)
    assert street.told() == []
    await street.passes(2 * MINUTE)
    assert street.told() == ["T-2"]
    await street.passes(6 * MINUTE)
    assert street.told() == ["T-1", "T-2"]


async def test_once_heartbeats_are_heard_again_terminals_have_time_to_report(
    street: Street,
) -> None:
    await street.has("T-1", "T-2")
    await street.hears("T-1", "T-2")
    await street.passes(timedelta(hours=3), hearing=False)
    await street.passes(6 * MINUTE)
    await street.hears("T-1")
    await street.passes(4 * MINUTE)
    assert street.told() == ["T-2"]


async def test_a_restart_of_the_sweep_forgets_no_deadline(street: Street) -> None:
    await street.has("T-1")
    await street.hears("T-1")
    for _ in range(13):
        await street.clock.advance(MINUTE)
        await street.is_listening()
        await street.pool.execute("UPDATE devices.hearing SET since = $1", EARLY)
    await street.sweeps()
    assert street.told() == ["T-1"]


async def test_a_silent_area_is_one_signal_and_its_terminals_none(street: Street) -> None:
    names = [f"T-{n}" for n in range(40)]
    await street.has(*names)
    await street.hears(*names)
    await street.passes(14 * MINUTE)
    assert street.told(SignalKind.AREA_SILENT) == [AREA]
    assert street.told() == []
    assert await street.condition("T-7") == "silent"


async def test_when_an_area_is_back_those_left_behind_speak_for_themselves(
    street: Street,
) -> None:
    names = [f"T-{n}" for n in range(40)]
    await street.has(*names)
    await street.hears(*names)
    await street.passes(14 * MINUTE)
    await street.hears(*names[2:])
    assert street.findings == ()  # their return is their area's news
    await street.passes(MINUTE)
    assert street.told(SignalKind.AREA_BACK) == [AREA]
    assert street.told() == ["T-0", "T-1"]


async def test_a_few_of_many_speak_for_themselves(street: Street) -> None:
    names = [f"T-{n}" for n in range(40)]
    await street.has(*names)
    await street.hears(*names)
    await street.passes(6 * MINUTE)
    await street.hears(*names[5:])
    await street.passes(8 * MINUTE)
    assert street.told() == names[:5]
    assert street.told(SignalKind.AREA_SILENT) == []


async def test_a_retired_terminal_is_nobody(street: Street) -> None:
    await street.has("T-1")
    await street.hears("T-1")
    async with street.pool.acquire() as conn, conn.transaction():
        await registry.retire(conn, "T-1", street.clock.now(), by=Process.COMMAND_LINE)
    await street.passes(20 * MINUTE)
    assert street.told() == []


EARLY = datetime.fromisoformat("2026-03-01T00:00:00Z")
MOMENTS = st.integers(0, 200_000).map(lambda seconds: EARLY + timedelta(seconds=seconds))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(st.tuples(MOMENTS, st.none() | MOMENTS, MOMENTS), min_size=1))
async def test_the_schema_reckons_deadlines_as_the_pure_rule_does(
    pool: Pool, cases: Sequence[tuple[datetime, datetime | None, datetime]]
) -> None:
    for due, seen, since in cases:
        earlier = seen if seen is None or seen < due else due - MINUTE
        reckoned = await pool.fetchval(
            "SELECT devices.due_after_deafness($1, $2, 720, $3, $4)",
            due,
            earlier,
            since,
            RECONNECT_S,
        )
        assert abs(reckoned - due_after_deafness(due, earlier, 720, since)) < timedelta(seconds=1)
