"""From a signal and the home it came from to what it asks of people (pure).

The table says it by kind; a kind that is missing from it is a technical alarm, never silence.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from devices.events import Signal, SignalKind
from dispatch.incidents.model import Alarm, AlarmKind, Category
from kernel.geo import Position, distance_m

_E, _T = Category.EMERGENCY, Category.TECHNICAL

#: kind → category and priority: 1 a life may be at risk, 2 soon, 3 in office hours.
TABLE: Final[dict[SignalKind, tuple[Category, int]]] = {
    SignalKind.SOS: (_E, 1),
    SignalKind.FALL: (_E, 1),
    SignalKind.SMOKE: (_E, 1),
    SignalKind.GAS: (_E, 1),
    SignalKind.CO: (_E, 1),
    SignalKind.VITAL_OUT_OF_RANGE: (_E, 1),
    SignalKind.WANDERING: (_E, 1),
    SignalKind.NO_MOTION: (_E, 2),
    SignalKind.FLOOD: (_E, 2),
    SignalKind.BED_EXIT: (_E, 2),
    SignalKind.DOOR_OPEN: (_E, 2),
    SignalKind.DEVICE_REMOVED: (_E, 3),
    SignalKind.PILL_MISSED: (_E, 3),
    SignalKind.UNKNOWN: (_T, 2),
    SignalKind.UNDECODABLE: (_T, 2),
    SignalKind.TAMPER: (_T, 2),
    SignalKind.FAULT: (_T, 2),
    SignalKind.AREA_SILENT: (_T, 2),
    SignalKind.LOW_BATTERY: (_T, 3),
    SignalKind.MAINS_LOST: (_T, 3),
    SignalKind.WENT_SILENT: (_T, 3),
    SignalKind.TEST: (_T, 3),
}

#: A signal that ends a passing condition → the condition.
ENDS: Final[dict[SignalKind, AlarmKind]] = {
    SignalKind.CAME_BACK: AlarmKind.WENT_SILENT,
    SignalKind.AREA_BACK: AlarmKind.AREA_SILENT,
    SignalKind.BATTERY_OK: AlarmKind.LOW_BATTERY,
    SignalKind.MAINS_BACK: AlarmKind.MAINS_LOST,
}

#: Worth a line in the timeline of an open incident, and nothing more.
REMARKS: Final = frozenset({SignalKind.CANCELLED})


#: A fix older than this says nothing of where somebody is now.
FRESH: Final = timedelta(minutes=10)
AWAY_M: Final = 200.0
UNKNOWN_ACCURACY_M: Final = 100.0


@dataclass(frozen=True, slots=True)
class Raise:
    """Somebody is needed."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class End:
    """A passing condition is over."""

    kind: AlarmKind


@dataclass(frozen=True, slots=True)
class Remark:
    """Only the timeline of the open incident, if there is one, cares."""


Verdict = Raise | End | Remark


def triage(signal: Signal) -> Verdict:
    """Say what `signal` asks of people.

    A trial (`test`) of any kind asks for nobody's help: technical, lowest priority, marked.
    """
    if signal.kind in ENDS:
        return End(ENDS[signal.kind])
    if signal.kind in REMARKS:
        return Remark()
    category, priority = TABLE.get(signal.kind, (_T, 2))
    test = signal.test or signal.kind is SignalKind.TEST
    known = signal.kind in TABLE
    return Raise(
        Alarm(
            kind=AlarmKind(signal.kind) if known else AlarmKind.UNKNOWN,
            category=_T if test else category,
            priority=3 if test else priority,
            terminal_id=signal.terminal,
            test=test,
        )
    )


def elsewhere(signal: Signal, home: Position | None) -> Position | None:
    """Return where the signal came from if that is certainly not `home`.

    Help goes home unless a fresh fix lies beyond doubt away from it: a pendant carried outdoors.
    """
    fix = signal.location
    if fix is None or (fix.at is not None and signal.received_at - fix.at > FRESH):
        return None
    if home is None:
        return fix.position
    doubt = AWAY_M + (UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m)
    return fix.position if distance_m(home, fix.position) > doubt else None


def subject_of(signal: Signal) -> str:
    """Return what may have one open incident at a time: the home, else the terminal, else the area.

    An area may have one for each kind, so that an outage does not hide something else.
    """
    if signal.home_id is not None:
        return f"home:{signal.home_id}"
    if signal.terminal is not None:
        return f"terminal:{signal.terminal}"
    kind = ENDS.get(signal.kind, signal.kind)
    return f"area:{signal.area}:{kind}"
