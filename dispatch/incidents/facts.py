"""What others are told of incidents and jobs: outbox facts, promises to their consumers."""

from datetime import datetime

from dispatch.assignments.model import Assignment
from dispatch.incidents.model import Announcement, Incident
from kernel.outbox import Fact
from people.ids import AccountId


def of_incident(incident: Incident, what: Announcement, by: AccountId | None) -> Fact:
    """Return the fact `incident.<what>`; `by` is the account that caused it, if a person did."""
    return Fact(
        topic=f"incident.{what}",
        area=incident.area,
        subject=str(incident.id),
        payload={
            "incident_id": str(incident.id),
            "number": incident.number,
            "home_id": _text(incident.home_id),
            "terminal_id": incident.terminal_id,
            "category": incident.category,
            "kind": incident.kind,
            "priority": incident.priority,
            "state": incident.state,
            "level": incident.level,
            "presses": incident.presses,
            "event": what,
            "by": _text(by),
        },
    )


def of_assignment(assignment: Assignment, incident: Incident, at: datetime) -> Fact:
    """Return the fact `assignment.<state>`; the place is the incident's."""
    return Fact(
        topic=f"assignment.{assignment.state}",
        area=incident.area,
        subject=str(assignment.id),
        payload={
            "assignment_id": str(assignment.id),
            "incident_id": str(incident.id),
            "caregiver_id": str(assignment.caregiver_id),
            "state": assignment.state,
            "home_id": _text(incident.home_id),
            "lat": incident.lat,
            "lon": incident.lon,
            "eta_at": assignment.eta_at.isoformat() if assignment.eta_at else None,
            "at": at.isoformat(),
        },
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
