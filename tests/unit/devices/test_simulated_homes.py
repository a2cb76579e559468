import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.dialects import carebell_v1
from devices.dialects.carebell_v1 import Channel, topic_of
from devices.messages import Alarm, Heartbeat, Measure
from devices.simulator.device import Device, Send
from devices.simulator.household import DAY_S, Event, Happening, Rates, Temper, life, temper

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CALM = Temper(phase_s=10, drift=0, battery=90, rssi=-70)


def device(**more: Any) -> Device:
    return Device("1:T-1", CALM, Rates(), 300, **more)


def bodies(sends: list[Send]) -> list[Any]:
    return [json.loads(send.payload) for send in sends]


def press(at_s: float = 100) -> Event:
    return Event(at_s, Happening.EMERGENCY, "sos")


@given(st.text(max_size=10))
def test_the_same_seed_is_the_same_life_in_order(seed: str) -> None:
    one = list(itertools.islice(life(seed, 10, Rates()), 50))
    assert one == list(itertools.islice(life(seed, 10, Rates()), 50))
    assert one == sorted(one)


def test_another_seed_is_another_life() -> None:
    lives = {next(life(str(seed), 10, Rates())) for seed in range(20)}
    assert len(lives) == 20


def test_presses_of_a_fleet_are_as_rare_as_asked() -> None:
    homes, hours = 200, 48
    presses = sum(
        event.what is Happening.EMERGENCY
        for n in range(homes)
        for event in itertools.takewhile(
            lambda e: e.at_s < hours * 3600,
            life(str(n), homes, Rates(emergencies_per_hour=10, repeat_chance=0)),
        )
    )
    # thinned by the hour of the day: about two thirds remain
    assert 0.5 * 10 * hours < presses < 0.85 * 10 * hours


def test_what_is_lost_comes_back() -> None:
    rates = Rates(power_cuts_per_day=5, network_losses_per_day=5)
    events = list(itertools.takewhile(lambda e: e.at_s < 30 * DAY_S, life("1", 1, rates)))
    for lost, back in (
        (Happening.POWER_LOST, Happening.POWER_BACK),
        (Happening.NETWORK_LOST, Happening.NETWORK_BACK),
    ):
        gone = sum(event.what is lost for event in events)
        returned = sum(event.what is back for event in events)
        assert gone > 50
        assert abs(gone - returned) <= 3


def test_a_temper_is_seeded() -> None:
    assert temper("1:T-1", 300) == temper("1:T-1", 300) != temper("1:T-2", 300)


def test_a_device_beats_at_its_own_phase_and_pace() -> None:
    made = device()
    assert made.due_s() == 10
    assert [s.channel for s in made.tick(10, NOW)] == [Channel.HEARTBEAT]
    assert made.due_s() == 310
    assert [s.channel for s in made.tick(2000, NOW)] == [Channel.HEARTBEAT]
    assert made.due_s() == 2110


def test_it_repeats_an_alarm_until_it_is_received_with_the_same_id() -> None:
    made = device()
    [first] = made.happen(press(), NOW)
    again = [send for at in range(101, 200) for send in made.tick(at, NOW) if send.alarm]
    assert 5 <= len(again) <= 20
    assert {send.payload for send in again} == {first.payload}
    received = {"id": "c", "type": "alarm_state", "alarm": first.alarm, "state": "received"}
    [reply] = made.command(json.dumps(received).encode(), 200, NOW)
    assert reply.channel is Channel.REPLY
    assert made.pending == {}
    assert not [send for at in range(201, 300) for send in made.tick(at, NOW) if send.alarm]


def test_another_press_has_another_id() -> None:
    made = device()
    [one], [two] = list(made.happen(press(), NOW)), list(made.happen(press(105), NOW))
    assert one.alarm != two.alarm


def test_an_alarm_pressed_without_network_is_sent_when_it_is_back() -> None:
    made = device()
    assert list(made.happen(Event(50, Happening.NETWORK_LOST), NOW)) == []
    assert list(made.happen(press(60), NOW)) == []
    assert [send for at in range(61, 200) for send in made.tick(at, NOW)] == []
    sends = list(made.happen(Event(200, Happening.NETWORK_BACK), NOW))
    assert [send.channel for send in sends] == [Channel.HEARTBEAT, Channel.ALARM]


def test_a_cancel_names_the_alarm_it_cancels() -> None:
    made = device()
    [alarm] = made.happen(press(), NOW)
    [cancel] = bodies(list(made.happen(Event(110, Happening.CANCEL), NOW)))
    assert (cancel["kind"], cancel["data"]["alarm"]) == ("cancelled", alarm.alarm)


def test_a_battery_drains_is_told_of_once_and_is_changed() -> None:
    made = Device("1:T-1", CALM, Rates(battery_days=10), 3600)
    told = []
    for hour in range(24 * 30):
        told += [b for b in bodies(list(made.tick(hour * 3600.0, NOW))) if "kind" in b]
        made.pending.clear()
    assert [alarm["kind"] for alarm in told] == ["low_battery"] * len(told)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("command", "channels"),
    [
        ({"type": "ask"}, [Channel.HEARTBEAT, Channel.REPLY]),
        ({"type": "test"}, [Channel.ALARM, Channel.REPLY]),
        ({"type": "say", "text": "hello"}, [Channel.REPLY]),
        ({"type": "set", "heartbeat_s": 60}, [Channel.REPLY]),
    ],
)
def test_commands_are_answered(command: dict[str, Any], channels: list[Channel]) -> None:
    made = device()
    sends = list(made.command(json.dumps({"id": "c-1", **command}).encode(), 5, NOW))
    assert [send.channel for send in sends] == channels
    assert bodies(sends)[-1] == {"command": "c-1", "ok": True}
    assert made.due_s() == (65 if command["type"] == "set" else made.due_s())


def test_a_clock_drifts() -> None:
    made = Device("1:T-1", Temper(0, 4, 90, -70), Rates(), 300)
    assert made.clock(DAY_S, NOW) == NOW + timedelta(seconds=4)


def test_what_it_sends_is_what_the_platform_reads() -> None:
    made, seqs = device(), []
    sends = [*made.tick(10, NOW), *made.happen(press(), NOW), *made.tick(310, NOW)]
    sends += made.happen(Event(400, Happening.MEASURED), NOW)
    for send in sends:
        topic = topic_of("a", "T-1", send.channel)
        [message] = carebell_v1.read(topic, send.payload, NOW)
        assert isinstance(message, Alarm | Heartbeat | Measure)
        seqs.append(message.stamp.seq or 0)
    assert [send.channel for send in sends] == [
        "heartbeat",
        "alarm",
        "heartbeat",
        "alarm",
        "measure",
    ]
    assert seqs == [1, 2, 3, 2, 4]  # the resend is the same message
