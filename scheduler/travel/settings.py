"""Settings of travel times; every process that plans or checks plans reads the same ones."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kernel.settings import Settings
from scheduler.model.problem import Mode, Window
from scheduler.travel import osrm, valhalla
from scheduler.travel.asking import Router
from scheduler.travel.builtin import DETOUR, METRES_A_SECOND, Builtin
from scheduler.travel.measuring import Travel
from scheduler.travel.slots import Slot, Slots

MINUTE: Final = 60


def _positive(values: dict[str, float]) -> dict[str, float]:
    if any(value <= 0 for value in values.values()):
        raise ValueError("must be above 0")
    return values


Positive = Annotated[dict[str, float], AfterValidator(_positive)]


class SlotSetting(BaseModel):
    """A time of day; minutes of the local day, `end` beyond 1440 for a night."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    start: int = Field(ge=0, lt=1440)
    end: int = Field(gt=0, le=2880)
    factors: Positive = Field(default_factory=dict)


class TravelSettings(Settings):
    """Where travel times come from."""

    travel_provider: Literal["builtin", "osrm", "valhalla"] = Field(
        "builtin", description="Who says how long a way takes"
    )
    travel_urls: dict[str, str] = Field(
        default_factory=dict,
        description="Base addresses of routers by mode; `*` for all others. A mode without one is"
        " built-in",
    )
    travel_timeout: float = Field(10, gt=0, le=300, description="Seconds a router may take for one")
    travel_patience: float = Field(
        60, ge=0, le=3600, description="Seconds a plan waits for a router; the rest is built-in"
    )
    travel_repair_patience: float = Field(0.3, ge=0, le=60, description="The same for a repair")
    travel_table: int = Field(
        50, ge=1, le=10_000, description="Most origins, and most targets, of one question"
    )
    travel_keep_days: int = Field(
        30, ge=1, le=366, description="Days an answer is kept, give or take a quarter"
    )
    travel_departures: bool = Field(
        default=True, description="Whether Valhalla is given the time of day; else slots' factors"
    )
    travel_extra: dict[str, int] = Field(
        default_factory=dict,
        description="Seconds by mode on top of a router's: parking, waiting for a bus",
    )
    travel_detour: float = Field(
        DETOUR, ge=1, le=5, description="Built-in: metres of road for a metre of straight line"
    )
    travel_speeds: Positive = Field(
        default_factory=lambda: {str(mode): speed for mode, speed in METRES_A_SECOND.items()},
        description="Built-in: metres a second by mode, door to door",
    )
    travel_slots: tuple[SlotSetting, ...] = Field(
        (), description="Times of day with travel times of their own"
    )


def travel(settings: TravelSettings) -> Travel:
    """Return what the settings describe.

    Raises:
        ValueError: slots overlap, or a router has no address.
    """
    slots = Slots(
        tuple(
            Slot(
                name=slot.name,
                window=Window(start=slot.start * MINUTE, end=slot.end * MINUTE),
                factors={Mode(mode): factor for mode, factor in slot.factors.items()},
            )
            for slot in settings.travel_slots
        )
    )
    speeds = {Mode(mode): speed for mode, speed in settings.travel_speeds.items()}
    return Travel(
        builtin=Builtin(
            detour=settings.travel_detour, speeds={**METRES_A_SECOND, **speeds}, slots=slots
        ),
        router=_router(settings),
        patience=settings.travel_patience,
        repair_patience=settings.travel_repair_patience,
        keep_for=timedelta(days=settings.travel_keep_days),
    )


def _router(settings: TravelSettings) -> Router | None:
    if settings.travel_provider == "builtin":
        return None
    if not settings.travel_urls:
        raise ValueError(f"CAREBELL_TRAVEL_URLS: where is {settings.travel_provider}?")
    if settings.travel_provider == osrm.NAME:
        dialect = osrm.DIALECT
    else:
        dialect = replace(valhalla.DIALECT, knows_time=settings.travel_departures)
    return Router(
        dialect=dialect,
        urls=settings.travel_urls,
        timeout=settings.travel_timeout,
        side=settings.travel_table,
        extra={Mode(mode): seconds for mode, seconds in settings.travel_extra.items()},
    )
