from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.events import SignalKind, TerminalId
from devices.supervision import (
    WINDOW,
    Census,
    Condition,
    Contact,
    Count,
    Hour,
    Overdue,
    Policy,
    State,
    advance,
    due_after_deafness,
    judge,
    number_in,
    silent_due,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = State(terminal=TerminalId("T-1"), supervision_s=720)
NONE = Count()


def counted(numbers: Sequence[int], count: Count = NONE, boot: str = "b1") -> Count:
    for number in numbers:
        count = number_in(count, boot, number)
    return count


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ([1, 2, 3], 0),
        ([5, 6], 0),  # we came in late
        ([1, 2, 5], 2),
        ([1, 2, 5, 3], 1),  # one was only late
        ([1, 2, 5, 3, 4], 0),
        ([1, 2, 2, 2, 3], 0),  # repeats
        ([1, 3, 1, 1, 3], 1),
        ([1, 2 + WINDOW + 10], WINDOW + 10),
    ],
)
def test_gaps_are_counted_and_late_messages_fill_them(numbers: list[int], lost: int) -> None:
    assert counted(numbers).lost == lost


def test_a_new_boot_starts_counting_afresh_and_keeps_what_was_lost() -> None:
    count = counted([1, 4])
    assert counted([1, 2], count, boot="b2").lost == 2


@given(st.permutations(range(40)), st.sets(st.integers(1, 38)))
def test_what_never_comes_is_lost_whatever_the_order(order: list[int], gone: set[int]) -> None:
    first = counted([0])  # the others may come in any order within the window
    arrived = [n for n in order if n not in gone and n not in {0, 39}]
    assert counted([*arrived, 39, *arrived], first).lost == len(gone)


@given(st.lists(st.integers(0, 2**53)))
def test_numbers_always_fit_their_columns(numbers: list[int]) -> None:
    count = counted(numbers)
    assert 0 <= count.lost < 2**63
    assert 0 <= count.window < 2**63


def test_silence_is_due_after_the_interval_or_twice_an_announced_sleep() -> None:
    assert silent_due(NOW, 720, None) == NOW + 12 * MINUTE
    assert silent_due(NOW, 720, 300) == NOW + 12 * MINUTE
    assert silent_due(NOW, 720, 3600) == NOW + 120 * MINUTE


def test_a_word_makes_a_terminal_online_and_moves_its_deadline() -> None:
    result = advance(NEW, Contact(at=NOW, beats=1, battery=80, rssi=-70, fw="1.0"))
    state = result.state
    assert (state.condition, state.last_seen_at) == (Condition.ONLINE, NOW)
    assert state.silent_due_at == NOW + 12 * MINUTE
    assert (state.battery, state.rssi, state.fw) == (80, -70, "1.0")
    assert result.findings == ()
    kept = advance(state, Contact(at=NOW + MINUTE)).state
    assert (kept.battery, kept.fw) == (80, "1.0")


def test_the_brokers_word_alone_is_no_sign_of_life() -> None:
    result = advance(NEW, Contact(connected=False))
    assert (result.state.connected, result.state.condition) == (False, Condition.UNKNOWN)
    assert result.state.last_seen_at is None


@pytest.mark.parametrize("told", [True, False])
def test_the_return_of_a_silence_that_was_told_is_told(told: bool) -> None:
    silent = State(
        terminal=TerminalId("T-1"),
        supervision_s=720,
        condition=Condition.SILENT,
        silence_told=told,
    )
    result = advance(silent, Contact(at=NOW))
    assert result.findings == ((SignalKind.CAME_BACK,) if told else ())
    assert not result.state.silence_told


def test_a_low_battery_is_told_once_and_again_only_after_it_was_full() -> None:
    state, told = NEW, []
    for percent in (50, 15, 14, 16, 24, 15, 25, 15):
        result = advance(state, Contact(at=NOW, battery=percent))
        state = result.state
        told += [(percent, finding) for finding in result.findings]
    assert told == [
        (15, SignalKind.LOW_BATTERY),
        (25, SignalKind.BATTERY_OK),
        (15, SignalKind.LOW_BATTERY),
    ]


def test_an_hour_counts_its_heartbeats_and_ends_with_the_next() -> None:
    state = NEW
    for minute in (1, 6, 11):
        at = NOW + minute * MINUTE
        state = advance(state, Contact(at=at, beats=1, battery=90 - minute)).state
    result = advance(state, Contact(at=NOW + 61 * MINUTE, beats=1))
    assert result.ended == Hour(NOW, 3, 0, 79, None)
    assert (result.state.hour, result.state.hour_beats) == (NOW + 60 * MINUTE, 1)


def test_after_our_deafness_a_terminal_has_one_heartbeat_and_time_to_reconnect() -> None:
    due, seen = NOW + 12 * MINUTE, NOW
    deaf_until = NOW + 60 * MINUTE
    assert due_after_deafness(due, seen, 720, deaf_until) == deaf_until + 7 * MINUTE
    assert due_after_deafness(due, seen, 720, NOW - MINUTE) == due
    assert due_after_deafness(due, None, 720, deaf_until) == deaf_until + 7 * MINUTE


@given(
    seen=st.none() | st.integers(-10_000, 0),
    since=st.integers(-10_000, 10_000),
    interval=st.integers(10, 90_000),
)
def test_deafness_never_makes_a_deadline_earlier(
    seen: int | None, since: int, interval: int
) -> None:
    due = NOW + timedelta(seconds=interval)
    at = None if seen is None else NOW + timedelta(seconds=seen)
    assert due_after_deafness(due, at, interval, NOW + timedelta(seconds=since)) >= due


POLICY = Policy(gather_s=30, share=0.2, least=10)


def overdue(
    count: int, *, since: datetime, area: str = "a", installed: bool = True
) -> list[Overdue]:
    return [Overdue(TerminalId(f"{area}-{n}"), area, since, installed) for n in range(count)]


def test_a_silence_waits_a_moment_for_others_and_then_speaks() -> None:
    areas = {"a": Census(total=100, silent=3, lately=3)}
    young = judge(overdue(3, since=NOW), areas, frozenset(), NOW, POLICY)
    assert (young.tell, young.hush) == ((), ())
    ripe = judge(overdue(3, since=NOW - MINUTE), areas, frozenset(), NOW, POLICY)
    assert len(ripe.tell) == 3


def test_many_at_once_are_their_area() -> None:
    areas = {"a": Census(total=100, silent=25, lately=25)}
    verdict = judge(overdue(25, since=NOW), areas, frozenset(), NOW, POLICY)
    assert (verdict.began, verdict.tell, len(verdict.hush)) == (("a",), (), 25)


def test_ten_of_a_thousand_are_no_outage() -> None:
    areas = {"a": Census(total=1000, silent=10, lately=10)}
    verdict = judge(overdue(10, since=NOW - MINUTE), areas, frozenset(), NOW, POLICY)
    assert (verdict.began, len(verdict.tell)) == ((), 10)


def test_long_standing_silences_do_not_add_up_to_an_outage() -> None:
    areas = {"a": Census(total=100, silent=30, lately=2)}
    verdict = judge(overdue(2, since=NOW - MINUTE), areas, frozenset(), NOW, POLICY)
    assert (verdict.began, len(verdict.tell)) == ((), 2)


def test_an_outage_goes_on_until_half_are_heard_again() -> None:
    out = frozenset({"a"})
    during = judge((), {"a": Census(100, 12, 0)}, out, NOW, POLICY)
    over = judge((), {"a": Census(100, 9, 0)}, out, NOW, POLICY)
    assert (during.ended, over.ended) == ((), ("a",))
    assert judge((), {}, out, NOW, POLICY).ended == ("a",)  # its last terminal was retired


def test_one_in_no_home_is_not_told_of() -> None:
    verdict = judge(
        overdue(1, since=NOW - MINUTE, installed=False),
        {"a": Census(0, 0, 0)},
        frozenset(),
        NOW,
        POLICY,
    )
    assert (verdict.tell, len(verdict.hush)) == ((), 1)


@given(
    counts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), min_size=1, max_size=4),
    age=st.integers(0, 100),
    known_out=st.sets(st.integers(0, 3)),
)
def test_every_silence_is_told_hushed_or_still_gathering(
    counts: list[tuple[int, int]], age: int, known_out: set[int]
) -> None:
    since = NOW - timedelta(seconds=age)
    late: list[Overdue] = []
    areas = {}
    for n, (few, more) in enumerate(counts):
        late += overdue(few, since=since, area=str(n))
        areas[str(n)] = Census(few + more, few, few)
    out = frozenset(str(n) for n in known_out)
    verdict = judge(late, areas, out, NOW, POLICY)
    assert not set(verdict.tell) & set(verdict.hush)
    if age > POLICY.gather_s:
        assert len(verdict.tell) + len(verdict.hush) == len(late)
