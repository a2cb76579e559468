"""The bare pipe: paho → insert + NOTIFY → websocket, and no logic at all. What we measure against.

    python -m bench.pipe take --broker URL --database URL
    python -m bench.pipe show --database URL --port PORT
    python -m bench.pipe drain --broker URL --seconds 10

`take` inserts every alarm by one statement that also notifies, and drains the heartbeats into
nothing on a second connection. `show` sends every notification to every websocket. `drain` counts
heartbeats and does nothing with them; it prints how many a second.
"""

import argparse
import asyncio
import time
from typing import Any, Final

import asyncpg
import paho.mqtt.client as mqtt
import websockets
from paho.mqtt.enums import CallbackAPIVersion

from devices.mqtt.address import Address

CHANNEL: Final = "bench_pipe"
INSERT: Final = """
WITH put AS (INSERT INTO bench_pipe (topic, payload) VALUES ($1, $2) RETURNING id)
SELECT pg_notify('bench_pipe', $1 || ' ' || id) FROM put
"""
TABLE: Final = """
CREATE TABLE IF NOT EXISTS bench_pipe (
    id bigserial PRIMARY KEY, topic text NOT NULL, payload bytea NOT NULL
)
"""


def client(address: Address, name: str, topic: str, qos: int) -> mqtt.Client:
    """Return a paho client in its own thread, subscribed to `topic`."""
    made = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, manual_ack=True)
    made.username, made.password = address.username, address.password
    made.on_connect = lambda c, *_: c.subscribe(topic, qos)
    made.connect_async(address.host, address.port)
    return made


async def take(address: Address, database: str) -> None:
    """Insert alarms for ever."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[mqtt.MQTTMessage] = asyncio.Queue()
    conn = await asyncpg.connect(database)
    await conn.execute(TABLE)
    alarms = client(address, "bench-alarms", "carebell/v1/+/+/alarm", 1)

    def arrived(_client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, message)

    alarms.on_message = arrived
    alarms.loop_start()
    beats = client(address, "bench-beats", "carebell/v1/+/+/heartbeat", 0)
    beats.on_message = lambda *_: None
    beats.loop_start()
    while True:
        message = await queue.get()
        await conn.execute(INSERT, message.topic, bytes(message.payload))
        alarms.ack(message.mid, message.qos)


async def show(database: str, port: int) -> None:
    """Pass notifications to websockets for ever."""
    sockets: set[websockets.ServerConnection] = set()

    async def handler(socket: websockets.ServerConnection) -> None:
        sockets.add(socket)
        try:
            await socket.wait_closed()
        finally:
            sockets.discard(socket)

    conn = await asyncpg.connect(database)
    await conn.add_listener(
        CHANNEL, lambda _c, _p, _ch, payload: websockets.broadcast(sockets, str(payload))
    )
    async with websockets.serve(handler, "127.0.0.1", port):
        await asyncio.Future()


def drain(address: Address, seconds: float) -> None:
    """Count heartbeats into nothing and print how many a second."""
    count = 0

    def arrived(_client: Any, _data: Any, _message: mqtt.MQTTMessage) -> None:
        nonlocal count
        count += 1

    beats = client(address, "bench-drain", "carebell/v1/+/+/heartbeat", 0)
    beats.on_message = arrived
    beats.loop_start()
    while not count:
        time.sleep(0.01)  # noqa: TID251 - a benchmark waits for its load
    time.sleep(1)  # noqa: TID251 - likewise
    first, began = count, time.perf_counter()
    time.sleep(seconds)  # noqa: TID251 - likewise
    print((count - first) / (time.perf_counter() - began))
    beats.disconnect()
    beats.loop_stop()


def main() -> None:
    """Run one end of the pipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("take", "show", "drain"))
    parser.add_argument("--broker", default="")
    parser.add_argument("--database", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    if asked.what == "take":
        asyncio.run(take(Address.parse(asked.broker), asked.database))
    elif asked.what == "show":
        asyncio.run(show(asked.database, asked.port))
    else:
        drain(Address.parse(asked.broker), asked.seconds)


if __name__ == "__main__":
    main()
