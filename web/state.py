"""What one app holds: built once in `create_app`, found again from any request or socket."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from kernel.clock import Clock
from kernel.db import Pool
from scheduler.travel.measuring import Travel
from web.feed.hub import Hub
from web.security import LoginLimits
from web.settings import WebSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The parts every request shares."""

    settings: WebSettings
    pool: Pool
    clock: Clock
    hub: Hub
    login_limits: LoginLimits
    travel: Travel


def state_of(connection: HTTPConnection) -> State:
    """Return the app's parts."""
    state = connection.app.state.carebell
    if not isinstance(state, State):
        raise TypeError("this app was not made by create_app")
    return state
