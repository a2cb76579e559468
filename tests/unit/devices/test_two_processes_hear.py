"""Two processes hear a terminal and write its row in turn: neither undoes what the other wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from devices.events import SignalKind, TerminalId
from devices.lanes.reading import fold, fold_beat
from devices.messages import Heartbeat, Origin, Stamp
from devices.supervision import Condition, Contact, Hour, State, advance

NOW = datetime(2026, 3, 2, 0, 58, tzinfo=UTC)  # soon another hour
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ORIGIN = Origin("north", TerminalId("T-1"), "heartbeat")
NEW = State(terminal=TerminalId("T-1"), supervision_s=720)


class Said(NamedTuple):
    """One message: a heartbeat, which one process hears, or an alarm, which the other does."""

    at: datetime
    seq: int
    beat: bool
    next_s: int | None


def contact_of(messages: Sequence[Said]) -> Contact:
    contact = Contact()
    for said in messages:
        stamp = Stamp("b1", said.seq)
        if said.beat:
            fold_beat(contact, Heartbeat(ORIGIN, stamp, next_s=said.next_s), said.at)
        else:
            fold(contact, stamp, said.at)
    return contact


def written(state: State, contacts: Sequence[Contact]) -> tuple[State, list[Hour]]:
    """Write contacts one after the other; return the state and all hours."""
    hours = []
    for contact in contacts:
        state, _, ended = advance(state, contact)
        hours += [ended] if ended else []
    assert state.hour
    return state, [*hours, Hour(state.hour, state.hour_beats, state.hour_lost)]


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0)


def beats(hours: Sequence[Hour]) -> dict[datetime, int]:
    """Add up as the table of hours does."""
    return {
        start: sum(hour.beats for hour in hours if hour.start == start)
        for start in {hour.start for hour in hours if hour.beats}
    }


@st.composite
def days(draw: st.DrawFn) -> list[Said]:
    """Messages of a few minutes around the full hour, some of them never heard."""
    steps = draw(st.lists(st.integers(1, 20), min_size=1, max_size=40))
    seqs = sorted(draw(st.sets(st.integers(1, 60), min_size=len(steps), max_size=len(steps))))
    at, said = NOW, []
    for step, seq in zip(steps, seqs, strict=True):
        at += step * SECOND
        said.append(Said(at, seq, draw(st.booleans()), draw(st.none() | st.integers(1, 7200))))
    return said


@given(
    messages=days(),
    cuts=st.lists(st.integers(1, 8), min_size=40, max_size=40),
    turns=st.lists(st.booleans(), min_size=80, max_size=80),
)
def test_whichever_process_writes_first_the_row_is_the_same(
    messages: list[Said], cuts: list[int], turns: list[bool]
) -> None:
    began = advance(NEW, contact_of([Said(NOW, 0, beat=True, next_s=None)])).state
    lanes: list[list[Contact]] = []
    for of_beats in (True, False):
        own, lane, sizes = [m for m in messages if m.beat is of_beats], [], iter(cuts)
        while own:
            size = next(sizes)
            lane.append(contact_of(own[:size]))
            own = own[size:]
        lanes.append(lane)
    order = []
    for turn in turns:
        lane = lanes[turn] or lanes[not turn]
        order += [lane.pop(0)] if lane else []
    sent = [Hour(hour_of(contact.at), contact.beats) for contact in order if contact.at]
    state, hours = written(began, order)
    alone, _ = written(began, [contact_of([m]) for m in messages])
    assert state.last_seen_at == alone.last_seen_at == messages[-1].at
    assert state.silent_due_at == alone.silent_due_at
    assert (state.seq, state.lost) == (alone.seq, alone.lost)
    assert state.lost == messages[-1].seq - len(messages)
    assert beats(hours) == beats([Hour(hour_of(NOW), 1), *sent])


def test_an_alarm_does_not_cut_short_the_sleep_a_heartbeat_announced() -> None:
    asleep = advance(NEW, Contact(at=NOW, beats=1, next_s=3600)).state
    pressed = advance(asleep, Contact(at=NOW + MINUTE)).state
    assert pressed.silent_due_at == NOW + 120 * MINUTE
    woken = advance(pressed, Contact(at=NOW + 2 * MINUTE, beats=1)).state
    assert woken.silent_due_at == NOW + 14 * MINUTE


def test_a_late_battery_reading_does_not_replace_a_newer_one() -> None:
    state = advance(NEW, Contact(at=NOW + SECOND, battery=14, rssi=-60, skew_s=1.0)).state
    late = advance(state, Contact(at=NOW, beats=1, battery=40, rssi=-90, skew_s=9.0, mains=True))
    assert (late.state.battery, late.state.rssi, late.state.clock_skew_s) == (14, -60, 1.0)
    assert (late.state.low_battery, late.findings, late.state.mains) == (True, (), True)


def test_a_late_word_fills_in_what_nobody_has_said() -> None:
    state = advance(NEW, Contact(at=NOW + SECOND)).state
    assert advance(state, Contact(at=NOW, battery=40)).state.battery == 40


def test_a_word_from_before_the_silence_does_not_end_it() -> None:
    silent = NEW._replace(
        condition=Condition.SILENT, silence_told=True, last_seen_at=NOW, silent_due_at=NOW
    )
    result = advance(silent, Contact(at=NOW - SECOND, beats=1))
    assert (result.state.condition, result.state.silence_told) == (Condition.SILENT, True)
    assert result.findings == ()
    back = advance(result.state, Contact(at=NOW + SECOND))
    assert back.findings == (SignalKind.CAME_BACK,)


def test_numbers_of_a_start_that_is_over_do_not_begin_the_count_anew() -> None:
    state = advance(NEW, Contact(at=NOW, numbers=[("b1", 7)])).state
    state = advance(state, Contact(at=NOW + 3 * SECOND, numbers=[("b2", 1), ("b2", 4)])).state
    assert (state.boot, state.seq, state.lost) == ("b2", 4, 2)
    late = advance(state, Contact(at=NOW + SECOND, beats=2, numbers=[("b1", 8), ("b2", 2)])).state
    assert (late.boot, late.seq, late.lost) == ("b2", 4, 1)
    last = advance(
        late, Contact(at=NOW + 4 * SECOND, beats=2, numbers=[("b1", 9), ("b2", 3)])
    ).state
    assert (last.boot, last.seq, last.lost) == ("b2", 4, 0)
