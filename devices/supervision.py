"""Is a terminal alive, and how well? Pure: states and messages in, states and findings out.

A terminal is silent when nothing was heard of it for its supervision interval, in which at least
two heartbeats are due. Silence of many at once is one finding about their area. Silence of ours is
none at all: `due_after_deafness` moves the deadlines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from devices.events import SignalKind, TerminalId

#: How far back a late message is still told from a repeat, in numbers of `seq`.
WINDOW: Final = 62
_MASK: Final = (1 << WINDOW) - 1
#: A jump beyond this is a counter gone wrong, not so many lost messages.
FARTHEST_JUMP: Final = 100_000
#: Time for a terminal to find its broker again after an outage of ours.
RECONNECT_S: Final = 60


class Condition(StrEnum):
    """What is known of a terminal's being there."""

    UNKNOWN = "unknown"  # never heard
    ONLINE = "online"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When to speak. Battery in percent.

    Attributes:
        gather_s: how long a silence waits to see whether it is its area's.
        window_s: silences this close together may be one outage.
        share, least: an area is silent when both are reached.
    """

    low_battery: int = 15
    battery_ok: int = 25
    gather_s: float = 30
    window_s: float = 900
    share: float = 0.2
    least: int = 10


DEFAULT_POLICY: Final = Policy()


@dataclass(frozen=True, slots=True)
class Hour:
    """The heartbeats of one clock hour."""

    start: datetime
    beats: int = 0
    lost: int = 0
    battery_min: int | None = None
    rssi_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The hot row of one terminal, with the intervals it is supervised by.

    Attributes:
        silence_told: its silence was a signal of its own, so its return must be one too.
        seq_window: bit n is set when number `seq - n` of this boot has arrived.
        lost: numbers that never came, over all boots.
        clock_skew_s: the terminal's clock minus ours at its last message.
    """

    terminal: TerminalId
    heartbeat_s: int
    supervision_s: int
    condition: Condition = Condition.UNKNOWN
    last_seen_at: datetime | None = None
    silent_due_at: datetime | None = None
    silence_told: bool = False
    connected: bool | None = None
    boot: str | None = None
    seq: int | None = None
    seq_window: int = 0
    lost: int = 0
    clock_skew_s: float | None = None
    battery: int | None = None
    low_battery: bool = False
    mains: bool | None = None
    rssi: int | None = None
    fw: str | None = None
    hour: Hour | None = None


@dataclass(slots=True)
class Contact:
    """What the messages of one terminal in one batch said, the later over the earlier.

    Attributes:
        at: when the last one was received; None when only the broker spoke about it.
        numbers: (boot, seq) in order of arrival.
        skew_s: its clock minus ours.
    """

    at: datetime | None = None
    beats: int = 0
    numbers: list[tuple[str | None, int]] | None = None
    skew_s: float | None = None
    battery: int | None = None
    mains: bool | None = None
    rssi: int | None = None
    fw: str | None = None
    next_s: int | None = None
    connected: bool | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """The state after a contact, what it means, and the hour that ended with it."""

    state: State
    findings: tuple[SignalKind, ...] = ()
    ended: Hour | None = None


def silent_due(seen_at: datetime, supervision_s: int, next_s: int | None) -> datetime:
    """Return when a terminal heard at `seen_at` counts as silent.

    One that announced a longer sleep gets twice that, so that one lost message is no silence.
    """
    return seen_at + timedelta(seconds=max(supervision_s, 2 * (next_s or 0)))


def due_after_deafness(
    due: datetime, seen_at: datetime | None, supervision_s: int, hearing_since: datetime
) -> datetime:
    """Return the deadline when we have been hearing only since `hearing_since`.

    The terminal had half its interval, one heartbeat, and time to reconnect since then.
    """
    if seen_at is not None and seen_at >= hearing_since:
        return due
    interval = due - seen_at if seen_at is not None else timedelta(seconds=supervision_s)
    return max(due, hearing_since + interval / 2 + timedelta(seconds=RECONNECT_S))


def number_in(state: State, boot: str | None, seq: int) -> State:
    """Account for message number `seq` of `boot`: late ones fill gaps, repeats change nothing."""
    high = state.seq
    if high is None or boot != state.boot or abs(seq - high) > FARTHEST_JUMP:
        return replace(state, boot=boot, seq=seq, seq_window=_MASK)
    ahead = seq - high
    if ahead > 0:
        window = ((state.seq_window << ahead) | 1) & _MASK if ahead < WINDOW else 1
        return replace(state, seq=seq, seq_window=window, lost=state.lost + ahead - 1)
    bit = 1 << -ahead
    if -ahead >= WINDOW or state.seq_window & bit:
        return state
    return replace(state, seq_window=state.seq_window | bit, lost=max(0, state.lost - 1))


def is_low(was_low: bool, battery: int | None, policy: Policy) -> bool:  # noqa: FBT001 - a state
    """Say whether a battery counts as low, with hysteresis; unknown changes nothing."""
    if battery is None:
        return was_low
    return battery < policy.battery_ok if was_low else battery <= policy.low_battery


def advance(state: State, contact: Contact, policy: Policy = DEFAULT_POLICY) -> Advance:
    """Take one contact in."""
    if contact.connected is not None:
        state = replace(state, connected=contact.connected)
    if contact.at is None:
        return Advance(state)
    lost_before = state.lost
    for boot, seq in contact.numbers or ():
        state = number_in(state, boot, seq)
    low = is_low(state.low_battery, contact.battery, policy)
    findings: list[SignalKind] = []
    if state.condition is Condition.SILENT and state.silence_told:
        findings.append(SignalKind.CAME_BACK)
    if low != state.low_battery:
        findings.append(SignalKind.LOW_BATTERY if low else SignalKind.BATTERY_OK)
    hour, ended = _count(state.hour, contact, state.lost - lost_before)
    after = replace(
        state,
        condition=Condition.ONLINE,
        silence_told=False,
        last_seen_at=contact.at,
        silent_due_at=silent_due(contact.at, state.supervision_s, contact.next_s),
        clock_skew_s=state.clock_skew_s if contact.skew_s is None else contact.skew_s,
        battery=state.battery if contact.battery is None else contact.battery,
        low_battery=low,
        mains=state.mains if contact.mains is None else contact.mains,
        rssi=state.rssi if contact.rssi is None else contact.rssi,
        fw=contact.fw or state.fw,
        hour=hour,
    )
    return Advance(after, tuple(findings), ended)


def _count(hour: Hour | None, contact: Contact, lost: int) -> tuple[Hour, Hour | None]:
    """Return the hour going on with `contact` counted in, and the one it ended."""
    assert contact.at is not None  # noqa: S101 - the caller has looked
    start = contact.at.replace(minute=0, second=0, microsecond=0)
    ended = None
    if hour is None or hour.start != start:
        hour, ended = Hour(start), hour
    return (
        Hour(
            start,
            hour.beats + contact.beats,
            max(0, hour.lost + lost),
            _least(hour.battery_min, contact.battery),
            _least(hour.rssi_min, contact.rssi),
        ),
        ended,
    )


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A terminal past its deadline. `told` is False for one not installed in a home."""

    terminal: TerminalId
    area: str
    since: datetime
    installed: bool


@dataclass(frozen=True, slots=True)
class Census:
    """An area's installed terminals: all, and those silent; `lately` within the policy's window."""

    total: int
    silent: int
    lately: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the sweep shall do.

    Attributes:
        tell: silent, each a signal of its own.
        hush: silent, spoken for by their area, or in no home.
        began, ended: areas whose outage is news.
    """

    tell: tuple[TerminalId, ...] = ()
    hush: tuple[TerminalId, ...] = ()
    began: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def judge(
    overdue: Sequence[Overdue],
    areas: Mapping[str, Census],
    outages: frozenset[str],
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> Verdict:
    """Decide which silences speak for themselves and which are their area's.

    Args:
        overdue: terminals past their deadline and not yet silent; a part of them will do.
        areas: a census of every area that has an overdue terminal or an outage; `lately` and
            `silent` count the overdue ones too.
        outages: areas known to be out.
        now: the time to judge at.
        policy: see `Policy`.
    """
    began = tuple(
        sorted(
            area
            for area, census in areas.items()
            if area not in outages and census.lately >= _many(census, policy)
        )
    )
    ended = tuple(
        sorted(
            area
            for area in outages
            if area not in areas or areas[area].silent * 2 < _many(areas[area], policy)
        )
    )
    out = (outages | set(began)) - set(ended)
    ripe = now - timedelta(seconds=policy.gather_s)
    tell, hush = [], []
    for item in overdue:
        if not item.installed or item.area in out:
            hush.append(item.terminal)
        elif item.since <= ripe:
            tell.append(item.terminal)
    return Verdict(tuple(tell), tuple(hush), began, ended)


def _many(census: Census, policy: Policy) -> float:
    return max(policy.least, policy.share * census.total)
