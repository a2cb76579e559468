import pytest
from paho.mqtt.client import topic_matches_sub

from devices.topics import is_area, is_terminal, matches

FILTERS = ["#", "a/#", "a/+/c", "+/b/#", "+/+", "a/b/c", "a", "+"]
TOPICS = ["a", "a/", "a/b", "a/b/c", "a/b/c/d", "b/b", "a//c", "/", ""]


@pytest.mark.parametrize("pattern", FILTERS)
def test_a_filter_matches_what_an_mqtt_client_says_it_matches(pattern: str) -> None:
    ours = [topic for topic in TOPICS if matches(pattern, topic)]
    assert ours == [topic for topic in TOPICS if topic_matches_sub(pattern, topic)]


@pytest.mark.parametrize("text", ["", "North", "a b", "a/b", "+", "a" * 33, "a\n"])
def test_what_could_not_stand_in_a_topic_is_no_area(text: str) -> None:
    assert not is_area(text)
    assert is_area("north-1")


@pytest.mark.parametrize("text", ["", "T.1", "T 1", "T/1", "#", "T" * 41, "T-1\n"])
def test_what_could_not_stand_in_a_topic_is_no_terminal(text: str) -> None:
    assert not is_terminal(text)
    assert is_terminal("T-1")
