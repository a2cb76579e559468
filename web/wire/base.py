"""Types that all models share."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from kernel.geo import Datum


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


#: A time: needs a zone when it comes in, is UTC when it goes out.
Time = Annotated[AwareDatetime, AfterValidator(_utc)]
#: Metres, kilometres and seconds are whole on the wire: nobody acts on fractions.
Whole = Annotated[float, PlainSerializer(round, return_type=int)]


class Shown(BaseModel):
    """What the server says. Unknown members never leave it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, populate_by_name=True
    )


class Asked(BaseModel):
    """What a client sends. A misspelt member is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Write(Asked):
    """A write: sent again with the same `event_id`, it changes nothing and answers the same."""

    event_id: UUID = Field(description="Made by the client; the same for a retry")


class FieldWrite(Write):
    """A write from a phone that may have been offline."""

    device_at: Time = Field(description="When it happened, by the phone's clock")


class Fix(Asked):
    """A position as a phone gives it; `crs` says in which datum."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    acc: float | None = Field(None, ge=0, le=100_000, description="Radius in metres")
    crs: Datum = Field(Datum.WGS84, description="The datum: wgs84, gcj02 or bd09")


class Named(Shown):
    """A thing and what people call it."""

    id: UUID
    name: str


class NamedCode(Shown):
    """A thing with a readable id, and what people call it."""

    id: str
    name: str


class Bilingual(Shown):
    """A thing with a readable id and its name in both languages."""

    id: str
    zh: str
    en: str


class Span(Shown):
    """A stretch of time."""

    start: Time = Field(alias="from", serialization_alias="from")
    end: Time = Field(alias="to", serialization_alias="to")


Role = Literal["operator", "supervisor", "planner", "caregiver", "family", "installer", "admin"]
Locale = Literal["zh-CN", "en"]
Priority = Literal[1, 2, 3]
VisitState = Literal["planned", "started", "done", "missed", "cancelled"]
MealState = Literal["ordered", "loaded", "delivered", "refused", "no_answer", "cancelled"]
TerminalCondition = Literal["unknown", "online", "silent"]


class WrongField(Shown):
    """A field that is wrong, and what to do."""

    field: str
    message: str


class Problem(BaseModel):
    """A refusal (RFC 9457); some have further members that say more."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="urn:carebell:problem:<code>")
    title: str
    status: int
    detail: str = Field(description="For a person, in English")
    code: str = Field(description="For a program; stable")
    errors: list[WrongField] = Field([], description="With code `invalid`: each wrong field")
