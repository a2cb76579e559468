import re
import time
from dataclasses import replace
from pathlib import Path

import bcrypt
import pytest

from devices.events import TerminalId
from devices.mqtt.address import Address
from devices.mqtt.broker_auth import (
    ServiceAccount,
    TerminalAccess,
    render_mosquitto,
    render_nats_users,
)
from devices.mqtt.hashes import mosquitto_hash
from devices.registry.access import BrokerKind, UsersFile, write
from devices.registry.credentials import make
from kernel.errors import InvalidError

SERVICE = ServiceAccount(username="service", password='a "quoted" \\ word')


def access(number: int) -> TerminalAccess:
    return TerminalAccess(
        terminal=TerminalId(f"T-{number}"),
        area="north",
        dialect="carebell-v1",
        bcrypt_hash="$2b$04$x",
        pbkdf2_hash="$7$x",
    )


def test_nine_thousand_terminals_are_rendered_well_within_a_second() -> None:
    terminals = [access(n) for n in range(9000)]
    began = time.process_time()
    text = render_nats_users(terminals, [SERVICE])
    assert time.process_time() - began < 1
    assert text.count("allowed_connection_types") == 9000


def test_a_terminal_on_nats_may_publish_below_its_topic_and_read_its_commands() -> None:
    line = render_nats_users([access(1)], []).splitlines()[1]
    publish = re.search(r"publish: \[(.*?)\]", line)
    subscribe = re.search(r"subscribe: \[(.*?)\]", line)
    assert publish
    assert subscribe
    assert publish[1].replace('"', "").split(", ") == [
        f"carebell.v1.north.T-1.{channel}"
        for channel in ("alarm", "heartbeat", "measure", "status", "reply")
    ]
    assert subscribe[1] == '"carebell.v1.north.T-1.command", "$MQTT.sub.>"'
    assert 'allowed_connection_types: ["MQTT"]' in line


def test_a_password_is_quoted() -> None:
    assert r'password: "a \"quoted\" \\ word"' in render_nats_users([], [SERVICE])


def test_mosquitto_gets_the_same_rights() -> None:
    passwords, rights = render_mosquitto([access(1)], [SERVICE])
    assert passwords.splitlines()[1] == "T-1:$7$x"
    of_terminal = rights[rights.index("user T-1") :].splitlines()
    assert "topic write carebell/v1/north/T-1/alarm" in of_terminal
    assert "topic read carebell/v1/north/T-1/command" in of_terminal
    assert len([line for line in of_terminal if line.startswith("topic")]) == 6


def test_who_speaks_what_nobody_knows_may_log_in_and_say_nothing() -> None:
    stranger = replace(access(1), dialect="forgotten")
    assert 'publish: [], subscribe: ["$MQTT.sub.>"]' in render_nats_users([stranger], [])
    assert "topic" not in render_mosquitto([stranger], [])[1]


def test_the_same_account_renders_the_same_line() -> None:
    assert render_mosquitto([], [SERVICE]) == render_mosquitto([], [SERVICE])
    assert mosquitto_hash("x") != mosquitto_hash("x")


def test_a_secret_is_long_and_kept_as_hashes_only() -> None:
    one, other = make(), make()
    assert one.secret != other.secret
    assert len(one.secret) == 32
    assert bcrypt.checkpw(one.secret.encode(), one.bcrypt_hash.encode())
    assert one.secret not in repr(one)


@pytest.mark.parametrize("kind", BrokerKind)
def test_files_are_written_when_they_change_for_their_owner_only(
    kind: BrokerKind, tmp_path: Path
) -> None:
    users = UsersFile(kind=kind, path=tmp_path / "users", pid_file=None, services=[SERVICE])
    assert write(users, [access(1)])
    assert not write(users, [access(1)])
    assert write(users, [access(1), access(2)])
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_an_address_is_read_from_a_url() -> None:
    got = Address.parse("mqtts://us%40er:p%3Aw@broker.example?version=5&ca=/etc/ca.pem")
    assert (got.host, got.port, got.tls, got.version5) == ("broker.example", 8883, True, True)
    assert (got.username, got.password, got.ca) == ("us@er", "p:w", "/etc/ca.pem")
    assert "p:w" not in repr(got)
    assert Address.parse("mqtt://localhost").port == 1883


@pytest.mark.parametrize(
    "url", ["", "http://x", "mqtt://", "mqtt://h:port", "mqtt://h?version=4", "localhost:1883"]
)
def test_what_is_no_mqtt_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        Address.parse(url)
