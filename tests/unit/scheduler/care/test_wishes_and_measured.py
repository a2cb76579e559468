"""Wishes of residents become skills; how long visits took becomes how long they are planned."""

from uuid import UUID

import pytest

from scheduler.care.measured import LEAST, NOTHING, MeasuredLengths, Sample
from scheduler.care.wishes import offered, wished

HOME, RESIDENT = UUID(int=7), UUID(int=8)


def test_each_wish_is_a_skill_that_only_whoever_fulfils_it_has() -> None:
    asked = wished("female", ["wuu", "cmn"], HOME)
    assert asked == {"gender:female", "language:cmn/wuu", f"key:{HOME}"}
    everything = offered("female", frozenset({"wuu"}), frozenset({HOME}), asked=asked)
    assert everything == asked
    assert offered("male", frozenset({"yue"}), frozenset(), asked=asked) == frozenset()


def test_one_shared_language_is_enough() -> None:
    asked = wished(None, ["wuu", "cmn"], None)
    assert offered("male", frozenset({"cmn", "eng"}), frozenset(), asked=asked) == asked


def test_nobody_without_wishes_asks_for_anything() -> None:
    assert wished(None, [], None) == frozenset()


def measured(visits: int, seconds: int, *, own: Sample | None = None) -> MeasuredLengths:
    return MeasuredLengths(
        alike={("bath", 2): Sample(visits=visits, seconds=seconds)},
        resident={} if own is None else {("bath", RESIDENT): own},
    )


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (NOTHING, 1_800),
        (measured(LEAST, 2_400), 2_400),
        (measured(LEAST - 1, 2_400), 1_800),
        (measured(LEAST, 600), 1_800),
        (measured(LEAST, 90_000), 3_600),
        (measured(50, 2_400, own=Sample(visits=LEAST, seconds=2_000)), 2_000),
        (measured(50, 2_400, own=Sample(visits=LEAST - 1, seconds=2_000)), 2_400),
    ],
)
def test_a_visit_is_planned_as_long_as_its_like_took_but_never_shorter_than_agreed(
    known: MeasuredLengths, expected: int
) -> None:
    assert known.seconds("bath", 2, RESIDENT, 30) == expected
