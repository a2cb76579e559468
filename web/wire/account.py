"""Log-in and the one who is logged in."""

from uuid import UUID

from pydantic import Field

from web.wire.base import Asked, Locale, NamedCode, Role, Shown


class Area(NamedCode):
    """An area the account was given; it sees all below it too."""

    level: str


class Me(Shown):
    """Who is logged in."""

    account_id: UUID
    username: str
    name: str
    role: Role
    locale: Locale
    caregiver_id: UUID | None
    areas: list[Area]
    centres: list[NamedCode] = Field(description="Those that plan in the caller's areas")


class LogIn(Asked):
    """Name and password."""

    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=1000)


class ChangeMe(Asked):
    """What one may change of oneself."""

    locale: Locale
