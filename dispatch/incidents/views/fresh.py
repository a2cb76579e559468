"""What screens show of an incident that was opened just now (pure): it has no owner and no job."""

from datetime import UTC
from typing import Any, Protocol

from dispatch.incidents.model import Incident
from dispatch.incidents.views.model import IncidentView, ResidentBrief
from people.residents.store import age


class Around(Protocol):
    """place_names, address, and resident_id, _name, _gender and _born of the eldest."""

    def __getitem__(self, name: str, /) -> Any:
        """Return one of them."""
        ...


def view(incident: Incident, around: Around) -> IncidentView:
    """Return the row of the queue, as `reading.incidents` would.

    Args:
        incident: nobody has touched it yet.
        around: what is known of the home.
    """
    resident = None
    if around["resident_id"] is not None:
        resident = ResidentBrief(
            id=around["resident_id"],
            name=around["resident_name"],
            age=age(around["resident_born"], incident.opened_at.astimezone(UTC).date()),
            gender=around["resident_gender"],
        )
    return IncidentView(
        id=incident.id,
        number=incident.number,
        area=incident.area,
        place=tuple(around["place_names"]),
        home_id=incident.home_id,
        terminal_id=incident.terminal_id,
        category=incident.category,
        kind=incident.kind,
        priority=incident.priority,
        state=incident.state,
        presses=incident.presses,
        opened_at=incident.opened_at,
        last_signal_at=incident.last_signal_at,
        waiting_since=incident.waiting_since,
        claimed_by=None,
        claimed_at=None,
        level=incident.level,
        step_due_at=incident.step_due_at,
        cleared=incident.cleared,
        test=incident.test,
        disposition=incident.disposition,
        note=incident.note or None,
        closed_at=incident.closed_at,
        resident=resident,
        address=around["address"],
        lat=incident.lat,
        lon=incident.lon,
        assignment=None,
        version=incident.version,
    )
