"""Mosquitto 2 from the system, with the same rules: for tests and benchmarks.

Users and rights stand in `passwords` and `acl` (written by `devices.mqtt.broker_auth` or by hand);
Mosquitto reads both again on SIGHUP.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from carebell.embedded.files import private_folder, secret, write_private
from carebell.embedded.nats import SERVICE, Broker, answers
from carebell.embedded.part import Part, StartError

CONFIG: Final = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {home}/passwords
acl_file {home}/acl
persistence true
persistence_location {home}/store/
autosave_interval 1
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
pid_file {home}/mosquitto.pid
user root
"""
ACL: Final = f"""\
user {SERVICE}
topic readwrite #
"""


def prepare(data_dir: Path, port: int) -> Broker:
    """Write the configuration and describe how to start Mosquitto.

    Raises:
        StartError: it is not installed.
    """
    path = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise StartError("Mosquitto 2 is not installed: apt install mosquitto.")
    home = private_folder(private_folder(data_dir) / "mosquitto")
    private_folder(home / "store")
    password = secret(home.parent / "mosquitto.password")
    passwords, config = home / "passwords", home / "mosquitto.conf"
    if not passwords.is_file():
        write_private(passwords, "")
        entry = ["mosquitto_passwd", "-b", str(passwords), SERVICE, password]
        subprocess.run(entry, check=True, capture_output=True)
        write_private(home / "acl", ACL)
    write_private(config, CONFIG.format(port=port, home=home))
    return Broker(
        part=Part(
            name="mosquitto",
            argv=(path, "-c", str(config)),
            marker=str(config),
            log=private_folder(home.parent / "logs") / "mosquitto.log",
            is_ready=lambda: answers("127.0.0.1", port, SERVICE, password),
        ),
        host="127.0.0.1",
        port=port,
        username=SERVICE,
        password=password,
        users_file=passwords,
        pid_file=home / "mosquitto.pid",
    )
