"""A family's cards: dispatch, scheduler and devices together."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from dispatch.family_status import MealToday, Status, VisitToday, status_of
from dispatch.incidents.views import reading as views
from dispatch.incidents.views.reading import AlertView
from kernel.db import Pool
from people.ids import AccountId
from people.residents import store as residents
from people.residents.store import Resident
from scheduler.reading import family as reading
from scheduler.reading.model import ResidentToday
from web.reading.store import last_seen
from web.wire.base import Bilingual, Named
from web.wire.family import (
    Alert,
    FamilyMeal,
    FamilyVisit,
    NextVisit,
    ResidentStatus,
    Stage,
    Why,
)


async def status_for(
    pool: Pool, account_id: AccountId, now: datetime, *, closed_since: datetime
) -> list[ResidentStatus]:
    """Return a card for each resident whose consent to this relative stands."""
    async with pool.acquire() as conn:
        mine = await residents.of_family(conn, account_id)
        homes = sorted({one.home_id for one in mine})
        alerts = await views.alerts(conn, homes, account_id, closed_since)
        heard = await last_seen(conn, homes)
    days = await reading.residents_today(pool, [one.id for one in mine], now)
    by_home = {alert.home_id: alert for alert in alerts}
    return [
        _card(one, by_home.get(one.home_id), today, heard, now)
        for one, today in zip(mine, days, strict=True)
    ]


def _card(
    resident: Resident,
    alert: AlertView | None,
    today: ResidentToday,
    heard: dict[UUID, datetime | None],
    now: datetime,
) -> ResidentStatus:
    status = _status(alert, today, now)
    return ResidentStatus(
        resident=Named(id=resident.id, name=resident.name),
        status=status.colour,
        reason=Why(code=status.code, data=status.data),
        last_seen_at=heard.get(resident.home_id),
        incident=_alert(alert) if alert and alert.category == "emergency" else None,
        visits=[FamilyVisit.model_validate(visit) for visit in today.visits],
        meal=FamilyMeal.model_validate(today.meal) if today.meal else None,
        next_visit=NextVisit(
            start_at=today.next_visit.start_at,
            service=Bilingual.model_validate(today.next_visit.service),
        )
        if today.next_visit
        else None,
    )


def _status(alert: AlertView | None, today: ResidentToday, now: datetime) -> Status:
    visits = [
        VisitToday(
            service=asdict(visit.service),
            start_at=visit.start_at,
            end_at=visit.end_at,
            state=visit.state,
            late_s=visit.late_s,
        )
        for visit in today.visits
    ]
    meal = MealToday(state=today.meal.state, at=today.meal.at) if today.meal else None
    return status_of(alert, visits, meal, now)


def _alert(alert: AlertView) -> Alert:
    return Alert(
        id=alert.id,
        stage=alert.stage,
        stages=[Stage.model_validate(stage) for stage in alert.stages],
        responder_name=alert.responder_name,
        eta_at=alert.eta_at,
        seen_at=alert.seen_at,
        going_at=alert.going_at,
    )
