"""One console's conversation: nothing is missed and nothing comes twice."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.feed.protocol import Change, ProtocolViolationError, Resume, change, frame
from web.live.session import (
    ConsoleSession,
    Phase,
    Replay,
    Snapshot,
    Stream,
    how_to_sync,
)

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EPOCH = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
HELLO = '{"type":"hello","resume":null}'


def told(seq: int, area: str = "a") -> Change:
    return change(seq=seq, area=area, at=AT, topic="incident.opened", incident={"n": seq})


def read(frames: list[str]) -> list[dict[str, Any]]:
    return [json.loads(text) for text in frames]


def live(seq: int, *areas: str) -> ConsoleSession:
    session = ConsoleSession(frozenset(areas), keep=100)
    session.receive(HELLO)
    assert session.snapshotted(seq) == []
    return session


def test_a_change_names_the_frame_before_it() -> None:
    session = live(10, "a")
    first, second = read(session.offer([told(11), told(14)]))
    assert (first["seq"], first["prev"]) == (11, 10)
    assert (second["seq"], second["prev"]) == (14, 11)
    assert second["incident"] == {"n": 14}
    assert second["visit"] is None
    assert second["at"] == "2026-03-02T01:00:00Z"


def test_facts_of_other_areas_are_skipped_and_the_chain_holds() -> None:
    session = live(10, "a")
    assert session.offer([told(11, "b")]) == []
    (shown,) = read(session.offer([told(12, "b"), told(13, "a")]))
    assert (shown["seq"], shown["prev"]) == (13, 10)


def test_changes_before_the_snapshot_are_kept_and_those_it_shows_dropped() -> None:
    session = ConsoleSession(frozenset({"a"}), keep=100)
    session.receive(HELLO)
    assert session.offer([told(5), told(6)]) == []
    assert session.offer([told(7)]) == []
    (shown,) = read(session.snapshotted(6))
    assert (shown["seq"], shown["prev"]) == (7, 6)


def test_a_console_that_waits_too_long_for_its_snapshot_is_given_up() -> None:
    session = ConsoleSession(frozenset({"a"}), keep=3)
    session.offer([told(1), told(2), told(3)])
    with pytest.raises(OverflowError):
        session.offer([told(4)])


def test_a_replay_starts_from_where_the_console_stood() -> None:
    session = ConsoleSession(frozenset({"a"}), keep=100)
    session.receive(HELLO)
    session.offer([told(8), told(9)])
    frames = read(session.replayed(5, [told(6), told(7, "b"), told(8)], 8))
    assert [(f["prev"], f["seq"]) for f in frames] == [(5, 6), (6, 8), (8, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "[]",
        '{"type":"pong"}',
        '{"type":"hello","resume":{"epoch":"x","seq":1}}',
        '{"type":"hello","resume":{"epoch":"01890a5d-ac96-774b-bcce-b302099a8057","seq":-1}}',
        '{"type":"subscribe"}',
        '{"type":"hello","pad":"' + "x" * 5000 + '"}',
    ],
)
def test_anything_but_a_hello_first_is_refused(text: str) -> None:
    with pytest.raises(ProtocolViolationError):
        ConsoleSession(frozenset(), keep=1).receive(text)


def test_a_second_hello_is_refused_and_a_pong_is_not() -> None:
    session = live(1, "a")
    assert session.receive('{"type":"pong"}') is None
    with pytest.raises(ProtocolViolationError):
        session.receive(HELLO)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    session = ConsoleSession(frozenset(), keep=1)
    try:
        session.receive(text)
    except ProtocolViolationError:
        assert session.phase is Phase.GREETING


@pytest.mark.parametrize(
    ("resume", "oldest", "head", "expected"),
    [
        (None, 1, 9, Snapshot()),
        (Resume(epoch=uuid4(), seq=9), 1, 9, Snapshot()),  # another numbering
        (Resume(epoch=EPOCH, seq=10), 1, 9, Snapshot()),  # from the future: a restored backup
        (Resume(epoch=EPOCH, seq=9), 1, 9, Replay(9)),
        (Resume(epoch=EPOCH, seq=9), 0, 9, Replay(9)),  # all pruned, but nothing missed
        (Resume(epoch=EPOCH, seq=4), 1, 9, Replay(4)),
        (Resume(epoch=EPOCH, seq=4), 5, 9, Replay(4)),
        (Resume(epoch=EPOCH, seq=4), 6, 9, Snapshot()),  # 5 is pruned
        (Resume(epoch=EPOCH, seq=4), 0, 9, Snapshot()),  # all pruned
        (Resume(epoch=EPOCH, seq=0), 1, 100, Replay(0)),
        (Resume(epoch=EPOCH, seq=0), 1, 101, Snapshot()),  # too much to replay
    ],
)
def test_what_was_missed_is_replayed_only_when_all_of_it_is_there(
    resume: Resume | None, oldest: int, head: int, expected: Replay | Snapshot
) -> None:
    stream = Stream(epoch=EPOCH, oldest=oldest, head=head, limit=100)
    assert how_to_sync(resume, stream) == expected


def test_a_hub_behind_the_snapshot_does_not_double_what_it_shows() -> None:
    session = live(10, "a")
    (shown,) = read(session.offer([told(9), told(10), told(11)]))
    assert (shown["seq"], shown["prev"]) == (11, 10)


@given(
    areas=st.lists(st.sampled_from("ab"), min_size=1, max_size=12),
    jumps=st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=8),
)
def test_through_any_number_of_reconnections_each_change_comes_once(
    areas: list[str], jumps: list[tuple[int, int, int]]
) -> None:
    """A console that drops and resumes anywhere sees every change of its area once, in order."""
    facts = [told(seq, area) for seq, area in enumerate(areas, 1)]
    seen: list[int] = []
    at, hub = 0, 0  # the last frame the console got; how far the hub has told
    for while_syncing, ahead, while_live in [*jumps, (0, 0, len(facts))]:
        session = ConsoleSession(frozenset("a"), keep=1000)
        session.receive(HELLO)
        joined, hub = hub, min(hub + while_syncing, len(facts))
        session.offer(facts[joined:hub])
        upto = max(at, min(joined + ahead, len(facts)))  # the replay may be ahead of the hub
        frames = session.replayed(at, facts[at:upto], upto)
        told_live, hub = facts[hub : hub + while_live], min(hub + while_live, len(facts))
        frames += session.offer(told_live)
        for shown in read(frames):
            assert shown["prev"] == at
            at = shown["seq"]
            seen.append(at)
    assert seen == [fact.seq for fact in facts if fact.area == "a"]


def test_other_frames_are_plain_objects() -> None:
    assert json.loads(frame("ping", now=AT)) == {"type": "ping", "now": "2026-03-02T01:00:00Z"}
