"""Live consoles and phones over real sockets and a real database."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from kernel import outbox
from kernel.clock import SystemClock
from kernel.db import Pool
from kernel.ids import new_id
from kernel.outbox import Fact
from web.server import serving
from web.settings import WebSettings

from .conftest import Town
from .live import Console, cookie, numbers, opened

CLOCK = SystemClock()


@pytest.fixture
async def port(town: Town, settings: WebSettings, pool: Pool) -> AsyncIterator[int]:
    async with serving(settings, pool, CLOCK) as taken:
        yield taken


async def tell(pool: Pool, *facts: Fact) -> int:
    async with pool.acquire() as conn, conn.transaction():
        return await outbox.put(conn, CLOCK.now(), facts)


async def test_a_console_sees_what_is_and_then_what_happens(town: Town, port: int) -> None:
    earlier = await town.press()
    async with opened(port, "operator") as console:
        await console.hello()
        snapshot = await console.next()
        assert snapshot["type"] == "snapshot"
        assert [one["id"] for one in snapshot["incidents"]] == [str(earlier)]
        assert snapshot["terminals"]["total"] == 1
        assert snapshot["settings"] == {"louder_s": 20, "every_seat_s": 40, "supervisor_s": 60}
        await town.press()
        change = await console.next()
        assert change["topic"] == "incident.signalled"
        assert change["prev"] == snapshot["seq"]
        assert change["incident"]["presses"] == 2
        assert change["incident"]["resident"]["name"] == "Zhao Guiying"


async def test_a_console_is_told_how_patient_its_area_is(town: Town, port: int) -> None:
    await town.pool.execute(
        "INSERT INTO dispatch.policy (area, louder_s, every_seat_s, supervisor_s)"
        " VALUES ('city', 10, 30, 45)"
    )
    async with opened(port, "operator") as console:
        await console.hello()
        snapshot = await console.next()
        assert snapshot["settings"] == {"louder_s": 10, "every_seat_s": 30, "supervisor_s": 45}


async def test_a_claim_at_one_seat_is_seen_at_the_other(town: Town, port: int) -> None:
    incident = await town.press()
    session = await cookie(port, "wang")
    async with opened(port, "operator") as console:
        await console.hello()
        await console.next()
        async with httpx.AsyncClient() as wang:
            answer = await wang.post(
                f"http://127.0.0.1:{port}/api/v1/incidents/{incident}/claim",
                json={"event_id": str(new_id())},
                headers={"Cookie": session, "Origin": f"http://127.0.0.1:{port}"},
            )
        assert answer.status_code == 200
        change = await console.until("incident.claimed")
        assert change["incident"] == answer.json()
        assert change["incident"]["claimed_by"]["name"] == "Wang"


async def test_a_console_is_told_nothing_of_other_areas(town: Town, port: int) -> None:
    await town.press("SOUTH-1")
    async with opened(port, "operator") as console:
        await console.hello()
        snapshot = await console.next()
        assert snapshot["incidents"] == []
        assert snapshot["terminals"]["total"] == 1
        await town.press("SOUTH-1")
        await town.press("NORTH-1")
        change = await console.next()
        assert change["incident"]["area"] == "north-1"
        assert change["prev"] == snapshot["seq"] < change["seq"] - 1


async def test_pings_come_every_two_seconds_and_positions_when_they_change(
    town: Town, port: int, pool: Pool
) -> None:
    async with opened(port, "operator") as console:
        await console.hello()
        await console.next()
        await pool.execute(
            "INSERT INTO dispatch.caregiver_position (caregiver_id, lat, lon, at)"
            " VALUES ($1, 31.8, 119.95, $2)",
            town.caregiver,
            CLOCK.now(),
        )
        frame = await console.next(
            "positions",
        )
        assert frame["items"][0]["caregiver_id"] == str(town.caregiver)
        assert frame["items"][0]["state"] == "off"
        await console.next("ping")
        again = await console.next("positions", "ping")
        assert again["type"] == "ping"  # nobody has moved


async def test_a_console_resumes_through_restarts_without_a_gap_or_a_double(
    town: Town, settings: WebSettings, pool: Pool
) -> None:
    """Presses go on while the console drops and the server restarts."""
    pressed = asyncio.ensure_future(_press_on(town, 120))
    seen: list[int] = []
    first = resume = None
    while not (pressed.done() and seen and seen[-1] == await _head(pool)):
        async with serving(settings, pool, CLOCK) as port:
            session = await cookie(port, "operator")
            for _ in range(2):  # twice on each server
                async with opened(port, None, session=session) as console:
                    await console.hello(resume)
                    if resume is None:
                        first = (await console.next())["seq"]
                    with suppress(TimeoutError):
                        for _ in range(7):
                            await console.next("change", within=0.3)
                    resume = console.resume
                    seen += numbers(console.frames)
    await pressed
    assert first is not None
    mine = await pool.fetch(
        "SELECT seq FROM kernel.outbox WHERE seq > $1 AND area = 'north-1' ORDER BY seq", first
    )
    assert seen == [row["seq"] for row in mine]
    assert len(seen) > 20


async def _press_on(town: Town, times: int) -> None:
    for n in range(times):
        await town.press("SOUTH-1" if n % 3 == 0 else "NORTH-1")
        await CLOCK.sleep(0.005)


async def _head(pool: Pool) -> int:
    last = await pool.fetchval("SELECT max(seq) FROM kernel.outbox WHERE area = 'north-1'")
    return int(last or 0)


async def test_a_console_from_before_a_restored_backup_gets_a_snapshot(
    town: Town, port: int
) -> None:
    await town.press()
    async with opened(port, "operator") as console:
        await console.hello({"epoch": str(new_id()), "seq": 1})
        assert (await console.next())["type"] == "snapshot"
    async with opened(port, "operator") as ahead:
        await ahead.hello({"epoch": console.epoch, "seq": 10_000})
        assert (await ahead.next())["type"] == "snapshot"


async def test_a_console_that_stops_reading_is_cut_off_and_harms_nobody(
    town: Town, port: int, pool: Pool
) -> None:
    session = await cookie(port, "wang")
    sleeper = await _open_and_never_read(port, session)
    try:
        async with opened(port, "operator") as console:
            await console.hello()
            await console.next()
            pad = "x" * 30_000
            for n in range(400):  # 12 MB: far more than any buffer between us and the sleeper
                last = await tell(pool, _visit(town, n, pad))
                assert (await console.next())["seq"] == last
            # To look at the sleeper's socket would be to read: the server tells when it has cut.
            async with asyncio.timeout(60):
                while 'carebell_live_sessions{kind="console"} 1.0' not in await _metrics(port):
                    await CLOCK.sleep(0.1)
            assert await _is_reset(sleeper, within=60)
            await tell(pool, _visit(town, 0, ""))
            await console.next()
    finally:
        sleeper.close()


def _visit(town: Town, n: int, pad: str) -> Fact:
    payload = {"visit_id": str(n), "resident_id": str(town.resident), "state": "done", "pad": pad}
    return Fact(topic="visit.done", area="north", subject=str(n), payload=payload)


async def _open_and_never_read(port: int, session: str) -> socket.socket:
    """Shake hands, say hello, and never take a byte again."""
    loop = asyncio.get_running_loop()
    peer = socket.socket()
    peer.setblocking(False)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await loop.sock_connect(peer, ("127.0.0.1", port))
    request = (
        f"GET /ws/console HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nCookie: {session}\r\n\r\n"
    )
    await loop.sock_sendall(peer, request.encode())
    assert (await loop.sock_recv(peer, 12)) == b"HTTP/1.1 101"
    hello = b'{"type":"hello"}'
    mask = b"\0\0\0\0"
    await loop.sock_sendall(peer, bytes([0x81, 0x80 | len(hello)]) + mask + hello)
    return peer


async def _is_reset(peer: socket.socket, within: float) -> bool:
    """Tell whether the server has dropped the connection: what was buffered ends in a reset."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within):
            while await loop.sock_recv(peer, 65536):
                pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


async def _metrics(port: int) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/metrics")).text


@pytest.mark.parametrize(
    ("username", "path", "origin", "code"),
    [
        (None, "/ws/console", None, 4401),
        (None, "/ws/phone", None, 4401),
        ("caregiver", "/ws/console", None, 4403),
        ("family", "/ws/console", None, 4403),
        ("installer", "/ws/console", None, 4403),
        ("operator", "/ws/phone", None, 4403),
        ("installer", "/ws/phone", None, 4403),
        ("operator", "/ws/console", "http://evil.test", 4403),
    ],
)
async def test_who_may_not_listen_is_told_why(
    username: str | None, path: str, origin: str | None, code: int, port: int
) -> None:
    async with opened(port, username, path=path, origin=origin) as console:
        assert await console.closed() == code


@pytest.mark.parametrize("username", ["operator", "supervisor", "planner", "admin"])
async def test_who_works_at_a_console_may_listen(username: str, port: int) -> None:
    async with opened(port, username) as console:
        await console.hello()
        assert (await console.next())["type"] == "snapshot"


async def test_rubbish_ends_the_conversation(port: int) -> None:
    async with opened(port, "operator") as console:
        await console.ws.send("rubbish")
        assert await console.closed() == 4400
    async with opened(port, "operator") as console:
        await console.ws.send(b"\x00\x01")
        assert await console.closed() == 4400


async def test_logging_out_ends_the_socket_at_once(port: int) -> None:
    session = await cookie(port, "operator")
    async with opened(port, None, session=session) as console:
        await console.hello()
        await console.next()
        async with httpx.AsyncClient() as client:
            await client.delete(
                f"http://127.0.0.1:{port}/api/v1/session",
                headers={"Cookie": session, "Origin": f"http://127.0.0.1:{port}"},
            )
        assert await console.closed() == 4401


async def test_a_deactivated_account_loses_its_socket(town: Town, port: int, pool: Pool) -> None:
    async with opened(port, "operator") as console:
        await console.hello()
        await console.next()
        await pool.execute(
            "UPDATE dispatch.account SET active = false WHERE id = $1", town.accounts["operator"]
        )
        assert await console.closed() == 4401


async def test_an_open_console_keeps_its_log_in_in_use_and_notes_it_once_a_minute(
    town: Town, port: int, pool: Pool
) -> None:
    seen = "SELECT last_seen_at FROM web.session"
    async with opened(port, "operator") as console:
        await console.hello()
        noted = await pool.fetchval(seen)
        await console.next("ping")
        await console.next("ping")
        assert await pool.fetchval(seen) == noted
        await pool.execute("UPDATE web.session SET last_seen_at = $1", noted - timedelta(hours=1))
        async with asyncio.timeout(10):
            while await pool.fetchval(seen) < noted:
                await CLOCK.sleep(0.1)


async def test_a_console_whose_areas_have_changed_starts_afresh(
    town: Town, port: int, pool: Pool
) -> None:
    async with opened(port, "operator") as console:
        await console.hello()
        assert (await console.next())["terminals"]["total"] == 1
        await pool.execute(
            "UPDATE dispatch.account_area SET area = 'city' WHERE account_id = $1",
            town.accounts["operator"],
        )
        assert await console.closed(within=60) == 4410
    async with opened(port, "operator") as console:
        await console.hello()
        assert (await console.next())["terminals"]["total"] == 2


async def _news(phone: Console) -> str:
    frame = await phone.next("changed")
    return str(frame["what"])


async def test_phones_are_told_what_to_fetch_again(town: Town, port: int, pool: Pool) -> None:
    incident = await town.press()
    session = await cookie(port, "operator")
    async with (
        opened(port, "caregiver", path="/ws/phone") as caregiver,
        opened(port, "colleague", path="/ws/phone") as colleague,
        opened(port, "family", path="/ws/phone") as family,
        httpx.AsyncClient(headers={"Cookie": session}) as operator,
    ):
        url = f"http://127.0.0.1:{port}/api/v1/incidents/{incident}"
        headers = {"Origin": f"http://127.0.0.1:{port}"}
        for phone in (caregiver, colleague, family):
            await phone.next("ping")
        await operator.post(f"{url}/claim", json={"event_id": str(new_id())}, headers=headers)
        assert await _news(family) == "status"
        await operator.post(
            f"{url}/dispatch",
            json={"event_id": str(new_id()), "caregiver_id": str(town.caregiver)},
            headers=headers,
        )
        assert await _news(caregiver) == "job"
        assert await _news(family) == "status"
        await tell(
            pool,
            Fact(
                topic="visit.started",
                area="north",
                subject="1",
                payload={
                    "visit_id": "1",
                    "resident_id": str(town.south_resident),
                    "caregiver_ids": [str(town.other_caregiver)],
                    "state": "started",
                },
            ),
        )
        assert await _news(colleague) == "today"


async def test_a_stopping_server_says_so(town: Town, settings: WebSettings, pool: Pool) -> None:
    async with serving(settings, pool, CLOCK) as port:
        session = await cookie(port, "operator")
        context = opened(port, None, session=session)
        console = await context.__aenter__()
        await console.hello()
        await console.next()
    assert await console.closed() == 1012
    with suppress(Exception):
        await context.__aexit__(None, None, None)


async def test_a_frame_is_json_that_any_language_reads(town: Town, port: int) -> None:
    async with opened(port, "operator") as console:
        await console.hello()
        raw = await console.ws.recv()
        assert isinstance(raw, str)
        assert json.loads(raw)["now"].endswith("Z")
