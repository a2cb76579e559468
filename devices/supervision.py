"""Is a terminal alive, and how well? Pure: states and messages in, states and findings out.

A terminal is silent when nothing was heard of it for its supervision interval, in which at least
two heartbeats are due. Silence of many at once is one finding about their area. Silence of ours is
none at all: `due_after_deafness` moves the deadlines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from devices.events import SignalKind, TerminalId

T = TypeVar("T")

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
    return seen_at + _span(max(supervision_s, 2 * next_s) if next_s else supervision_s)


@lru_cache(maxsize=1024)
def _span(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


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
    seen = state.last_seen_at
    late = seen is not None and at < seen
    count = _number_all(state, contact, late=late)
    battery = _latest(state.battery, contact.battery, late=late)
    low = is_low(state.low_battery, battery, policy)
    findings: tuple[SignalKind, ...] = ()
    if state.silence_told and state.condition == _SILENT and not late:
        findings = (SignalKind.CAME_BACK,)
    if low != state.low_battery:
        findings += (SignalKind.LOW_BATTERY if low else SignalKind.BATTERY_OK,)
    hour, ended = _add_hour(state, at, contact, count.lost - state.lost)
    # By position, since thousands are made a second: the names are those of `State`.
    after = State(
        state.terminal,
        state.supervision_s,
        state.condition if late else _ONLINE,
        seen if late else at,
        _due(state, contact, at, late=late),
        state.silence_told and late,
        connected,
        count.boot,
        count.seq,
        count.window,
        count.lost,
        _latest(state.clock_skew_s, contact.skew_s, late=late),
        battery,
        low,
        state.mains if contact.mains is None else contact.mains,
        _latest(state.rssi, contact.rssi, late=late),
        contact.fw or state.fw,
        *hour,
    )
    return Advance(after, findings, ended)


_ONLINE: Final = Condition.ONLINE.value
_SILENT: Final = Condition.SILENT.value


def _latest(known: T | None, said: T | None, *, late: bool) -> T | None:
    """Return what was said last; nothing said changes nothing."""
    return known if said is None or (late and known is not None) else said


def _number_all(state: State, contact: Contact, *, late: bool) -> Count:
    """Account for a contact's numbers, but for those of a start that is known to be over."""
    count = Count(state.boot, state.seq, state.seq_window, state.lost)
    numbers = contact.numbers
    if not numbers:
        return count
    is_over = count.seq is not None and (late or numbers[-1][0] == count.boot)
    for boot, seq in numbers:
        if boot == count.boot or not is_over:
            count = number_in(count, boot, seq)
    return count


def _due(state: State, contact: Contact, at: datetime, *, late: bool) -> datetime:
    """Return when the terminal counts as silent after a contact at `at`.

    Only a heartbeat revokes the sleep that the heartbeat before it announced.
    """
    due = silent_due(at, state.supervision_s, contact.next_s if contact.beats else None)
    if late and state.last_seen_at is not None:
        due = max(due, silent_due(state.last_seen_at, state.supervision_s, None))
    if contact.beats or state.silent_due_at is None:
        return due
    return max(due, state.silent_due_at)


def _add_hour(state: State, at: datetime, contact: Contact, lost: int) -> tuple[Hour, Hour | None]:
    """Return the hour that goes on, and one that ended, with what was heard at `at`."""
    start = state.hour
    if start is not None and start <= at < start + HOUR:
        return (
            Hour(
                start,
                state.hour_beats + contact.beats,
                max(0, state.hour_lost + lost),
                _least(state.hour_battery_min, contact.battery),
                _least(state.hour_rssi_min, contact.rssi),
            ),
            None,
        )
    own = at.replace(minute=0, second=0, microsecond=0)
    heard = Hour(own, contact.beats, max(0, lost), contact.battery, contact.rssi)
    if start is None:
        return heard, None
    hour = Hour(
        start, state.hour_beats, state.hour_lost, state.hour_battery_min, state.hour_rssi_min
    )
    return (hour, heard) if own < start else (heard, hour)


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
