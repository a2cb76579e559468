"""What screens show of incidents; read only, and only what the asker's areas hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.ids import AssignmentId, IncidentId
from dispatch.incidents.views import store
from dispatch.incidents.views.model import (
    AlarmView,
    AlertView,
    AssignmentView,
    CaregiverContact,
    IncidentDetail,
    IncidentView,
    JobIncident,
    JobResident,
    JobView,
    Named,
    ResidentBrief,
    ResidentView,
    Stage,
    Tab,
    TerminalView,
    TimelineView,
)
from kernel.db import Connection, Record
from kernel.errors import NotFoundError
from kernel.geo import Position, distance_m
from people.ids import AccountId, CaregiverId, HomeId
from people.residents import store as residents

__all__ = [
    "AlarmView",
    "AlertView",
    "AssignmentView",
    "IncidentDetail",
    "IncidentView",
    "JobView",
    "Tab",
    "TimelineView",
    "alerts",
    "detail",
    "incidents",
    "job",
    "listed",
    "require",
    "require_family",
    "snapshot",
]

_ALARMS: Final = 100


async def require(conn: Connection, incident_id: UUID, areas: frozenset[str]) -> IncidentId:
    """Return the id if the incident is in `areas`.

    Raises:
        NotFoundError: it is not, or there is none.
    """
    if await store.area_of(conn, incident_id) not in areas:
        raise NotFoundError("There is no such incident.", id=incident_id)
    return IncidentId(incident_id)


async def require_family(conn: Connection, incident_id: UUID, account_id: AccountId) -> IncidentId:
    """Return the id if this relative may follow the incident.

    Raises:
        NotFoundError: they may not, or there is none.
    """
    if not await store.is_family_of(conn, incident_id, account_id):
        raise NotFoundError("There is no such incident.", id=incident_id)
    return IncidentId(incident_id)


async def incidents(conn: Connection, ids: Sequence[UUID]) -> list[IncidentView]:
    """Return incidents as they stand, in the order of `ids`; unknown ids are left out.

    One statement for all of them. The caller has checked the areas.
    """
    return [_incident(row) for row in await store.incidents(conn, ids)] if ids else []


async def listed(
    conn: Connection,
    tab: Tab,
    areas: frozenset[str],
    account_id: AccountId,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[IncidentView]:
    """Return a page of a tab; `before` is the number of the last incident of the page before."""
    return await incidents(conn, await store.tab(conn, tab, areas, account_id, before, limit))


async def snapshot(
    conn: Connection, areas: frozenset[str], closed_since: datetime, closed_limit: int = 50
) -> list[IncidentView]:
    """Return all open incidents of `areas` and the last that were closed since `closed_since`."""
    return await incidents(conn, await store.snapshot(conn, areas, closed_since, closed_limit))


async def detail(conn: Connection, incident_id: UUID, areas: frozenset[str]) -> IncidentDetail:
    """Return all that helps to act.

    Raises:
        NotFoundError: there is no such incident in `areas`.
    """
    await require(conn, incident_id, areas)
    row = (await store.incidents(conn, [incident_id]))[0]
    incident = _incident(row)
    homes = [HomeId(incident.home_id)] if incident.home_id else []
    today = incident.opened_at.date()
    terminal = None
    if incident.terminal_id is not None:
        terminal = await store.terminal(conn, incident.terminal_id)
    others = await incidents(conn, await store.other(conn, incident_id))
    return IncidentDetail(
        incident=incident,
        residents=[
            ResidentView(
                id=r.id,
                name=r.name,
                age=r.age(today),
                gender=r.gender,
                lives_alone=r.lives_alone,
                care_level=r.care_level,
                conditions=r.conditions,
                languages=r.languages,
                phone=r.phone,
            )
            for r in await residents.of_homes(conn, homes)
        ],
        contacts=await residents.contacts(conn, homes),
        way_in=row["way_in"],
        has_door_code=bool(row["has_door_code"]),
        timeline=[_line(line) for line in await store.timeline(conn, incident_id)],
        alarms=[AlarmView(**dict(a)) for a in await store.alarms(conn, incident_id, _ALARMS)],
        other=[other for other in others if other.area in areas],
        terminal=None if terminal is None else TerminalView(**dict(terminal)),
    )


async def job(
    conn: Connection, caregiver_id: CaregiverId, assignment_id: AssignmentId | None = None
) -> JobView | None:
    """Return the caregiver's active job, or the one named whatever became of it."""
    row = await store.job(conn, caregiver_id, assignment_id)
    return None if row is None else _job(row)


async def alerts(
    conn: Connection, homes: Sequence[UUID], account_id: AccountId, closed_since: datetime
) -> list[AlertView]:
    """Return for each home the incident a relative should know of, if there is one."""
    return [_alert(row) for row in await store.alerts(conn, homes, account_id, closed_since)]


def _incident(row: Record) -> IncidentView:
    owner, resident, assignment = None, None, None
    if row["claimed_by"] is not None:
        owner = Named(id=row["claimed_by"], name=row["claimed_by_name"])
    if row["resident_id"] is not None:
        resident = ResidentBrief(
            id=row["resident_id"],
            name=row["resident_name"],
            age=row["resident_age"],
            gender=row["resident_gender"],
        )
    if row["assignment_id"] is not None:
        assignment = AssignmentView(
            id=row["assignment_id"],
            incident_id=row["id"],
            caregiver=_caregiver(row),
            state=row["assignment_state"],
            offered_at=row["offered_at"],
            accepted_at=row["accepted_at"],
            en_route_at=row["en_route_at"],
            on_scene_at=row["on_scene_at"],
            done_at=row["ended_at"],
            reason=row["reason"] or None,
            eta_at=row["eta_at"],
        )
    return IncidentView(
        id=row["id"],
        number=row["number"],
        area=row["area"],
        place=tuple(row["place"]),
        home_id=row["home_id"],
        terminal_id=row["terminal_id"],
        category=row["category"],
        kind=row["kind"],
        priority=row["priority"],
        state=row["state"],
        presses=row["presses"],
        opened_at=row["opened_at"],
        last_signal_at=row["last_signal_at"],
        waiting_since=row["waiting_since"],
        claimed_by=owner,
        claimed_at=row["claimed_at"],
        level=row["level"],
        step_due_at=row["step_due_at"],
        cleared=row["cleared"],
        test=row["test"],
        disposition=row["disposition"],
        note=row["note"] or None,
        closed_at=row["closed_at"],
        resident=resident,
        address=row["address"],
        lat=row["lat"],
        lon=row["lon"],
        assignment=assignment,
        version=row["version"],
    )


def _caregiver(row: Record) -> CaregiverContact:
    return CaregiverContact(
        id=row["caregiver_id"], name=row["caregiver_name"], phone=row["caregiver_phone"]
    )


def _line(row: Record) -> TimelineView:
    by = None if row["by"] is None else Named(id=row["by"], name=row["by_name"])
    return TimelineView(id=row["id"], at=row["at"], type=row["type"], by=by, data=row["data"])


def _job(row: Record) -> JobView:
    resident, away = None, None
    if row["resident_id"] is not None:
        resident = JobResident(
            id=row["resident_id"],
            name=row["resident_name"],
            age=row["resident_age"],
            phone=row["resident_phone"],
        )
    if row["lat"] is not None:
        here = Position(row["from_lat"], row["from_lon"])
        away = distance_m(here, Position(row["lat"], row["lon"]))
    return JobView(
        id=row["id"],
        incident_id=row["incident_id"],
        caregiver=_caregiver(row),
        state=row["state"],
        offered_at=row["offered_at"],
        accepted_at=row["accepted_at"],
        en_route_at=row["en_route_at"],
        on_scene_at=row["on_scene_at"],
        done_at=row["ended_at"],
        reason=row["reason"] or None,
        eta_at=row["eta_at"],
        incident=JobIncident(
            id=row["incident_id"], number=row["number"], kind=row["kind"], priority=row["priority"]
        ),
        resident=resident,
        address=row["address"],
        lat=row["lat"],
        lon=row["lon"],
        way_in=row["way_in"],
        distance_m=away,
    )


def _alert(row: Record) -> AlertView:
    return AlertView(
        id=row["id"],
        home_id=row["home_id"],
        category=row["category"],
        kind=row["kind"],
        priority=row["priority"],
        test=row["test"],
        state=row["state"],
        stages=(
            Stage(stage="received", at=row["received_at"]),
            Stage(stage="answered", at=row["answered_at"]),
            Stage(stage="help_coming", at=row["help_coming_at"]),
            Stage(stage="arrived", at=row["arrived_at"]),
            Stage(stage="safe", at=row["closed_at"]),
        ),
        responder_name=row["responder_name"],
        eta_at=row["eta_at"],
        seen_at=row["seen_at"],
        going_at=row["going_at"],
    )
