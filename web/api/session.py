"""Logging in and out, and who one is."""

from datetime import timedelta

import structlog
from fastapi import APIRouter, Request, Response

from kernel.db import Connection
from people import accounts
from people.areas import store as area_store
from scheduler.centre import store as centre_store
from web import store
from web.deps import COOKIE, AnyRole, AppState, Conn, idle_since
from web.errors import WrongPasswordError
from web.security import new_token, token_hash
from web.wire.account import Area, ChangeMe, LogIn, Me
from web.wire.base import NamedCode

router = APIRouter(tags=["session"])
_log = structlog.get_logger()


async def _me(conn: Connection, account: accounts.Account) -> Me:
    visible = await accounts.visible_areas(conn, account.id)
    centres = [centre.area for centre in await centre_store.among(conn, visible)]
    names = await area_store.names(conn, centres)
    return Me(
        account_id=account.id,
        username=account.username,
        name=account.name,
        role=account.role,
        locale=account.locale,
        caregiver_id=account.caregiver_id,
        areas=[Area.model_validate(area) for area in account.areas],
        centres=[NamedCode(id=area, name=names.get(area, area)) for area in centres],
    )


@router.post("/session")
async def log_in(body: LogIn, request: Request, response: Response, state: AppState) -> Me:
    """Log in: sets the session cookie. A log-in that the browser already had ends."""
    address = request.client.host if request.client else ""
    username = body.username.lower()
    state.login_limits.attempt(address, username)
    account = await accounts.verify(state.pool, username, body.password)
    if account is None:
        state.login_limits.failed(address, username)
        _log.info("login_refused")
        raise WrongPasswordError("The name or the password is wrong.")
    now = state.clock.now()
    token = new_token()
    lasts = timedelta(days=state.settings.session_days)
    async with state.pool.acquire() as conn, conn.transaction():
        await store.delete_ended(conn, now, idle_since(state.settings, now))
        if old := request.cookies.get(COOKIE):
            await store.delete_session(conn, token_hash(old))
        await store.insert_session(conn, token_hash(token), account.id, now, now + lasts)
        await accounts.write_down(conn, account, "logged_in", now)
        shown = await _me(conn, account)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    _log.info("login", account_id=str(account.id), role=account.role)
    return shown


@router.delete("/session", status_code=204)
async def log_out(caller: AnyRole, response: Response, state: AppState) -> None:
    """Log out: ends this log-in and its live sockets."""
    async with state.pool.acquire() as conn, conn.transaction():
        await store.delete_session(conn, caller.token_hash)
        await accounts.write_down(conn, caller.account, "logged_out", state.clock.now())
    state.hub.log_out(caller.token_hash)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.get("/me")
async def me(caller: AnyRole, conn: Conn) -> Me:
    """Who is logged in."""
    return await _me(conn, caller.account)


@router.patch("/me")
async def change_me(caller: AnyRole, body: ChangeMe, state: AppState) -> Me:
    """Keep the language for this account."""
    async with state.pool.acquire() as conn:
        await accounts.set_locale(conn, caller.account, body.locale, state.clock.now())
        account = await accounts.find(conn, caller.account_id)
        return await _me(conn, account or caller.account)
