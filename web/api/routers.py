"""All routers of the API."""

from typing import Final

from fastapi import APIRouter

from web.api import (
    caregiver,
    certificates,
    closures,
    family,
    incidents,
    lookup,
    map,  # noqa: A004
    plans,
    repairs,
    rules,
    session,
    terminals,
    week,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    session.router,
    incidents.router,
    plans.router,
    week.router,
    repairs.router,
    closures.router,
    rules.router,
    certificates.router,
    map.router,
    terminals.router,
    lookup.router,
    caregiver.router,
    family.router,
)
