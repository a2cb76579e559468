"""Frames of `/ws/console` and `/ws/phone`, as JSON text. See docs/protocol.md."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import to_json

#: A client says little: its hello is the longest thing.
MAX_CLIENT_FRAME: Final = 4096
PING_EVERY_S: Final = 2.0
HELLO_WITHIN_S: Final = 10.0


class CloseCode(IntEnum):
    """Why the server ends a socket."""

    TRY_AGAIN = 1013
    BAD_FRAME = 4400
    NOT_LOGGED_IN = 4401
    FORBIDDEN = 4403
    TOO_SLOW = 4408
    RESYNC = 4410


class ProtocolViolationError(Exception):
    """The client said something that is not in the protocol."""


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Resume(_Frame):
    """Where a console stood: the last `seq` it handled, in the numbering named `epoch`."""

    epoch: UUID
    seq: int = Field(ge=0)


class Hello(_Frame):
    """The client's first frame."""

    type: Literal["hello"]
    resume: Resume | None = None


class Pong(_Frame):
    """The client is alive."""

    type: Literal["pong"]


_CLIENT: Final[TypeAdapter[Hello | Pong]] = TypeAdapter(
    Annotated[Hello | Pong, Field(discriminator="type")]
)


def parse(text: str) -> Hello | Pong:
    """Read a client's frame.

    Raises:
        ProtocolViolationError: it is not a frame of the protocol.
    """
    if len(text) > MAX_CLIENT_FRAME:
        raise ProtocolViolationError("frame too long")
    try:
        return _CLIENT.validate_json(text)
    except ValidationError as error:
        raise ProtocolViolationError(f"{error.error_count()} faults in the frame") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact with the thing it is about, written out once for all who are told.

    Attributes:
        seq: number of the fact in the outbox.
        area: who may be told.
        body: the frame's members after `prev`, as JSON without the braces.
    """

    seq: int
    area: str
    body: str


def change(
    *,
    seq: int,
    area: str,
    at: datetime,
    topic: str,
    incident: Any = None,
    visit: Any = None,
    plan: Any = None,
    job: Any = None,
    week: Any = None,
) -> Change:
    """Write out a change; at most one of the five things is given."""
    members = {
        "topic": topic,
        "at": at,
        "incident": incident,
        "visit": visit,
        "plan": plan,
        "job": job,
        "week": week,
    }
    return Change(seq=seq, area=area, body=to_json(members)[1:-1].decode())


def change_frame(told: Change, prev: int) -> str:
    """Return the frame for a console whose last numbered frame was `prev`."""
    return f'{{"type":"change","seq":{told.seq},"prev":{prev},{told.body}}}'


def frame(kind: str, **members: Any) -> str:
    """Return any other frame: snapshot, positions, terminals, ping, changed."""
    return to_json({"type": kind, **members}).decode()
