"""Who may speak at the broker, rendered into its own files. Pure.

A terminal may publish below its own topic and read its own `command`; nothing else. Secrets are
random and long (`registry.credentials`), so their hashes may be cheap: what protects them is their
length, and a district that reconnects at once must not wait for bcrypt.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.events import TerminalId
from devices.mqtt.hashes import mosquitto_hash
from devices.topics import ROOT, UP, Channel, topic

#: Where the NATS server delivers a client's own QoS 1 messages. It refuses subscriptions below
#: this prefix that come from an MQTT client, so nobody can listen in with it.
NATS_DELIVERY: Final = "$MQTT.sub.>"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalAccess:
    """A terminal's log-in. Its user name is its id."""

    terminal: TerminalId
    area: str
    bcrypt_hash: str = field(repr=False)
    pbkdf2_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """An account of our own processes: may read and write everything."""

    username: str
    password: str = field(repr=False)


def render_nats_users(
    terminals: Sequence[TerminalAccess], services: Sequence[ServiceAccount]
) -> str:
    """Return the users file that the broker's `authorization` block includes."""
    lines = ["users = ["]
    lines += [
        f"  {{ user: {json.dumps(service.username)}, password: {json.dumps(service.password)} }}"
        for service in services
    ]
    lines += [_nats_user(access) for access in terminals]
    lines.append("]")
    return "\n".join(lines) + "\n"


def _nats_user(access: TerminalAccess) -> str:
    base = f"{ROOT}/{access.area}/{access.terminal}/".replace("/", ".")
    publish = ", ".join(f'"{base}{channel.value}"' for channel in UP)
    return (
        f'  {{ user: "{access.terminal}", password: "{access.bcrypt_hash}", '
        f'allowed_connection_types: ["MQTT"], permissions: {{ publish: [{publish}], '
        f'subscribe: ["{base}{Channel.COMMAND.value}", "{NATS_DELIVERY}"] }} }}'
    )


def render_mosquitto(
    terminals: Sequence[TerminalAccess], services: Sequence[ServiceAccount]
) -> tuple[str, str]:
    """Return Mosquitto's password file and its access control list."""
    passwords = [
        f"{service.username}:{mosquitto_hash(service.password, of=service.username)}"
        for service in services
    ]
    passwords += [f"{access.terminal}:{access.pbkdf2_hash}" for access in terminals]
    rights: list[str] = []
    for service in services:
        rights += [f"user {service.username}", "topic readwrite #", ""]
    for access in terminals:
        rights.append(f"user {access.terminal}")
        rights += [f"topic write {topic(access.area, access.terminal, channel)}" for channel in UP]
        rights += [f"topic read {topic(access.area, access.terminal, Channel.COMMAND)}", ""]
    return "\n".join(passwords) + "\n", "\n".join(rights) + "\n"
