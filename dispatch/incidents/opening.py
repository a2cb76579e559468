"""What an alarm opens when its subject has no open incident (pure)."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.ids import IncidentId
from dispatch.incidents.escalation import Policy
from dispatch.incidents.model import Alarm, Announcement, Incident, Outcome, State, Tell
from people.ids import CaregiverId, HomeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an incident is about and where; see `model.Incident` for the fields."""

    key: str
    area: str
    home_id: HomeId | None = None
    terminal_id: str | None = None
    caregiver_id: CaregiverId | None = None
    lat: float | None = None
    lon: float | None = None


def opened(
    new_id: IncidentId, subject: Subject, alarm: Alarm, at: datetime, policy: Policy
) -> Outcome:
    """Return the incident that `alarm` opens: unowned and ringing."""
    incident = Incident(
        id=new_id,
        subject=subject.key,
        area=subject.area,
        home_id=subject.home_id,
        terminal_id=subject.terminal_id,
        caregiver_id=subject.caregiver_id,
        lat=alarm.where.lat if alarm.where else subject.lat,
        lon=alarm.where.lon if alarm.where else subject.lon,
        category=alarm.category,
        kind=alarm.kind,
        priority=alarm.priority,
        test=alarm.test,
        state=State.OPEN,
        presses=1,
        opened_at=at,
        last_signal_at=at,
        policy=policy,
        waiting_since=at,
        step_due_at=at + policy.gap(alarm.priority, 0),
        standing=alarm.conditions,
        passing=alarm.passing,
    )
    return Outcome(incident, (Tell(Announcement.OPENED),))
