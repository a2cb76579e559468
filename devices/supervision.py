"""Is a terminal alive, and how well? Pure: states and messages in, states and findings out.

A terminal is silent when nothing was heard of it for its supervision interval, in which at least
two heartbeats are due. Silence of many at once is one finding about their area. Silence of ours is
none at all: `due_after_deafness` moves the deadlines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from devices.events import SignalKind, TerminalId

#: How far back a late message is still told from a repeat, in numbers of `seq`.
WINDOW: Final = 62
_MASK: Final = (1 << WINDOW) - 1
#: A jump beyond this is a counter gone wrong, not so many lost messages.
FARTHEST_JUMP: Final = 100_000
#: Time for a terminal to find its broker again after an outage of ours.
RECONNECT_S: Final = 60
HOUR: Final = timedelta(hours=1)


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


class Hour(NamedTuple):
    """The heartbeats of one clock hour."""

    start: datetime
    beats: int = 0
    lost: int = 0
    battery_min: int | None = None
    rssi_min: int | None = None


class Count(NamedTuple):
    """The account of a terminal's message numbers.

    Attributes:
        seq: the highest number of this boot; None before the first.
        window: bit n is set when number `seq - n` has arrived.
        lost: numbers that never came, over all boots.
    """

    boot: str | None = None
    seq: int | None = None
    window: int = 0
    lost: int = 0


class State(NamedTuple):
    """The hot row of one terminal. A named tuple, since thousands a second are read and written.

    Attributes:
        supervision_s: the interval it is supervised by, from the registry.
        silence_told: its silence was a signal of its own, so its return must be one too.
        boot, seq, seq_window, lost: see `Count`.
        clock_skew_s: the terminal's clock minus ours at its last message.
        hour: start of the clock hour that the following fields count.
    """

    terminal: TerminalId
    supervision_s: int
    condition: str = Condition.UNKNOWN
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
    hour: datetime | None = None
    hour_beats: int = 0
    hour_lost: int = 0
    hour_battery_min: int | None = None
    hour_rssi_min: int | None = None


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


class Advance(NamedTuple):
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


def number_in(count: Count, boot: str | None, seq: int) -> Count:
    """Account for message number `seq` of `boot`: late ones fill gaps, repeats change nothing."""
    high = count.seq
    if high is None or boot != count.boot or abs(seq - high) > FARTHEST_JUMP:
        return Count(boot, seq, _MASK, count.lost)
    ahead = seq - high
    if ahead > 0:
        window = ((count.window << ahead) | 1) & _MASK if ahead < WINDOW else 1
        return Count(boot, seq, window, count.lost + ahead - 1)
    bit = 1 << -ahead
    if -ahead >= WINDOW or count.window & bit:
        return count
    return Count(boot, high, count.window | bit, max(0, count.lost - 1))


def is_low(was_low: bool, battery: int | None, policy: Policy) -> bool:  # noqa: FBT001 - a state
    """Say whether a battery counts as low, with hysteresis; unknown changes nothing."""
    if battery is None:
        return was_low
    return battery < policy.battery_ok if was_low else battery <= policy.low_battery


def advance(state: State, contact: Contact, policy: Policy = DEFAULT_POLICY) -> Advance:
    """Take one contact in.

    Two processes hear a terminal and write its row in turn, so a contact may be older than what the
    row says. Such a late one adds what it counts and never undoes what came after it.
    """
    connected = state.connected if contact.connected is None else contact.connected
    at = contact.at
    if at is None:
        return Advance(state._replace(connected=connected))
    late = state.last_seen_at is not None and at < state.last_seen_at
    count = _number_all(state, contact, late=late)
    battery, rssi, skew_s = contact.battery, contact.rssi, contact.skew_s
    if late:
        battery = battery if state.battery is None else None
        rssi = rssi if state.rssi is None else None
        skew_s = skew_s if state.clock_skew_s is None else None
    low = is_low(state.low_battery, battery, policy)
    findings: tuple[SignalKind, ...] = ()
    if state.silence_told and state.condition == Condition.SILENT and not late:
        findings = (SignalKind.CAME_BACK,)
    if low != state.low_battery:
        findings += (SignalKind.LOW_BATTERY if low else SignalKind.BATTERY_OK,)
    heard = Hour(
        _hour_of(at), contact.beats, count.lost - state.lost, contact.battery, contact.rssi
    )
    hour, ended = _add_hour(state, heard, late=late)
    return Advance(
        State(
            state.terminal,
            state.supervision_s,
            state.condition if late else Condition.ONLINE,
            state.last_seen_at if late else at,
            _due(state, contact, at),
            silence_told=state.silence_told and late,
            connected=connected,
            boot=count.boot,
            seq=count.seq,
            seq_window=count.window,
            lost=count.lost,
            clock_skew_s=state.clock_skew_s if skew_s is None else skew_s,
            battery=state.battery if battery is None else battery,
            low_battery=low,
            mains=state.mains if contact.mains is None else contact.mains,
            rssi=state.rssi if rssi is None else rssi,
            fw=contact.fw or state.fw,
            hour=hour.start,
            hour_beats=hour.beats,
            hour_lost=hour.lost,
            hour_battery_min=hour.battery_min,
            hour_rssi_min=hour.rssi_min,
        ),
        findings,
        ended,
    )


def _number_all(state: State, contact: Contact, *, late: bool) -> Count:
    """Account for a contact's numbers, but for those of a start that is known to be over."""
    count = Count(state.boot, state.seq, state.seq_window, state.lost)
    numbers = contact.numbers or ()
    if numbers and count.seq is not None and (late or numbers[-1][0] == count.boot):
        numbers = [(boot, seq) for boot, seq in numbers if boot == count.boot]
    for boot, seq in numbers:
        count = number_in(count, boot, seq)
    return count


def _due(state: State, contact: Contact, at: datetime) -> datetime:
    """Return when the terminal counts as silent after a contact at `at`.

    Only a heartbeat revokes the sleep that the heartbeat before it announced.
    """
    seen = at if state.last_seen_at is None else max(at, state.last_seen_at)
    due = silent_due(seen, state.supervision_s, None)
    if contact.beats:
        return max(due, silent_due(at, state.supervision_s, contact.next_s))
    return due if state.silent_due_at is None else max(due, state.silent_due_at)


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _add_hour(state: State, heard: Hour, *, late: bool) -> tuple[Hour, Hour | None]:
    """Return the hour that goes on, and the one that ended before it, with what was heard."""
    if state.hour is None:
        return heard._replace(lost=max(0, heard.lost)), None
    hour = Hour(
        state.hour,
        state.hour_beats,
        state.hour_lost,
        state.hour_battery_min,
        state.hour_rssi_min,
    )
    if late and heard.start < hour.start:  # of an hour that is over: what ended is added up
        return hour, heard._replace(lost=max(0, heard.lost))
    if heard.start != hour.start:
        return heard._replace(lost=max(0, heard.lost)), hour
    return (
        Hour(
            hour.start,
            hour.beats + heard.beats,
            max(0, hour.lost + heard.lost),
            _least(hour.battery_min, heard.battery_min),
            _least(hour.rssi_min, heard.rssi_min),
        ),
        None,
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
