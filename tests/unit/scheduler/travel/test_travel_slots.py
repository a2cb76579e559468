"""A shift travels by the times of the part of the day it mostly lies in."""

import pytest

from scheduler.model.problem import BUS, CAR, DAY, EBIKE, WALK, Mode, Window
from scheduler.travel.slots import ALL_DAY, Slot, Slots, base

HOUR = 3_600


def hours(start: float, end: float) -> Window:
    return Window(start=round(start * HOUR), end=round(end * HOUR))


SLOTS = Slots(
    (
        Slot(name="morning", window=hours(7, 9), factors={CAR: 1.6, BUS: 1.4}),
        Slot(name="evening", window=hours(17, 19), factors={CAR: 1.5}),
        Slot(name="night", window=hours(22, 30), factors={CAR: 0.8}),
    )
)


@pytest.mark.parametrize(
    ("shift", "mode"),
    [
        (hours(7, 9), "car@morning"),
        (hours(6, 8.5), "car@morning"),
        (hours(8, 16), "car"),
        (hours(9, 12), "car"),
        (hours(16.5, 19.5), "car@evening"),
        (hours(22, 30), "car@night"),
        (hours(1, 5), "car@night"),
        (hours(30, 33), "car@morning"),
        (hours(8, 10), "car"),
    ],
)
def test_a_shift_has_the_slot_that_most_of_it_lies_in(shift: Window, mode: str) -> None:
    assert SLOTS.timed(CAR, shift) == mode


def test_without_slots_every_shift_has_the_plain_mode() -> None:
    assert ALL_DAY.timed(CAR, hours(7, 9)) == CAR


def test_a_factor_is_of_the_mode_in_the_slot_and_one_otherwise() -> None:
    assert SLOTS.factor(Mode("car@morning")) == 1.6
    assert SLOTS.factor(Mode("walk@morning")) == 1
    assert SLOTS.factor(CAR) == 1
    assert SLOTS.factor(Mode("car@tea-time")) == 1


def test_a_key_names_its_mode_and_its_slot() -> None:
    slot = SLOTS.slot_of(Mode("ebike@evening"))
    assert slot is not None
    assert slot.name == "evening"
    assert base(Mode("ebike@evening")) == EBIKE
    assert base(WALK) == WALK
    assert SLOTS.slot_of(WALK) is None


@pytest.mark.parametrize(
    ("mode", "span", "touches"),
    [
        ("car@morning", hours(8.9, 11), True),
        ("car@morning", hours(9, 11), False),
        ("car@night", hours(2, 3), True),
        ("car", hours(9, 11), True),
    ],
)
def test_a_time_concerns_the_slots_it_meets_and_every_plain_mode(
    mode: str, span: Window, touches: bool
) -> None:
    assert SLOTS.touches(Mode(mode), span) is touches


@pytest.mark.parametrize(
    "slots",
    [
        (Slot(name="a", window=hours(7, 9)), Slot(name="a", window=hours(9, 10))),
        (Slot(name="a", window=hours(7, 9)), Slot(name="b", window=hours(8, 10))),
        (Slot(name="a", window=hours(5, 9)), Slot(name="b", window=hours(22, 30))),
        (Slot(name="a@b", window=hours(7, 9)),),
        (Slot(name="a", window=Window(start=HOUR, end=HOUR)),),
        (Slot(name="a", window=Window(start=0, end=DAY + 1)),),
        (Slot(name="a", window=hours(7, 9), factors={CAR: 0}),),
    ],
)
def test_slots_that_could_mean_two_things_are_refused(slots: tuple[Slot, ...]) -> None:
    with pytest.raises(ValueError, match="travel slot"):
        Slots(slots)
