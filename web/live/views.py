"""Facts → changes: one batched query for the incidents that a batch of facts is about."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from dispatch.incidents.views import reading as views
from kernel.db import Connection
from kernel.outbox import RecordedFact
from web.feed.protocol import Change, change
from web.showing import incident_shown
from web.wire.incident import Incident

#: First halves of the topics that consoles show. Others are for other followers.
SHOWN: Final = frozenset({"incident", "assignment", "visit", "plan", "planning", "repair", "week"})


def noun_of(told: RecordedFact) -> str:
    """Return what a fact is about: the first half of its topic."""
    return told.fact.topic.partition(".")[0]


def incident_of(told: RecordedFact) -> UUID | None:
    """Return the incident a fact is about."""
    if noun_of(told) not in {"incident", "assignment"}:
        return None
    return UUID(told.fact.payload["incident_id"])


async def changes_of(conn: Connection, batch: Sequence[RecordedFact]) -> list[Change]:
    """Return a change for each fact that consoles show, with incidents as they stand now.

    When several facts of a batch are about one incident, each carries its newest state: a console
    replaces what it has, so it is right after each of them. A fact that brings what it is about
    is passed on as it is; nothing is read for it.
    """
    shown = [told for told in batch if noun_of(told) in SHOWN]
    bare = [told for told in shown if told.fact.shown is None]
    incidents = await load_incidents(
        conn, {found for told in bare if (found := incident_of(told)) is not None}
    )
    return [_change(told, incidents) for told in shown]


async def load_incidents(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, Incident]:
    """Return these incidents as they stand."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = await views.incidents(conn, wanted)
    return {one.id: incident_shown(one) for one in found}


def _change(told: RecordedFact, incidents: dict[UUID, Incident]) -> Change:
    payload: dict[str, Any] = told.fact.payload
    noun = noun_of(told)
    about = incident_of(told)
    return change(
        seq=told.seq,
        area=told.fact.area,
        at=told.at,
        topic=told.fact.topic,
        incident=_brought(told) or (incidents.get(about) if about else None),
        visit=payload if noun == "visit" else None,
        plan=payload if noun == "plan" else None,
        job=_job(payload) if noun == "planning" else None,
        week=_week(payload) if noun == "week" else None,
    )


def _brought(told: RecordedFact) -> Incident | None:
    shown = told.fact.shown
    if shown is None or noun_of(told) != "incident":
        return None
    return Incident.model_validate(shown | {"number": told.fact.payload["number"]})


def _job(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a planning job's progress in the shape of `GET /plans/jobs/{id}`, one point of it."""
    point = {name: payload.get(name) for name in ("seconds", "cost", "unplaced", "parts", "of")}
    return {
        "id": payload["job_id"],
        "day": payload["day"],
        "kind": payload["kind"],
        "state": payload["state"],
        "progress": [point] if point["cost"] is not None else [],
    }


def _week(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a week's progress in the shape of `GET /week/jobs/{id}`, one point of it."""
    point = {name: payload.get(name) for name in ("stage", "seconds", "cost")}
    return {
        "id": payload["job_id"],
        "monday": payload["monday"],
        "state": payload["state"],
        "progress": [point] if point["stage"] is not None else [],
    }
