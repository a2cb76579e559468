"""What endpoints ask for: who is calling, with a role that may; a connection; the time.

Every endpoint below `/api` declares its roles with `requires(...)`; `create_app` refuses to start
with one that does not.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from fastapi.requests import HTTPConnection, Request
from fastapi.websockets import WebSocket

from kernel.clock import Clock
from kernel.db import Connection, Pool
from kernel.errors import ForbiddenError, NotFoundError
from people import accounts
from people.ids import AccountId, CaregiverId
from scheduler.travel.measuring import Travel
from web import store
from web.errors import NotLoggedInError
from web.security import token_hash
from web.settings import WebSettings
from web.state import State, state_of
from web.wire.base import Role

COOKIE: Final = "carebell_session"
DESK: Final[tuple[Role, ...]] = ("operator", "supervisor", "admin")
CONSOLE: Final[tuple[Role, ...]] = (*DESK, "planner")
#: A log-in is written as used at most so often.
TOUCH_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, and what they may see.

    Attributes:
        areas: ids of all areas they may see, down to the grids.
    """

    account: accounts.Account
    areas: frozenset[str]
    token_hash: bytes

    @property
    def account_id(self) -> AccountId:
        """The account's id."""
        return self.account.id

    @property
    def role(self) -> Role:
        """What they may do."""
        return self.account.role

    @property
    def caregiver_id(self) -> CaregiverId:
        """Which caregiver they are.

        Raises:
            ForbiddenError: they are none.
        """
        if self.account.caregiver_id is None:
            raise ForbiddenError("This account is not a caregiver's.")
        return self.account.caregiver_id

    def must_see(self, area: str | None, what: str) -> None:
        """Treat what is outside the caller's areas as if it did not exist.

        Raises:
            NotFoundError: `area` is not among them.
        """
        if area is None or area not in self.areas:
            raise NotFoundError(f"There is no such {what}.")


def idle_since(settings: WebSettings, now: datetime) -> datetime:
    """Return the moment before which a log-in must not have been used last."""
    return now - timedelta(minutes=settings.session_idle_minutes)


async def find_caller(connection: HTTPConnection) -> Caller | None:
    """Return who is calling; None without a valid log-in of an active account."""
    token = connection.cookies.get(COOKIE)
    if not token:
        return None
    state = state_of(connection)
    now = state.clock.now()
    hashed = token_hash(token)
    async with state.pool.acquire() as conn:
        login = await store.find_session(conn, hashed, now, idle_since(state.settings, now))
        if login is None:
            return None
        account = await accounts.find(conn, login.account_id)
        if account is None or not account.active:
            await store.delete_session(conn, hashed)
            return None
        if now - login.last_seen_at > TOUCH_EVERY:
            await store.touch_sessions(conn, [hashed], now)
        areas = await accounts.visible_areas(conn, account.id)
    return Caller(account=account, areas=areas, token_hash=hashed)


async def maybe_caller(request: Request) -> Caller | None:
    """Return who is calling, if anybody is logged in."""
    return await find_caller(request)


class Requires:
    """A dependency that lets only some roles through."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, request: Request) -> Caller:
        """Return the caller.

        Raises:
            NotLoggedInError: nobody is logged in.
            ForbiddenError: the caller's role is not among those declared.
        """
        caller = await find_caller(request)
        if caller is None:
            raise NotLoggedInError("You are not logged in, or your log-in has ended.")
        if caller.role not in self.roles:
            raise ForbiddenError(
                "Your role may not do this.", role=caller.role, needed=sorted(self.roles)
            )
        return caller


def requires(*roles: Role) -> Requires:
    """Declare which roles may use an endpoint."""
    return Requires(*roles)


def app_state(request: Request) -> State:
    """Return the app's parts."""
    return state_of(request)


async def connection(request: Request) -> AsyncIterator[Connection]:
    """Lend a connection for reading."""
    async with state_of(request).pool.acquire() as conn:
        yield conn


def _pool(request: Request) -> Pool:
    return state_of(request).pool


def _clock(request: Request) -> Clock:
    return state_of(request).clock


def _travel(request: Request) -> Travel:
    return state_of(request).travel


AppState = Annotated[State, Depends(app_state)]
Conn = Annotated[Connection, Depends(connection, scope="function")]
ThePool = Annotated[Pool, Depends(_pool)]
TheClock = Annotated[Clock, Depends(_clock)]
TheTravel = Annotated[Travel, Depends(_travel)]
TheCentre = Annotated[
    str | None,
    Query(
        alias="centre",
        description="Id of the centre, as `/me` lists them; needed only by those with several",
    ),
]
AnyRole = Annotated[
    Caller,
    Depends(
        requires("operator", "supervisor", "planner", "caregiver", "family", "installer", "admin")
    ),
]
AtDesk = Annotated[Caller, Depends(requires(*DESK))]
AtConsole = Annotated[Caller, Depends(requires(*CONSOLE))]
Planner = Annotated[Caller, Depends(requires("planner", "supervisor", "admin"))]
Supervisor = Annotated[Caller, Depends(requires("supervisor", "admin"))]
Installer = Annotated[Caller, Depends(requires("installer", "admin"))]
InField = Annotated[Caller, Depends(requires("caregiver"))]
Family = Annotated[Caller, Depends(requires("family"))]


async def socket_caller(ws: WebSocket) -> Caller | None:
    """Return who opened a socket."""
    return await find_caller(ws)
