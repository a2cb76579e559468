"""Homes that live over real MQTT, each with its own log-in: thousands in one process."""

import asyncio
import heapq
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final

import structlog

from devices.mqtt.address import Address
from devices.simulator.device import Device, Send
from devices.simulator.household import Event, Happening, Rates, life, temper
from devices.simulator.report import Report
from devices.simulator.wire import MISC_EVERY_S, Login, Loss, Wire
from kernel.clock import Clock

_log = structlog.get_logger()
AT_ONCE: Final = 100  # homes handled before others get the loop
CONNECTS_PER_S: Final = 400
RECONNECT_S: Final = (1.0, 8.0)
STEP_S: Final = 0.05
FAREWELL_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a fleet lives.

    Attributes:
        seed: the same seed, the same lives.
        speed: simulated seconds in one real second.
        heartbeat_s: simulated seconds between two heartbeats.
        start_hour: local hour of the day at which it starts.
    """

    seed: int = 1
    speed: float = 1.0
    heartbeat_s: float = 300.0
    start_hour: float = 0.0
    rates: Rates = field(default_factory=Rates)


class Home:
    """One home of the fleet: its life, its terminal, its wire."""

    def __init__(self, fleet: "Fleet", number: int, login: Login, homes: int) -> None:
        plan, seed = fleet.plan, f"{fleet.plan.seed}:{login.terminal}"
        character = temper(seed, plan.heartbeat_s)
        self.number = number
        self.waits_for_s = 0.0
        self._fleet = fleet
        self._report = fleet.report
        self._random = Random(f"wire:{seed}")
        self._events = life(seed, homes, plan.rates, start_hour=plan.start_hour)
        self._next: Event = next(self._events, NEVER)
        self._sent_at: dict[str, float] = {}  # alarm → real time of its first sending
        self._is_connecting = False
        self.device = Device(seed, character, plan.rates, plan.heartbeat_s, plan.speed)
        self.wire = Wire(
            fleet.address,
            login,
            on_ready=self._ready,
            on_command=self._command,
            on_lost=self._lost,
        )

    def due_s(self) -> float:
        """Return when this home next wants attention, simulated."""
        return min(self._next.at_s, self.device.due_s())

    def step(self, at_s: float) -> None:
        """Live up to `at_s`."""
        while self._next.at_s <= at_s:
            event, self._next = self._next, next(self._events, NEVER)
            self._send(self.device.happen(event, self._wall(at_s)))
            if event.what is Happening.NETWORK_LOST:
                self.wire.cut()
            elif event.what is Happening.NETWORK_BACK:
                self.connect()
        self._send(self.device.tick(at_s, self._wall(at_s)))

    def connect(self) -> None:
        """Connect, unless the home is cut off or about to connect."""
        if self.device.is_online and not self.wire.is_ready and not self._is_connecting:
            self._is_connecting = True
            self.wire.connect()

    def _wall(self, at_s: float) -> datetime:
        return self.device.clock(at_s, self._fleet.clock.now())

    def _send(self, sends: Iterable[Send]) -> None:
        for send in sends:
            if not self.wire.publish(send.channel, send.payload, send.qos, retain=send.retain):
                continue
            self._report.sent[send.channel] += 1
            if send.alarm is None:
                continue
            if send.alarm in self._sent_at:
                self._report.resent += 1
            else:
                self._sent_at[send.alarm] = time.perf_counter()
                self._report.alarms += 1

    def _ready(self) -> None:
        self._is_connecting = False
        self._report.connected += 1
        at_s = self._fleet.now_s()
        self._send(self.device.hello(self._wall(at_s)))

    def _lost(self, loss: Loss) -> None:
        self._is_connecting = False
        self._report.refused += loss is Loss.REFUSED
        wait_s = self._random.uniform(*RECONNECT_S)
        asyncio.get_running_loop().call_later(wait_s, self._fleet.reconnect, self)

    def _command(self, payload: bytes) -> None:
        at_s = self._fleet.now_s()
        before = set(self.device.pending)
        self._report.commands += 1
        self._send(self.device.command(payload, at_s, self._wall(at_s)))
        self._fleet.look_again(self)  # its next heartbeat may have moved
        for alarm in before - set(self.device.pending):
            if (sent_at := self._sent_at.get(alarm)) is not None:
                self._report.confirmed += 1
                self._report.latencies_s.append(time.perf_counter() - sent_at)


NEVER: Final = Event(float("inf"), Happening.MEASURED)


class Fleet:
    """Homes on one event loop."""

    def __init__(self, logins: Sequence[Login], address: Address, clock: Clock, plan: Plan) -> None:
        self.address = address
        self.clock = clock
        self.plan = plan
        self.report = Report(terminals=len(logins))
        self._began = time.perf_counter()
        self._is_over = False
        self.homes = [Home(self, n, login, len(logins)) for n, login in enumerate(logins)]
        self._waiting: list[tuple[float, int]] = []  # an entry a home no longer waits for is stale
        for home in self.homes:
            self._wait(home)

    def now_s(self) -> float:
        """Return simulated seconds since the start."""
        return (time.perf_counter() - self._began) * self.plan.speed

    def look_again(self, home: Home) -> None:
        """Note that a home may be due earlier than it was."""
        if home.due_s() < home.waits_for_s:
            self._wait(home)

    def _wait(self, home: Home) -> None:
        home.waits_for_s = home.due_s()
        heapq.heappush(self._waiting, (home.waits_for_s, home.number))

    def reconnect(self, home: Home) -> None:
        """Connect a home again, unless the simulation is over."""
        if not self._is_over:
            home.connect()

    async def live(self, until: Callable[[], bool]) -> None:
        """Live until `until` says so."""
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(self._connect()), tasks.create_task(self._keep_alive())]
            await self._work(until)
            for other in others:
                other.cancel()

    async def _connect(self) -> None:
        for n, home in enumerate(self.homes):
            home.connect()
            if n % 20 == 19:
                await self.clock.sleep(20 / CONNECTS_PER_S)

    async def _keep_alive(self) -> None:
        while True:
            for n, home in enumerate(self.homes):
                home.wire.misc()
                if n % AT_ONCE == AT_ONCE - 1:
                    await self.clock.sleep(MISC_EVERY_S * AT_ONCE / len(self.homes) / 2)
            await self.clock.sleep(MISC_EVERY_S / 2)

    async def _work(self, until: Callable[[], bool]) -> None:
        waiting = self._waiting
        while not until():
            handled = 0
            while waiting and waiting[0][0] <= self.now_s() and handled < AT_ONCE:
                due_s, n = heapq.heappop(waiting)
                home = self.homes[n]
                if due_s != home.waits_for_s:
                    continue
                home.step(self.now_s())
                self._wait(home)
                handled += 1
            await self.clock.sleep(0 if handled == AT_ONCE else STEP_S)

    async def end(self) -> None:
        """Wait a moment for what is still unconfirmed, then disconnect every home."""
        deadline = time.perf_counter() + FAREWELL_S
        while self.report.unconfirmed and time.perf_counter() < deadline:
            await self.clock.sleep(STEP_S)
        self._is_over = True
        for home in self.homes:
            home.wire.close()
        await self.clock.sleep(STEP_S)


async def run_fleet(
    logins: Sequence[Login],
    address: Address,
    clock: Clock,
    stop: asyncio.Event,
    *,
    plan: Plan,
    duration_s: float | None = None,
    on_progress: Callable[[Report], None] | None = None,
) -> Report:
    """Let homes live until `stop` is set or `duration_s` real seconds have passed.

    Args:
        logins: whose homes; leave out terminals that somebody else drives.
        address: the broker; each terminal uses its own log-in.
        clock: the real time shown by the terminals' clocks.
        stop: ends the simulation in order.
        plan: how they live.
        duration_s: None: until `stop`.
        on_progress: called about twice a second with the figures so far.

    Returns:
        The figures of the run.
    """
    fleet = Fleet(logins, address, clock, plan)
    began = told = time.perf_counter()

    def is_over() -> bool:
        nonlocal told
        now = time.perf_counter()
        if on_progress and now - told > 0.5:
            told = now
            on_progress(fleet.report)
        return stop.is_set() or (duration_s is not None and now - began >= duration_s)

    _log.info("fleet_started", terminals=len(logins), seed=plan.seed, speed=plan.speed)
    try:
        await fleet.live(is_over)
    finally:
        await fleet.end()
    _log.info("fleet_stopped", alarms=fleet.report.alarms, unconfirmed=fleet.report.unconfirmed)
    return fleet.report
