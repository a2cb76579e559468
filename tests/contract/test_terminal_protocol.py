"""The protocol's page is what the code does, and the simulator keeps to it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from devices import topics
from devices.dialects import carebell_v1
from devices.dialects.carebell_v1 import Channel, topic_of
from devices.lanes.alarms import received
from devices.messages import Alarm, Heartbeat, Measure, Message, Reply, Status
from devices.quantities import QUANTITIES
from devices.registry.commands.sending import TYPES, retry_after
from devices.simulator.device import Device
from devices.simulator.household import Rates, Temper
from devices.supervision import DEFAULT_POLICY

PAGE: Final = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```json (\w+)\n(.*?)```", PAGE, re.DOTALL)
NOW: Final = datetime(2026, 3, 2, 1, 30, 10, tzinfo=UTC)


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def decoded(channel: Channel, payload: bytes) -> Message:
    [message] = carebell_v1.read(topic_of("north", "T-1", channel), payload, NOW)
    return message


def command_of(alarm: str) -> bytes:
    """Return the payload by which we say `received`."""
    message = decoded(Channel.ALARM, json.dumps({"id": alarm, "kind": "sos"}).encode())
    assert isinstance(message, Alarm)
    topic, payload = carebell_v1.write(received(message))
    assert topic == topic_of("north", "T-1", Channel.COMMAND)
    return payload


@pytest.mark.parametrize(
    ("channel", "text"), [e for e in EXAMPLES if e[0] != "command"], ids=lambda value: value[:9]
)
def test_every_example_is_understood_whole(channel: str, text: str) -> None:
    message, given = decoded(Channel(channel), text.encode()), json.loads(text)
    match message:
        case Alarm():
            assert message.id == given["id"]
            assert message.kind == given["kind"]
            assert not message.clock_suspect
            assert (message.location is None) == ("loc" not in given)
            assert message.data == given["data"]
        case Heartbeat(stamp=stamp):
            assert (stamp.battery, stamp.rssi, message.mains) == (81, -74, True)
        case Measure():
            assert [r.name for r in message.readings] == [r["name"] for r in given["readings"]]
            assert all(r.in_range and QUANTITIES[r.name].unit == r.unit for r in message.readings)
        case Status():
            assert message.online is given["online"]
        case Reply():
            assert message.ok


def test_there_is_an_example_for_every_channel() -> None:
    assert {channel for channel, _ in EXAMPLES} == set(Channel)


def test_the_page_lists_the_kinds_that_are_known() -> None:
    listed = re.search(r"Kinds: (.*?)\.\n", section("`alarm`"), re.DOTALL)
    assert listed
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(carebell_v1.KINDS)


def test_the_page_lists_the_commands_that_can_be_sent() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", section("`command` and `reply`"), re.MULTILINE)) == (
        TYPES
    )


def test_the_page_lists_the_quantities_with_units_and_ranges() -> None:
    rows = re.findall(
        r"^\| `(\w+)`[^|]*\| ([^|]+) \| (\S+) … (\S+) \|", section("`measure`"), re.MULTILINE
    )
    listed = {
        name: (unit, float(low.replace(",", "")), float(high.replace(",", "")))
        for name, unit, low, high in rows
    }
    assert listed == {name: (q.unit, q.low, q.high) for name, q in QUANTITIES.items()}


def test_the_page_states_the_limits_that_hold() -> None:
    assert f"`{topics.AREA.pattern}`" in PAGE
    assert f"`{topics.TERMINAL.pattern}`" in PAGE
    low, full = DEFAULT_POLICY.low_battery, DEFAULT_POLICY.battery_ok
    assert f"{low} or less is low until it is {full} again" in PAGE
    waits = [retry_after(n) // timedelta(seconds=1) for n in range(1, 6)]
    assert waits == [5, 10, 20, 40, 60]
    assert "after 5, 10, 20, 40 and then every 60 s" in PAGE


def test_what_we_send_is_what_the_page_shows() -> None:
    [example] = [json.loads(text) for channel, text in EXAMPLES if channel == "command"]
    sent = json.loads(command_of(example["alarm"]))
    assert {**sent, "id": 0} == {**example, "id": 0}


def test_the_simulator_understands_what_we_send() -> None:
    device = Device("1:T-1", Temper(0, 0, 90, -70), Rates(), 300)
    [send] = [s for s in device.command(b'{"id":"c","type":"test"}', 0, NOW) if s.alarm]
    assert send.alarm in device.pending
    list(device.command(command_of(send.alarm or ""), 1, NOW))
    assert device.pending == {}
