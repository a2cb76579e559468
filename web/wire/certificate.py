"""Certificates on the wire."""

from datetime import date
from uuid import UUID

from pydantic import Field

from web.wire.base import Asked, Shown, Write

_NUMBER = Field(None, max_length=60, description="As printed on it")
_UNTIL = Field(None, description="The last day it is valid; null: until further notice")


class Certificate(Shown):
    """The days on which somebody may show a skill; both are included."""

    id: UUID
    skill: str
    number: str | None
    valid_from: date
    valid_to: date | None = Field(description="Null: until further notice")
    version: int = Field(description="Send it with a change")


class Holder(Shown):
    """A caregiver or courier with their certificates."""

    id: UUID
    name: str
    skills: list[str] = Field(description="Those without a certificate always count")
    certificates: list[Certificate]


class Certificates(Shown):
    """Who works here, by name."""

    skills: list[str] = Field(description="All skills a certificate may be of")
    items: list[Holder]


class AddCertificate(Write):
    """A new certificate, also where one is renewed."""

    caregiver_id: UUID
    skill: str = Field(min_length=1, max_length=40)
    number: str | None = _NUMBER
    valid_from: date
    valid_to: date | None = _UNTIL


class ChangeCertificate(Asked):
    """Other days, or another number; a certificate that ends is valid on its last day."""

    version: int = Field(ge=1, description="Of the certificate you saw")
    number: str | None = _NUMBER
    valid_from: date
    valid_to: date | None = _UNTIL
