"""`/ws/console` and `/ws/phone`: who may open one, and what it is joined to."""

from collections.abc import Collection
from typing import Final

from fastapi import APIRouter
from fastapi.websockets import WebSocket

from kernel.db import UNAVAILABLE
from people.residents import store as residents
from web.deps import CONSOLE, Caller, find_caller
from web.feed.protocol import CloseCode
from web.live import concerns
from web.live.mailbox import Mailbox
from web.live.session import ConsoleSession
from web.live.socket import ConsoleListener, PhoneListener, serve_console, serve_phone
from web.live.synchronising import Synchroniser
from web.security import may_open_socket
from web.state import State, state_of
from web.wire.base import Role

router = APIRouter()
#: Roles of each socket; the tests hold them against every role there is.
SOCKETS: Final[dict[str, tuple[Role, ...]]] = {
    "/ws/console": CONSOLE,
    "/ws/phone": ("caregiver", "family"),
}


@router.websocket("/ws/console")
async def console(ws: WebSocket) -> None:
    """The live console; see docs/protocol.md."""
    state = state_of(ws)
    caller = await _admitted(ws, state, SOCKETS["/ws/console"])
    if caller is None:
        return
    mailbox = _mailbox(state)
    session = ConsoleSession(caller.areas, keep=state.settings.live_queue)
    await serve_console(
        ws,
        state.hub,
        ConsoleListener(caller, session, mailbox),
        mailbox,
        Synchroniser(
            state.pool, state.clock, state.settings, [area.id for area in caller.account.areas]
        ),
    )


@router.websocket("/ws/phone")
async def phone(ws: WebSocket) -> None:
    """News for a caregiver's or relative's page; see docs/protocol.md."""
    state = state_of(ws)
    caller = await _admitted(ws, state, SOCKETS["/ws/phone"])
    if caller is None:
        return
    if caller.role == "caregiver":
        concerned = concerns.of_caregiver(caller.caregiver_id)
    else:
        async with state.pool.acquire() as conn:
            mine = await residents.of_family(conn, caller.account_id)
        concerned = concerns.of_family({one.id for one in mine}, {one.home_id for one in mine})
    mailbox = _mailbox(state)
    listener = PhoneListener(caller, concerned, mailbox)
    await serve_phone(ws, state.hub, listener, mailbox)


async def _admitted(ws: WebSocket, state: State, roles: Collection[Role]) -> Caller | None:
    """Accept the socket and return its caller; a refused one is told why by its close code."""
    await ws.accept()
    if not may_open_socket(ws.headers, ws.url.scheme, state.settings.public_origins):
        await ws.close(CloseCode.FORBIDDEN)
        return None
    try:
        caller = await find_caller(ws)
    except UNAVAILABLE:
        await ws.close(CloseCode.TRY_AGAIN)
        return None
    if caller is None:
        await ws.close(CloseCode.NOT_LOGGED_IN)
        return None
    if caller.role not in roles:
        await ws.close(CloseCode.FORBIDDEN)
        return None
    return caller


def _mailbox(state: State) -> Mailbox:
    return Mailbox(limit=state.settings.live_queue, deadline_s=state.settings.live_send_deadline_s)
