"""Turns what the packages below say into what goes over the wire."""

from dispatch.incidents.views.reading import IncidentDetail as DetailView
from dispatch.incidents.views.reading import IncidentView
from scheduler.named import Service
from scheduler.reading.home import LastMeal as MealSaid
from scheduler.reading.home import LastVisit as VisitSaid
from web.wire.base import Locale
from web.wire.incident import (
    Alarm,
    Contact,
    Incident,
    IncidentDetail,
    LastMeal,
    LastVisit,
    Resident,
    TerminalBrief,
    TimelineItem,
)


def incident_shown(view: IncidentView) -> Incident:
    """Return an incident as consoles see it."""
    return Incident.model_validate(view)


def detail_shown(
    view: DetailView, last_visit: VisitSaid | None, last_meal: MealSaid | None, locale: Locale
) -> IncidentDetail:
    """Return the screen pop; `last_activity_at` is the newest sign of life at the home."""
    terminal = view.terminal
    signs = [
        terminal.last_seen_at if terminal else None,
        last_visit.at if last_visit else None,
        last_meal.at if last_meal else None,
        view.incident.last_signal_at,
    ]
    return IncidentDetail(
        **dict(incident_shown(view.incident)),
        residents=[Resident.model_validate(one) for one in view.residents],
        contacts=[Contact.model_validate(one) for one in view.contacts],
        way_in=view.way_in,
        has_door_code=view.has_door_code,
        timeline=[TimelineItem.model_validate(one) for one in view.timeline],
        alarms=[Alarm.model_validate(one) for one in view.alarms],
        other=[incident_shown(one) for one in view.other],
        last_visit=_last_visit(last_visit, locale) if last_visit else None,
        last_meal=LastMeal.model_validate(last_meal) if last_meal else None,
        last_activity_at=max(sign for sign in signs if sign is not None),
        terminal=TerminalBrief.model_validate(terminal) if terminal else None,
    )


def _last_visit(said: VisitSaid, locale: Locale) -> LastVisit:
    return LastVisit(
        service=service_name(said.service, locale), at=said.at, caregiver=said.caregiver_name
    )


def service_name(service: Service, locale: Locale) -> str:
    """Return a service's name in the asker's language."""
    return service.en if locale == "en" else service.zh
