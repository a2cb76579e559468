"""Consoles over real sockets, for the tests beside."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from .conftest import PASSWORD

NUMBERED = {"snapshot", "change"}


async def cookie(port: int, username: str) -> str:
    """Log in and return the cookie header of the session."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        response = await client.post(
            "/api/v1/session",
            json={"username": username, "password": PASSWORD},
            headers={"Origin": f"http://127.0.0.1:{port}"},
        )
        assert response.status_code == 200, response.text
        return f"carebell_session={client.cookies['carebell_session']}"


@dataclass(slots=True)
class Console:
    """A console that keeps what it was told and checks the chain of numbers."""

    ws: ClientConnection
    epoch: str | None = None
    seq: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def hello(self, resume: dict[str, Any] | None = None) -> None:
        if resume is not None:
            self.epoch, self.seq = resume["epoch"], resume["seq"]
        await self.ws.send(json.dumps({"type": "hello", "resume": resume}))

    async def next(self, *kinds: str, within: float = 60) -> dict[str, Any]:
        """Return the next frame of one of `kinds`, by default a numbered one."""
        wanted = set(kinds) or NUMBERED
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = json.loads(await self.ws.recv())
                self._take(frame)
                if frame["type"] in wanted:
                    return frame

    async def until(self, topic: str, *, within: float = 60) -> dict[str, Any]:
        """Return the next change with this topic."""
        async with asyncio.timeout(within):
            while (frame := await self.next("change"))["topic"] != topic:
                pass
        return frame

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "snapshot":
            self.epoch, self.seq = frame["epoch"], frame["seq"]
        if frame["type"] == "change":
            assert frame["prev"] == self.seq, "a gap, or one twice"
            assert frame["seq"] > self.seq
            self.seq = frame["seq"]
        if frame["type"] in NUMBERED:
            self.frames.append(frame)

    @property
    def resume(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "seq": self.seq}

    async def closed(self, within: float = 60) -> int | None:
        """Read until the server ends the socket and return its code; None: without one."""
        try:
            async with asyncio.timeout(within):
                while True:
                    await self.ws.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


@asynccontextmanager
async def opened(
    port: int,
    username: str | None,
    *,
    path: str = "/ws/console",
    origin: str | None = None,
    session: str | None = None,
) -> AsyncIterator[Console]:
    """Open a socket as `username`, or with a session that is known already."""
    headers = {}
    if username is not None:
        session = await cookie(port, username)
    if session is not None:
        headers["Cookie"] = session
    async with connect(
        f"ws://127.0.0.1:{port}{path}",
        origin=origin or f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        additional_headers=headers,
        max_size=None,
        proxy=None,
    ) as ws:
        yield Console(ws)


def numbers(frames: Sequence[dict[str, Any]]) -> list[int]:
    return [frame["seq"] for frame in frames if frame["type"] == "change"]
