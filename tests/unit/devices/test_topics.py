import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import topics
from devices.topics import Channel

AREAS = st.from_regex(r"\A[a-z0-9-]{1,32}\Z")
TERMINALS = st.from_regex(r"\A[A-Za-z0-9-]{1,40}\Z")


@given(area=AREAS, terminal=TERMINALS, channel=st.sampled_from(Channel))
def test_a_topic_read_back_is_what_was_written(area: str, terminal: str, channel: Channel) -> None:
    assert topics.parse(topics.topic(area, terminal, channel)) == (area, terminal, channel)


@given(st.text())
def test_any_text_is_a_topic_or_none(text: str) -> None:
    parsed = topics.parse(text)
    assert parsed is None or topics.topic(*parsed) == text


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
    assert topics.parse(text) is None


def test_a_topic_cannot_be_made_of_a_wildcard() -> None:
    with pytest.raises(ValueError, match="not a topic"):
        topics.topic("north", "+", Channel.ALARM)


def test_a_terminal_publishes_everything_but_commands() -> None:
    assert set(topics.UP) == set(Channel) - {Channel.COMMAND}
