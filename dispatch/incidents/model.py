"""What an incident is: a home's (or terminal's, or area's) one open case (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal

from dispatch.ids import AssignmentId, IncidentId
from dispatch.incidents.escalation import Policy
from kernel.errors import ConflictError
from kernel.geo import Position
from people.ids import AccountId, CaregiverId, HomeId


class State(StrEnum):
    """Where an incident stands with people."""

    OPEN = "open"
    """Nobody owns it: it waits in the queue and rings."""
    CLAIMED = "claimed"
    """An operator owns it and is to act."""
    ASSIGNED = "assigned"
    """Owned, and a responder has been offered or has taken the job."""
    ON_SCENE = "on_scene"
    """Owned, and the responder is there."""
    CLOSED = "closed"
    """Over, with a disposition. It never changes again."""


OWNED = frozenset({State.CLAIMED, State.ASSIGNED, State.ON_SCENE})


class Category(StrEnum):
    """Whether a person or a thing needs help."""

    EMERGENCY = "emergency"
    TECHNICAL = "technical"


class Disposition(StrEnum):
    """What an incident turned out to be; a person says so when closing it."""

    REAL = "real"
    ACCIDENTAL = "accidental"
    TEST = "test"
    DEVICE_FAULT = "device_fault"
    NO_ANSWER = "no_answer"


class AlarmKind(StrEnum):
    """Why somebody is needed."""

    SOS = "sos"
    FALL = "fall"
    NO_MOTION = "no_motion"
    SMOKE = "smoke"
    GAS = "gas"
    CO = "co"
    FLOOD = "flood"
    DOOR_OPEN = "door_open"
    WANDERING = "wandering"
    BED_EXIT = "bed_exit"
    DEVICE_REMOVED = "device_removed"
    PILL_MISSED = "pill_missed"
    VITAL_OUT_OF_RANGE = "vital_out_of_range"
    LOW_BATTERY = "low_battery"
    MAINS_LOST = "mains_lost"
    TAMPER = "tamper"
    FAULT = "fault"
    TEST = "test"
    UNKNOWN = "unknown"
    """The terminal sent a kind that this version does not know."""
    UNDECODABLE = "undecodable"
    """Bytes that could not be read; they are in quarantine."""
    WENT_SILENT = "went_silent"
    AREA_SILENT = "area_silent"
    """Many terminals of one area fell silent together."""
    CAREGIVER_SOS = "caregiver_sos"
    """A caregiver at work calls for help."""


#: Conditions that end by themselves and say so. Whoever pressed for help is not among them.
PASSING: Final = frozenset(
    {AlarmKind.WENT_SILENT, AlarmKind.AREA_SILENT, AlarmKind.LOW_BATTERY, AlarmKind.MAINS_LOST}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What of a signal matters to an incident.

    Attributes:
        terminal_id: None when it is about an area or a person.
        priority: 1 (a life), 2 (soon), 3 (in office hours).
        test: somebody tries a terminal out; asks for nobody's help.
        where: a place that is certainly not the home, when the terminal knows one.
    """

    kind: AlarmKind
    category: Category
    priority: int
    terminal_id: str | None
    test: bool = False
    where: Position | None = None

    @property
    def passing(self) -> bool:
        """Whether it tells of a condition that ends by itself and will say so."""
        return self.kind in PASSING and not self.test

    @property
    def conditions(self) -> frozenset[str]:
        """The passing condition it tells of, as `Incident.standing` has it."""
        return frozenset({condition(self.kind, self.terminal_id)} if self.passing else ())


def condition(kind: AlarmKind, terminal_id: str | None) -> str:
    """Return the word for a condition of one terminal, or of an area."""
    return f"{kind}@{terminal_id or ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as it stands.

    Attributes:
        number: what people call it; 0 until stored.
        lat: with `lon` where help is needed: at home, unless an alarm came from elsewhere.
        subject: what may have one open incident at a time, `home:<id>`, `terminal:<id>`,
            `caregiver:<id>`, or `area:<area>:<kind>`.
        caregiver_id: the caregiver in need, when the subject is one.
        presses: alarms of the incident's own category since it took that category.
        waiting_since: since when nobody owns it; None while somebody does.
        step: escalation steps passed in this wait.
        level: how insistently it rings, 0–3 (see `escalation`).
        step_due_at: when whoever it waits for has waited too long; None once closed.
        standing: the passing conditions that last, each as `kind@terminal`.
        passing: nothing but passing conditions is in it.
        touched: a person has acted on it.
        cleared: the cause is over by itself. Says nothing of whether somebody has looked.
        answered_at: the first claim since it became an emergency.
        assignment_id: the responder's job while one is offered or under way.
        help_coming_at: when that responder accepted.
        arrived_at: when a responder arrived.
        closed_by: None when it closed itself.
        version: grows with every change.
    """

    id: IncidentId
    subject: str
    area: str
    category: Category
    kind: AlarmKind
    priority: int
    state: State
    presses: int
    opened_at: datetime
    last_signal_at: datetime
    policy: Policy
    number: int = 0
    home_id: HomeId | None = None
    terminal_id: str | None = None
    caregiver_id: CaregiverId | None = None
    lat: float | None = None
    lon: float | None = None
    test: bool = False
    waiting_since: datetime | None = None
    level: int = 0
    step: int = 0
    step_due_at: datetime | None = None
    standing: frozenset[str] = frozenset()
    passing: bool = False
    touched: bool = False
    cleared: bool = False
    claimed_by: AccountId | None = None
    claimed_at: datetime | None = None
    answered_at: datetime | None = None
    assignment_id: AssignmentId | None = None
    help_coming_at: datetime | None = None
    arrived_at: datetime | None = None
    disposition: Disposition | None = None
    note: str = ""
    closed_by: AccountId | None = None
    closed_at: datetime | None = None
    version: int = 1


class Announcement(StrEnum):
    """What others are told has happened: the second half of the fact's topic."""

    OPENED = "opened"
    SIGNALLED = "signalled"
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    ON_SCENE = "on_scene"
    CLOSED = "closed"
    NOTED = "noted"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Tell:
    """Effect: put a fact into the outbox."""

    what: Announcement


@dataclass(frozen=True, slots=True)
class TellTerminals:
    """Effect: let the terminals that raised the incident say so to whoever pressed them."""

    state: Literal["answered", "help_coming", "closed"]


@dataclass(frozen=True, slots=True)
class EndJob:
    """Effect: the incident closed over a running job; end it too."""

    assignment_id: AssignmentId


Effect = Tell | TellTerminals | EndJob


@dataclass(frozen=True, slots=True)
class Outcome:
    """An incident after an event, and what must follow in the same transaction."""

    incident: Incident
    effects: tuple[Effect, ...]


class IncidentStateError(ConflictError):
    """The incident is not in a state that allows this event."""

    code: ClassVar[str] = "incident-state"


class IncidentAlreadyClaimedError(ConflictError):
    """Somebody else was first; `data` says who (account id) and when."""

    code: ClassVar[str] = "incident-already-claimed"

    def __init__(self, claimed_by: AccountId, claimed_at: datetime) -> None:
        super().__init__(
            "The incident has an owner already.", claimed_by=claimed_by, claimed_at=claimed_at
        )
