"""Who may speak at the broker, rendered into its own files. Pure.

A terminal may do what its dialect asks for, and nothing else. Secrets are
random and long (`registry.credentials`), so their hashes may be cheap: what protects them is their
length, and a district that reconnects at once must not wait for bcrypt.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.dialects.dialect import Rights
from devices.dialects.known import KNOWN, Dialects
from devices.events import TerminalId
from devices.mqtt.hashes import mosquitto_hash

#: Where the NATS server delivers a client's own QoS 1 messages. It refuses subscriptions below
#: this prefix that come from an MQTT client, so nobody can listen in with it.
NATS_DELIVERY: Final = "$MQTT.sub.>"
#: Of whoever speaks a dialect that is not known any more.
NONE: Final = Rights(publish=(), subscribe=())


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalAccess:
    """A terminal's log-in. Its user name is its id."""

    terminal: TerminalId
    area: str
    dialect: str
    bcrypt_hash: str = field(repr=False)
    pbkdf2_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """An account of our own processes: may read and write everything."""

    username: str
    password: str = field(repr=False)


def render_nats_users(
    terminals: Sequence[TerminalAccess],
    services: Sequence[ServiceAccount],
    dialects: Dialects = KNOWN,
) -> str:
    """Return the users file that the broker's `authorization` block includes."""
    lines = ["users = ["]
    lines += [
        f"  {{ user: {json.dumps(service.username)}, password: {json.dumps(service.password)} }}"
        for service in services
    ]
    lines += [_nats_user(access, _rights(access, dialects)) for access in terminals]
    lines.append("]")
    return "\n".join(lines) + "\n"


def _rights(access: TerminalAccess, dialects: Dialects) -> Rights:
    dialect = dialects.named(access.dialect)
    return NONE if dialect is None else dialect.rights(access.area, access.terminal)


def _nats_user(access: TerminalAccess, rights: Rights) -> str:
    publish = ", ".join(_subject(topic) for topic in rights.publish)
    subscribe = ", ".join([*map(_subject, rights.subscribe), f'"{NATS_DELIVERY}"'])
    return (
        f'  {{ user: "{access.terminal}", password: "{access.bcrypt_hash}", '
        f'allowed_connection_types: ["MQTT"], permissions: {{ publish: [{publish}], '
        f"subscribe: [{subscribe}] }} }}"
    )


def _subject(topic: str) -> str:
    return json.dumps(topic.replace("/", "."))


def render_mosquitto(
    terminals: Sequence[TerminalAccess],
    services: Sequence[ServiceAccount],
    dialects: Dialects = KNOWN,
) -> tuple[str, str]:
    """Return Mosquitto's password file and its access control list."""
    passwords = [
        f"{service.username}:{mosquitto_hash(service.password, of=service.username)}"
        for service in services
    ]
    passwords += [f"{access.terminal}:{access.pbkdf2_hash}" for access in terminals]
    lines: list[str] = []
    for service in services:
        lines += [f"user {service.username}", "topic readwrite #", ""]
    for access in terminals:
        rights = _rights(access, dialects)
        lines.append(f"user {access.terminal}")
        lines += [f"topic write {topic}" for topic in rights.publish]
        lines += [f"topic read {topic}" for topic in rights.subscribe]
        lines.append("")
    return "\n".join(passwords) + "\n", "\n".join(lines) + "\n"
