"""What a signal asks of people."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from devices.events import Location, Signal, SignalKind, TerminalId
from dispatch.incidents.model import AlarmKind, Category
from dispatch.triage import ENDS, REMARKS, TABLE, End, Raise, Remark, elsewhere, subject_of, triage
from kernel.geo import Position

HOME = UUID(int=1)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def signal(kind: SignalKind, **more: Any) -> Signal:
    given: dict[str, Any] = {"terminal": TerminalId("T-1"), "area": "north", "home_id": HOME}
    return Signal(**{**given, **more}, id="1", kind=kind, received_at=NOW)


def raised(kind: SignalKind, **more: Any) -> Raise:
    verdict = triage(signal(kind, **more))
    assert isinstance(verdict, Raise)
    return verdict


def test_every_kind_of_signal_has_exactly_one_meaning() -> None:
    meanings = [set(TABLE), set(ENDS), set(REMARKS)]
    assert set().union(*meanings) == set(SignalKind)
    assert sum(len(meaning) for meaning in meanings) == len(SignalKind)


@pytest.mark.parametrize("kind", TABLE)
def test_every_kind_that_needs_somebody_becomes_an_alarm_of_that_kind(kind: SignalKind) -> None:
    assert raised(kind).alarm.kind == AlarmKind(kind.value)


@pytest.mark.parametrize("kind", ["sos", "fall", "smoke", "gas", "co"])
def test_a_life_at_risk_has_the_first_priority(kind: str) -> None:
    alarm = raised(SignalKind(kind)).alarm
    assert (alarm.category, alarm.priority) == (Category.EMERGENCY, 1)


def test_a_kind_nobody_knows_is_a_technical_alarm_not_silence() -> None:
    alarm = raised(SignalKind.UNKNOWN).alarm
    assert (alarm.category, alarm.kind, alarm.priority) == ("technical", "unknown", 2)


def test_a_silent_terminal_is_technical_with_low_priority() -> None:
    alarm = raised(SignalKind.WENT_SILENT).alarm
    assert (alarm.category, alarm.priority) == (Category.TECHNICAL, 3)


def test_a_trial_keeps_its_kind_and_asks_for_nobodys_help() -> None:
    alarm = raised(SignalKind.SOS, test=True).alarm
    assert (alarm.kind, alarm.category, alarm.priority, alarm.test) == ("sos", "technical", 3, True)


def test_the_test_button_is_a_trial_even_when_it_does_not_say_so() -> None:
    assert raised(SignalKind.TEST).alarm.test


@pytest.mark.parametrize(
    ("signal_kind", "condition"),
    [
        ("came_back", "went_silent"),
        ("battery_ok", "low_battery"),
        ("mains_back", "mains_lost"),
        ("area_back", "area_silent"),
    ],
)
def test_what_passes_says_what_it_ends(signal_kind: str, condition: str) -> None:
    assert triage(signal(SignalKind(signal_kind))) == End(AlarmKind(condition))


def test_a_cancel_at_the_terminal_is_only_a_remark() -> None:
    assert triage(signal(SignalKind.CANCELLED)) == Remark()


def test_a_home_has_one_case_whichever_terminal_speaks() -> None:
    one, other = (signal(SignalKind.SOS, terminal=TerminalId(t)) for t in ("T-1", "T-2"))
    assert subject_of(one) == subject_of(other) == f"home:{HOME}"


FIX = Position(31.2500, 121.4400)  # 1.1 km north of HERE
HERE = Position(31.2400, 121.4400)


def located(accuracy_m: float | None, age_min: float = 0) -> Signal:
    taken = NOW - timedelta(minutes=age_min)
    return signal(SignalKind.SOS, location=Location(position=FIX, accuracy_m=accuracy_m, at=taken))


@pytest.mark.parametrize(
    ("heard", "home", "where"),
    [
        (located(20), HERE, FIX),
        (located(None), HERE, FIX),
        (located(20), FIX, None),
        (located(20), None, FIX),
        (located(2000), HERE, None),
        (located(20, age_min=11), HERE, None),
        (signal(SignalKind.SOS), HERE, None),
    ],
    ids=["away", "accuracy unknown", "at home", "homeless", "too vague", "too old", "no fix"],
)
def test_help_goes_home_unless_the_pendant_is_certainly_elsewhere(
    heard: Signal, home: Position | None, where: Position | None
) -> None:
    assert elsewhere(heard, home) == where


def test_an_unbound_terminal_has_its_own_case() -> None:
    assert subject_of(signal(SignalKind.SOS, home_id=None)) == "terminal:T-1"


def test_an_areas_outage_and_its_end_belong_together() -> None:
    both = {
        subject_of(signal(kind, home_id=None, terminal=None))
        for kind in (SignalKind.AREA_SILENT, SignalKind.AREA_BACK)
    }
    assert both == {"area:north:area_silent"}
