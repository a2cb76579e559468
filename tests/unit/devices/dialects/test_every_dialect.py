"""What holds for every dialect in the table, also for the next one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import permutations, product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.dialects import carebell_v1
from devices.dialects.dialect import DecodeError, Dialect, Lane
from devices.dialects.known import KNOWN, Dialects
from devices.messages import Alarm, Heartbeat, Measure, Message, Reply, Status
from devices.topics import matches

NOW: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: Of each dialect: topics and payloads of every kind of message it knows.
FRAMES: Final[Mapping[str, Sequence[tuple[str, bytes]]]] = {
    "carebell-v1": [
        ("carebell/v1/north/T-1/alarm", b'{"kind":"sos"}'),
        ("carebell/v1/north/T-1/heartbeat", b"{}"),
        ("carebell/v1/north/T-1/measure", b'{"readings":[{"name":"co","value":3}]}'),
        ("carebell/v1/north/T-1/status", b'{"online":true}'),
        ("carebell/v1/north/T-1/reply", b'{"command":"c-1","ok":true}'),
    ]
}
TAKEN_BY: Final[Mapping[type[Message], Lane]] = {
    Alarm: Lane.ALARMS,
    Status: Lane.ALARMS,
    Reply: Lane.ALARMS,
    Heartbeat: Lane.BEATS,
    Measure: Lane.BEATS,
}
#: Levels that stand for one of a filter's wildcards, good and bad ones.
LEVEL: Final = st.sampled_from(["north", "T-1", "a/b", "A b", ""]) | st.text(max_size=8)
EVERY: Final = pytest.mark.parametrize("dialect", list(KNOWN), ids=lambda dialect: dialect.name)


def topics(dialect: Dialect) -> st.SearchStrategy[str]:
    """Topics that arrive by one of a dialect's filters."""
    filters = st.sampled_from([one.filter for one in dialect.subscriptions])
    return st.builds(
        lambda pattern, levels: "/".join(
            levels.pop() if level in {"+", "#"} else level for level in pattern.split("/")
        ),
        filters,
        st.lists(LEVEL, min_size=8, max_size=8),
    )


@EVERY
@given(data=st.data(), payload=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_decode_error(
    dialect: Dialect, data: st.DataObject, payload: bytes
) -> None:
    topic = data.draw(topics(dialect))
    dialect.origin(topic)
    with suppress(DecodeError):
        dialect.read(topic, payload, NOW)


@EVERY
def test_every_message_comes_by_a_topic_whose_lane_takes_it(dialect: Dialect) -> None:
    assert FRAMES.get(dialect.name), "a dialect has frames here"
    for topic, payload in FRAMES[dialect.name]:
        lanes = {s.lane for s in dialect.subscriptions if matches(s.filter, topic)}
        messages = dialect.read(topic, payload, NOW)
        assert messages
        assert {TAKEN_BY[type(message)] for message in messages} <= lanes


@EVERY
def test_a_filter_says_how_well_it_is_delivered(dialect: Dialect) -> None:
    assert dialect.subscriptions
    assert {one.qos for one in dialect.subscriptions} <= {0, 1}
    alarms = [one for one in dialect.subscriptions if one.lane is Lane.ALARMS]
    assert all(one.qos == 1 for one in alarms), "an alarm is not lost on its way"


def test_no_topic_is_of_two_dialects() -> None:
    for one, other in permutations(KNOWN, 2):
        for mine, theirs in product(one.subscriptions, other.subscriptions):
            assert not matches(mine.filter, theirs.filter), (one.name, other.name)


def test_two_dialects_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="the same name"):
        Dialects(carebell_v1.DIALECT, carebell_v1.DIALECT)


def test_each_lane_hears_its_filters_and_no_other_topic_is_known() -> None:
    assert KNOWN.heard(Lane.ALARMS) == [
        ("carebell/v1/+/+/alarm", 1),
        ("carebell/v1/+/+/status", 1),
        ("carebell/v1/+/+/reply", 1),
    ]
    assert KNOWN.heard(Lane.BEATS) == [
        ("carebell/v1/+/+/heartbeat", 0),
        ("carebell/v1/+/+/measure", 1),
    ]
    assert KNOWN.of("carebell/v1/north/T-1/alarm") is carebell_v1.DIALECT
    assert KNOWN.of("carebell/v2/north/T-1/alarm") is None
    assert KNOWN.named("carebell-v1") is carebell_v1.DIALECT
    assert KNOWN.named("carebell-v2") is None
