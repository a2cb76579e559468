"""A simulated caregiver's phone: asks over HTTP, and hears at `/ws/phone` when to ask again."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Final, NoReturn, Self

import httpx
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from devices.simulator.listening import SILENT_AFTER_S, Return, after_close, retry_delay_s
from kernel.clock import Clock
from kernel.geo import Position

_log = structlog.get_logger()
API: Final = "/api/v1"
SOCKET: Final = "/ws/phone"
TIMEOUT_S: Final = 10.0
LOG_IN_TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A caregiver's log-in. `base`: where the day starts, if known."""

    username: str
    password: str = field(repr=False)
    base: Position | None = None


class Phone:
    """One caregiver's phone; use it as a context, and let `listen` run beside the rest.

    Args:
        account: who holds it.
        url: of the web process, `http://host:port`.
        clock: real time.
        random: for pauses.
        tls: for `https`; making one takes longer than all else a phone does at its start.
        door: shared by all phones of a town, who log in one after the other. Hashing a password is
            work for the server, which goes on with it for who has given up waiting and asks again:
            a whole town that does so at a busy server would never get in.

    Attributes:
        news: set when there is something to ask for; whoever asks clears it.
        is_listening: whether the centre tells this phone of changes just now.
    """

    def __init__(
        self,
        account: Account,
        url: str,
        clock: Clock,
        random: Random,
        *,
        tls: ssl.SSLContext,
        door: asyncio.Lock,
    ) -> None:
        self._account = account
        self._origin = url.rstrip("/")
        self._clock = clock
        self._random = random
        self._tls = tls
        self._door = door
        self._http = httpx.AsyncClient(
            base_url=self._origin + API,
            headers={"Origin": self._origin},
            timeout=TIMEOUT_S,
            verify=tls,
        )
        self._logged_in = asyncio.Event()
        self._failures = 0
        self.news = asyncio.Event()
        self.is_listening = False

    async def __aenter__(self) -> Self:
        """Open the connections' pool."""
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._http.__aexit__(kind, error, trace)

    async def today(self) -> dict[str, Any]:
        """Return the caregiver's day as the centre has it.

        Raises:
            httpx.HTTPError: there was no answer, or a refusal.
        """
        answer: dict[str, Any] = (await self._ask("GET", "/caregiver/today")).json()
        return answer

    async def tell(self, path: str, body: Mapping[str, Any]) -> None:
        """Report something to `path` below `/caregiver`.

        Raises:
            httpx.HTTPError: there was no answer, or a refusal.
        """
        await self._ask("POST", f"/caregiver/{path}", body)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        if not self._logged_in.is_set():
            await self._log_in()
        answer = await self._http.request(method, path, json=body)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._logged_in.clear()
        return answer.raise_for_status()

    async def _log_in(self) -> None:
        login = {"username": self._account.username, "password": self._account.password}
        async with self._door:
            answer = await self._http.post("/session", json=login, timeout=LOG_IN_TIMEOUT_S)
        answer.raise_for_status()
        self._logged_in.set()

    async def listen(self) -> None:
        """Be told of changes until cancelled, through restarts of the server and of the log-in."""
        while True:
            await self._logged_in.wait()
            code = await self._hear_until_closed()
            self.is_listening = False
            match after_close(code):
                case Return.NEVER:
                    _log.warning("caregiver_may_not_listen", code=code)
                    return
                case Return.LOG_IN:
                    self._logged_in.clear()
                    self.news.set()  # whoever asks logs in
                case Return.AGAIN:
                    pass
            await self._clock.sleep(retry_delay_s(self._failures, self._random))
            self._failures += 1

    async def _hear_until_closed(self) -> int | None:
        """Return the code the centre closed the socket with; None: it broke, or none opened."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        tls: dict[str, Any] = {"ssl": self._tls} if self._origin.startswith("https") else {}
        try:
            async with connect(
                self._origin.replace("http", "ws", 1) + SOCKET,
                additional_headers={"Cookie": cookies, "Origin": self._origin},
                open_timeout=TIMEOUT_S,
                **tls,
            ) as socket:
                await self._hear(socket)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None
        except (OSError, WebSocketException) as error:  # a TimeoutError is an OSError
            _log.info("caregiver_deaf", error=type(error).__name__)
            return None

    async def _hear(self, socket: ClientConnection) -> NoReturn:
        while True:
            async with asyncio.timeout(SILENT_AFTER_S):
                frame = json.loads(await socket.recv())
            self._failures = 0
            if frame["type"] == "changed" or not self.is_listening:
                self.is_listening = True
                self.news.set()  # with the first frame, too: what happened before nobody told us
