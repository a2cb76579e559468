"""A data folder as the version of Carebell with migration 0016 left it when it was stopped.

What that version wrote is written down here and in `town_0016.sql`, and not asked of today's code:
schema and rows, how passwords follow from the demo's key, the names of the sessions it had at the
broker. PostgreSQL and NATS make their own files; where they lie is held against `LAYOUT`.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any, Final
from uuid import uuid4

import bcrypt
import paho.mqtt.client as mqtt
from argon2 import PasswordHasher
from paho.mqtt.enums import CallbackAPIVersion

from carebell.embedded import nats, postgres
from carebell.embedded.part import Running
from kernel import db

REVISION: Final = "0016"
TOWN: Final = Path(__file__).with_name(f"town_{REVISION}.sql")
LAYOUT: Final = (
    *("postgres.password", "postgres.superuser", "postgres.port", "postgres/data/PG_VERSION"),
    *("broker.password", "broker/nats.conf", "broker/users.conf", "broker/store/jetstream"),
)
PROCESSES: Final = ("ingest", "engine", "web", "planner")
DEMO_KEY: Final = "the-master-key-of-a-demo-town-of-before"
SESSION: Final = "a-log-in-that-the-version-before-gave-out"
OPEN_INCIDENT: Final = "00000000-0000-4000-8000-0000000000f1"
PLAN: Final = "00000000-0000-4000-8000-000000000103"
PRESSED: Final = ("anxin-g01", "AX-0002")
LANES: Final = {
    "alarms": [("alarm", 1), ("status", 1), ("reply", 1)],
    "beats": [("heartbeat", 0), ("measure", 1)],
}
WITHIN_S: Final = 30


def home(number: int) -> str:
    """Return a home's id."""
    return f"00000000-0000-4000-8000-0000000000a{number}"


def password(role: str) -> str:
    """Return the password of the demo's accounts of a role."""
    letters = base64.b32encode(_derived(f"role:{role}")).decode().lower()[:10]
    return f"{letters[:5]}-{letters[5:]}"


def secret(terminal: str) -> str:
    """Return a terminal's password at the broker."""
    return base64.urlsafe_b64encode(_derived(f"terminal:{terminal}")[:24]).decode()


def _derived(label: str) -> bytes:
    return hmac.digest(DEMO_KEY.encode(), label.encode(), "sha256")


def make(folder: Path, mqtt_port: int) -> str:
    """Make the folder and return the id of an alarm that waits at the broker."""
    cluster, broker = postgres.prepare(folder), nats.prepare(folder, mqtt_port)
    with Running(cluster.part), Running(broker.part):
        db.migrate(cluster.url(), REVISION)
        asyncio.run(_fill(cluster.url()))
        alarm = _keep_messages(broker)
    missing = [name for name in LAYOUT if not (folder / name).exists()]
    assert not missing, f"today's Carebell keeps these elsewhere; write them as before: {missing}"
    _leave_the_rest(folder)
    return alarm


async def _fill(url: str) -> None:
    hashed = PasswordHasher().hash
    connection = await db.connect(url)
    try:
        await connection.execute(TOWN.read_text(encoding="utf-8"))
        for role in ("operator", "family", "caregiver"):
            await connection.execute(
                "UPDATE dispatch.account SET password_hash = $2 WHERE role = $1",
                role,
                hashed(password(role)),
            )
        for (terminal,) in await connection.fetch("SELECT id FROM devices.terminal"):
            await connection.execute(
                "UPDATE devices.terminal SET bcrypt_hash = $2 WHERE id = $1",
                terminal,
                bcrypt.hashpw(secret(terminal).encode(), bcrypt.gensalt(4)).decode(),
            )
        await connection.execute(
            "INSERT INTO web.session (token_hash, account_id, created_at, last_seen_at, expires_at)"
            " SELECT $1, id, now() - interval '1 day', now() - interval '12 minutes',"
            " now() + interval '10 days' FROM dispatch.account WHERE username = 'operator'",
            hashlib.sha256(SESSION.encode()).digest(),
        )
    finally:
        await connection.close()


def _keep_messages(broker: nats.Broker) -> str:
    """Leave both lanes' sessions at the broker, with what was sent while nobody listened."""
    for lane, channels in LANES.items():
        given = f"{broker.username}:{broker.password}:{lane}"
        session = f"carebell-{lane}-{hashlib.sha256(given.encode()).hexdigest()[:24]}"
        with _connected(broker, session) as client:
            subscribed = Event()
            client.on_subscribe = lambda *_, done=subscribed: done.set()
            filters = [(f"carebell/v1/+/+/{channel}", qos) for channel, qos in channels]
            client.subscribe(filters)
            assert subscribed.wait(WITHIN_S)
    alarm, where = str(uuid4()), "/".join(("carebell/v1", *PRESSED))
    reading = {"name": "systolic", "value": 138, "unit": "mmHg"}
    with _connected(broker, "a-terminal-meanwhile") as client:
        for channel, body in (
            ("alarm", {"id": alarm, "seq": 1, "boot": "b", "kind": "sos", "at": 0}),
            ("measure", {"seq": 2, "boot": "b", "at": 0, "readings": [reading]}),
        ):
            client.publish(f"{where}/{channel}", json.dumps(body), qos=1).wait_for_publish(WITHIN_S)
    return alarm


@contextmanager
def _connected(broker: nats.Broker, session: str) -> Iterator[mqtt.Client]:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id=session, clean_session="carebell-" not in session
    )
    client.username_pw_set(broker.username, broker.password)
    connected = Event()
    client.on_connect = lambda *_: connected.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        assert connected.wait(WITHIN_S)
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def _leave_the_rest(folder: Path) -> None:
    """Write what stood in the folder beside database and broker."""
    (folder / "demo.key").write_text(DEMO_KEY + "\n")
    (folder / "lock").write_text("4711\n")
    (folder / "run").mkdir(mode=0o700)
    for name in PROCESSES:
        (folder / "run" / f"{name}.alive").write_text("86400.000\n")
    demo: dict[str, Any] = {
        "url": "http://127.0.0.1:8080",
        "mqtt": {"host": "127.0.0.1", "port": 1883},
        "logins": [
            {
                "role": "operator",
                "username": "operator",
                "password": password("operator"),
                "url": "http://127.0.0.1:8080/console",
            }
        ],
        "terminals": [],
    }
    (folder / "demo.json").write_text(json.dumps(demo, indent=2) + "\n")
