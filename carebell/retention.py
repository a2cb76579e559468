"""Does a broker keep what nobody acknowledged? The one thing an alarm cannot do without.

A durable session subscribes and leaves; a message is published; the session comes back, takes the
message without acknowledging it, and breaks off. When it comes back again, so must the message.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final
from uuid import uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices.mqtt.address import Address

WITHIN_S: Final = 5.0


class Retention(StrEnum):
    """What came out."""

    KEEPS = "keeps what is not acknowledged"
    FORGETS = "forgets what is not acknowledged"
    REFUSED = "does not let us in"
    AWAY = "does not answer"


class _RefusedError(Exception):
    pass


def retention(address: Address) -> Retention:
    """Try it out, on a topic and a session of our own that are gone afterwards."""
    name = f"carebell-doctor-{uuid4().hex[:12]}"
    topic = f"carebell/doctor/{name}"
    try:
        with _session(address, name, durable=True) as (client, _):
            client.subscribe(topic, qos=1)
            _turn(client, lambda: False, 0.3)
        with _session(address, f"{name}-p", durable=False) as (client, _):
            sent = client.publish(topic, name.encode(), qos=1)
            _turn(client, sent.is_published, WITHIN_S)
        came = [_comes_back(address, name) for _ in range(2)]
        with _session(address, name, durable=False):
            pass  # a clean session of the same name wipes the durable one
    except _RefusedError:
        return Retention.REFUSED
    except OSError:
        return Retention.AWAY
    return Retention.KEEPS if all(came) else Retention.FORGETS


def _comes_back(address: Address, name: str) -> bool:
    with _session(address, name, durable=True) as (client, taken):
        return _turn(client, lambda: bool(taken), WITHIN_S)


@contextmanager
def _session(
    address: Address, name: str, *, durable: bool
) -> Iterator[tuple[mqtt.Client, list[mqtt.MQTTMessage]]]:
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        clean_session=not durable,
        protocol=mqtt.MQTTv311,
        manual_ack=True,
    )
    if address.username:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        client.tls_set(ca_certs=address.ca)
    answers: list[bool] = []
    taken: list[mqtt.MQTTMessage] = []
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.append(not reason.is_failure)
    client.on_message = lambda _c, _u, message: taken.append(message)
    client.connect_timeout = 2
    client.connect(address.host, address.port)
    _turn(client, lambda: bool(answers), WITHIN_S)
    if answers != [True]:
        raise _RefusedError
    try:
        yield client, taken
    finally:
        client.disconnect()


def _turn(client: mqtt.Client, done: Callable[[], bool], within_s: float) -> bool:
    """Let the client work until `done`, or for so long; say whether it was done."""
    until = time.monotonic() + within_s
    while not done() and time.monotonic() < until:
        if client.loop(timeout=0.05) != mqtt.MQTT_ERR_SUCCESS:
            break
    return done()
