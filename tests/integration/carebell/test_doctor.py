"""The doctor finds what is wrong, and says what to do."""

import socket
from pathlib import Path
from typing import Any

import pytest

from carebell.doctor import Verdict, examine, look_at_broker, look_at_database
from carebell.embedded.files import free_port
from carebell.reaching import Reached
from carebell.retention import Retention, retention
from devices.mqtt.address import Address
from kernel import db
from kernel.clock import SystemClock

BROKER = "mqtt://carebell-service:{}@127.0.0.1:{}"


def reached(database_url: str = "", mqtt_url: str = "") -> Reached:
    return Reached(database_url=database_url, mqtt_url=mqtt_url, started_here=False)


async def test_a_machine_without_data_is_examined_and_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "nothing here"
    ports = {"--port": free_port()}
    found = {finding.what: finding for finding in await examine(folder, ports, SystemClock())}
    assert found["Python"].verdict is Verdict.GOOD
    assert found["Database"].verdict is Verdict.GOOD
    assert found["Durability"].verdict is Verdict.GOOD
    assert found["Broker"].verdict is Verdict.GOOD
    assert not folder.exists()


async def test_a_taken_port_is_named_with_the_option_that_changes_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        findings = await examine(tmp_path / "none", {"--mqtt-port": port}, SystemClock())
    finding = next(f for f in findings if f.what == f"Port {port}")
    assert finding.verdict is Verdict.BAD
    assert "--mqtt-port" in finding.remedy


async def test_a_migrated_database_is_good(database_url: str) -> None:
    findings = await look_at_database(reached(database_url), SystemClock())
    verdicts = {finding.what: finding.verdict for finding in findings}
    assert verdicts["Schema"] is Verdict.GOOD
    assert verdicts["Clock"] is Verdict.GOOD


@pytest.mark.parametrize(
    ("at", "remedy"), [("0001", "make one first"), ("9999", "A newer Carebell")]
)
async def test_a_schema_of_another_version_is_told_what_leads_on(
    database_url: str, at: str, remedy: str
) -> None:
    connection = await db.connect(database_url)
    await connection.execute("UPDATE schema_version SET version_num = $1", at)
    await connection.close()
    findings = await look_at_database(reached(database_url), SystemClock())
    schema = next(finding for finding in findings if finding.what == "Schema")
    assert schema.verdict is Verdict.BAD
    assert remedy in schema.remedy


async def test_an_unreachable_database_is_bad_and_the_variable_is_named() -> None:
    url = f"postgresql://nobody:nothing@127.0.0.1:{free_port()}/none"
    (finding,) = await look_at_database(reached(url), SystemClock())
    assert finding.verdict is Verdict.BAD
    assert "CAREBELL_DATABASE_URL" in finding.remedy


def test_both_brokers_keep_what_is_not_acknowledged(any_broker: Any) -> None:
    url = any_broker.url
    assert look_at_broker(reached(mqtt_url=url)).verdict is Verdict.GOOD


def test_a_wrong_password_and_a_silent_port_are_told_apart(broker: Any) -> None:
    port = broker.port
    assert retention(Address.parse(BROKER.format("wrong", port))) is Retention.REFUSED
    assert retention(Address.parse(BROKER.format("any", free_port()))) is Retention.AWAY


@pytest.mark.parametrize("what", ["Broker"])
def test_the_remedy_names_the_setting(what: str) -> None:
    finding = look_at_broker(reached(mqtt_url=BROKER.format("any", free_port())))
    assert finding.what == what
    assert "CAREBELL_MQTT_URL" in finding.remedy
