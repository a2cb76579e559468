import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.dialects import carebell_v1
from devices.dialects.carebell_v1 import KINDS, Channel, topic_of
from devices.dialects.dialect import Command, DecodeError
from devices.events import PLATFORM_KINDS, SignalKind, TerminalId
from devices.messages import Alarm, Heartbeat, Measure, Origin, Reply, Status

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
OPTIONAL = ["seq", "boot", "at", "battery", "rssi", "loc", "test", "data"]
FIELDS = st.sampled_from(
    ["id", "kind", *OPTIONAL, "readings", "online", "command", "ok", "error", "next_s", "fw"]
)


def read(channel: Channel, payload: Any, at: datetime = NOW) -> Any:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    [message] = carebell_v1.read(topic_of("north", "T-1", channel), raw, at)
    return message


def from_t1(channel: Channel) -> Origin:
    return Origin("north", TerminalId("T-1"), channel.value)


def alarm(**fields: Any) -> Alarm:
    message = read(Channel.ALARM, {"id": "a-1", "kind": "sos", **fields})
    assert isinstance(message, Alarm)
    return message


def test_a_full_alarm() -> None:
    got = alarm(
        seq=7,
        boot="b1",
        at="2026-03-02T09:00:01+08:00",
        battery=81,
        rssi=-70,
        loc={"lat": 31.8, "lon": 119.9, "acc": 12, "crs": "wgs84"},
        data={"button": "red"},
    )
    assert (got.id, got.kind, got.test, got.clock_suspect) == ("a-1", SignalKind.SOS, False, False)
    assert (got.stamp.seq, got.stamp.boot) == (7, "b1")
    assert got.stamp.at == NOW + timedelta(seconds=1)
    assert (got.stamp.battery, got.stamp.rssi) == (81, -70)
    assert got.location is not None
    assert (got.location.position.lat, got.location.accuracy_m) == (31.8, 12)
    assert got.data == {"button": "red"}


def test_time_may_be_milliseconds() -> None:
    assert alarm(at=int(NOW.timestamp() * 1000)).stamp.at == NOW


@pytest.mark.parametrize(
    "at", [None, "yesterday", "2026-03-02T01:00:00", 10**30, -1, "2026-02-28T01:00:00Z", True]
)
def test_a_clock_that_is_missing_or_far_off_is_flagged_and_kept(at: Any) -> None:
    got = alarm(at=at)
    assert got.clock_suspect
    assert at is None or "at" in got.data


def test_a_fix_in_a_chinese_datum_is_brought_to_wgs84() -> None:
    got = alarm(loc={"lat": 31.8, "lon": 119.9, "crs": "gcj02"})
    assert got.location is not None
    assert 0.0005 < abs(got.location.position.lon - 119.9) < 0.01


@pytest.mark.parametrize("loc", [{"lat": 31.8, "lon": 119.9}, {"lat": 95, "lon": 1, "crs": "bd09"}])
def test_a_fix_that_does_not_say_its_datum_is_none(loc: Any) -> None:
    assert alarm(loc=loc).location is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_the_protocol_is_known(kind: str) -> None:
    assert alarm(kind=kind).kind == kind
    assert alarm(kind=f" {kind.upper()} ").kind == kind


@pytest.mark.parametrize("kind", ["earthquake", "", None, 5, *sorted(PLATFORM_KINDS)])
def test_any_other_kind_is_an_unknown_alarm_never_silence(kind: Any) -> None:
    got = alarm(kind=kind)
    assert got.kind is SignalKind.UNKNOWN
    assert got.data["kind"] == kind


def test_flaws_beside_an_alarm_do_not_cost_the_alarm() -> None:
    got = alarm(seq="seven", battery=400, rssi="bad", boot={}, loc="here", data=[1], extra="x")
    assert (got.kind, got.stamp.seq, got.stamp.battery) == (SignalKind.SOS, None, None)
    assert got.data == {"value": [1]}


def test_an_alarm_without_an_id_is_one_with_its_repeats_and_another_later() -> None:
    body = {"kind": "sos"}
    first, again = read(Channel.ALARM, body), read(Channel.ALARM, body, NOW + timedelta(seconds=9))
    later = read(Channel.ALARM, body, NOW + timedelta(hours=1))
    assert first.id == again.id != later.id
    assert len(first.id) <= 64


def test_what_postgresql_cannot_store_is_taken_out() -> None:
    got = alarm(id="a\x00b", data={"k\x00": "v\x00", "n": 10**400})
    assert (got.id, got.data) == ("ab", {"k": "v", "n": None})


def test_a_test_is_one() -> None:
    assert alarm(test=True).test
    assert alarm(kind="test").test
    assert not alarm(test="yes").test


@pytest.mark.parametrize("payload", [b"", b"\xff", b"null", b"[]", b"{", b'{"a":NaN}', b"{}"])
def test_noise_is_no_alarm(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        read(Channel.ALARM, payload)


def test_a_payload_beyond_eight_kibibytes_is_refused() -> None:
    with pytest.raises(DecodeError, match="too-long"):
        alarm(data={"x": "y" * 9000})


def test_a_heartbeat() -> None:
    got = read(
        Channel.HEARTBEAT,
        {"seq": 3, "boot": "b", "battery": 77.6, "mains": True, "fw": "1.2", "next_s": 300},
    )
    assert got == Heartbeat(from_t1(Channel.HEARTBEAT), got.stamp, mains=True, fw="1.2", next_s=300)
    assert (got.stamp.seq, got.stamp.battery) == (3, 78)


def test_a_sleep_longer_than_a_day_is_not_believed() -> None:
    assert read(Channel.HEARTBEAT, {"next_s": 10**9}).next_s is None


def test_readings_leave_out_what_is_none() -> None:
    listed = [{"name": "spo2", "value": 97, "unit": "%"}, {"name": "x"}, 5]
    got = read(Channel.MEASURE, {"readings": listed})
    assert isinstance(got, Measure)
    assert [(r.name, r.value) for r in got.readings] == [("spo2", 97)]


def test_a_status_is_online_offline_or_cleared() -> None:
    origin, topic = from_t1(Channel.STATUS), topic_of("north", "T-1", Channel.STATUS)
    assert read(Channel.STATUS, {"online": True}) == Status(origin, online=True)
    assert read(Channel.STATUS, {"online": False}) == Status(origin, online=False)
    assert carebell_v1.read(topic, b"", NOW) == ()


def test_a_reply_names_its_command() -> None:
    command = "01890a5d-ac96-774b-bcce-b302099a8057"
    got = read(Channel.REPLY, {"command": command, "ok": False, "error": "no fix"})
    assert got == Reply(from_t1(Channel.REPLY), UUID(command), ok=False, error="no fix")
    assert read(Channel.REPLY, {"command": "mine", "ok": True}).command is None


def test_commands_do_not_come_up() -> None:
    with pytest.raises(DecodeError):
        read(Channel.COMMAND, {"id": "x"})


@given(channel=st.sampled_from(Channel), body=JSON | st.dictionaries(FIELDS, JSON))
def test_no_json_raises_anything_but_decode_error(channel: Channel, body: Any) -> None:
    try:
        message = read(channel, json.dumps(body).encode("utf-8", "surrogatepass"))
    except DecodeError:
        return
    if isinstance(message, Alarm):
        stored = json.dumps(dict(message.data), allow_nan=False)
        assert "\\u0000" not in stored
        assert "\x00" not in message.id


@given(
    area=st.from_regex(r"\A[a-z0-9-]{1,32}\Z"),
    terminal=st.from_regex(r"\A[A-Za-z0-9-]{1,40}\Z"),
    channel=st.sampled_from(Channel),
)
def test_a_topic_read_back_is_what_was_written(area: str, terminal: str, channel: Channel) -> None:
    assert carebell_v1.origin(topic_of(area, terminal, channel)) == (area, terminal, channel)


@given(st.text())
def test_any_text_is_a_topic_or_none(text: str) -> None:
    origin = carebell_v1.origin(text)
    assert origin is None or topic_of(*origin[:2], Channel(origin.channel)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "carebell/v1/north/T-1",
        "carebell/v2/north/T-1/alarm",
        "carebell/v1/North/T-1/alarm",
        "carebell/v1/north/T.1/alarm",
        "carebell/v1/north/T 1/alarm",
        "carebell/v1/north/T-1/alarm/",
        "carebell/v1/north/T-1/Alarm",
        "carebell/v1/north/T-1\n/alarm",
        "carebell/v1//T-1/alarm",
        "carebell/v1/north/" + "T" * 41 + "/alarm",
    ],
)
def test_what_is_not_in_the_grammar_is_no_topic(text: str) -> None:
    assert carebell_v1.origin(text) is None
    with pytest.raises(DecodeError, match="bad-topic"):
        carebell_v1.read(text, b'{"kind":"sos"}', NOW)


def test_a_topic_cannot_be_made_of_a_wildcard() -> None:
    with pytest.raises(ValueError, match="not a topic"):
        topic_of("north", "+", Channel.ALARM)


def test_a_terminal_publishes_everything_but_commands_and_reads_those() -> None:
    rights = carebell_v1.rights("north", TerminalId("T-1"))
    assert {topic.rpartition("/")[2] for topic in rights.publish} == set(Channel) - {"command"}
    assert rights.subscribe == ("carebell/v1/north/T-1/command",)


def test_a_command_goes_to_its_terminal_with_its_id_and_type() -> None:
    command = Command(
        id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
        area="north",
        terminal=TerminalId("T-1"),
        type="say",
        body={"text": "马上来"},
    )
    topic, payload = carebell_v1.write(command)
    assert topic == "carebell/v1/north/T-1/command"
    assert json.loads(payload) == {"text": "马上来", "id": str(command.id), "type": "say"}
