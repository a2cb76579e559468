"""Repeats, silence, trials, and things that happen at once at one home."""

from dataclasses import replace

from devices.events import Location, Signal, SignalKind
from dispatch.incidents.model import Disposition
from kernel.geo import Position
from tests.stories.town import Town, minutes, seconds


async def test_pressing_again_and_again_is_one_call_three_times(town: Town) -> None:
    miller = town.home("Miller")
    for _ in range(3):
        await miller.presses_pendant()
        await town.time_passes(seconds(2))
    assert [one.presses for one in await miller.incidents()] == [3]
    assert await town.told() == ["incident.opened", "incident.signalled", "incident.signalled"]


async def test_the_same_press_sent_five_times_is_one_alarm(town: Town) -> None:
    miller = town.home("Miller")
    for _ in range(5):
        await miller.presses_pendant("press-1")
    assert [one.presses for one in await miller.incidents()] == [1]
    assert await town.told() == ["incident.opened"]


async def test_a_repeat_of_an_old_press_opens_nothing_after_the_end(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant("press-1")
    await li.claims(miller)
    await li.closes(miller)
    await miller.presses_pendant("press-1")
    assert [one.state for one in await miller.incidents()] == ["closed"]


async def test_a_new_press_after_the_end_is_a_new_call(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.closes(miller)
    await miller.presses_pendant()
    assert [one.state for one in await miller.incidents()] == ["closed", "open"]


async def test_a_silent_terminal_is_noticed_quietly_and_forgotten_when_heard(town: Town) -> None:
    miller = town.home("Miller")
    await miller.falls_silent()
    silence = await miller.incident()
    assert (silence.category, silence.priority, silence.state) == ("technical", 3, "open")
    await town.time_passes(minutes(10))
    await miller.is_heard_again()
    over = await miller.incident()
    assert (over.state, over.disposition, over.cleared) == ("closed", "device_fault", True)


async def test_a_silence_somebody_looks_into_is_marked_cleared_and_left_to_them(
    town: Town,
) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.falls_silent()
    await li.claims(miller)
    await miller.is_heard_again()
    cleared = await miller.incident()
    assert (cleared.state, cleared.cleared) == ("claimed", True)
    assert (await town.told())[-1] == "incident.cleared"


async def test_a_press_on_a_silent_home_rings_as_what_it_is(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.falls_silent()
    await li.claims(miller)
    await town.time_passes(minutes(2))
    await miller.presses_pendant()
    now = await miller.incident()
    assert (now.category, now.kind, now.priority, now.presses) == ("emergency", "sos", 1, 1)
    assert (now.state, now.claimed_by) == ("open", None)
    assert now.waiting_since == town.clock.now()
    await town.time_passes(seconds(20))
    assert await li.hears(miller) == 1


async def test_a_press_is_never_closed_by_a_terminal_that_comes_back(town: Town) -> None:
    miller = town.home("Miller")
    await miller.falls_silent()
    await miller.presses_pendant()
    await miller.is_heard_again()
    assert (await miller.incident()).state == "open"


async def test_a_terminals_own_cancel_is_written_down_and_closes_nothing(town: Town) -> None:
    miller = town.home("Miller")
    press = await miller.presses_pendant()
    await miller.sends(SignalKind.CANCELLED, alarm=press)
    assert (await miller.incident()).state == "open"
    assert await miller.timeline() == ["signalled", "device_remarked"]


async def test_a_trial_is_shown_as_one_and_a_real_press_after_it_as_real(town: Town) -> None:
    miller = town.home("Miller")
    await miller.sends(SignalKind.SOS, test=True)
    trial = await miller.incident()
    assert (trial.test, trial.category, trial.priority) == (True, "technical", 3)
    await miller.presses_pendant()
    real = await miller.incident()
    assert (real.id, real.test, real.category, real.priority) == (trial.id, False, "emergency", 1)


async def test_a_low_battery_during_a_call_is_a_line_in_it(town: Town) -> None:
    miller = town.home("Miller")
    await miller.presses_pendant()
    await miller.sends(SignalKind.LOW_BATTERY)
    call = await miller.incident()
    assert (call.kind, call.presses) == ("sos", 1)
    assert await miller.timeline() == ["signalled", "signalled"]


async def test_a_press_while_help_for_a_technical_matter_is_on_the_way(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.sends(SignalKind.FAULT)
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.accepts()
    await miller.presses_pendant()
    assert await li.hears(miller) == 0
    await zhou.arrives()
    assert (await miller.incident()).state == "open"
    await li.claims(miller)
    assert (await miller.incident()).state == "on_scene"
    await li.closes(miller, Disposition.REAL)
    assert "assignment.done" in await town.told()


async def test_help_goes_where_the_pendant_is_when_it_is_away_from_home(town: Town) -> None:
    miller = town.home("Miller")
    await miller.presses_pendant()
    at_home = await miller.incident()
    assert (at_home.lat, at_home.lon) == (31.240, 121.440)
    walking = replace(
        miller.signal(SignalKind.SOS), location=Location(position=Position(31.26, 121.43))
    )
    await town.takes_in(walking)
    away = await miller.incident()
    assert (away.presses, away.lat, away.lon) == (2, 31.26, 121.43)


async def test_two_homes_ring_apart(town: Town) -> None:
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    await miller.presses_pendant()
    await chen.presses_pendant()
    await li.claims(miller)
    assert await li.hears(miller) is None
    assert await li.hears(chen) == 0


async def test_the_most_urgent_come_first_then_the_longest_waiting(town: Town) -> None:
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    third = await town.builds_home("Green", "north", 31.25, 121.45)
    await miller.falls_silent()
    await town.time_passes(seconds(5))
    await chen.presses_pendant()
    await town.time_passes(seconds(5))
    await third.presses_pendant()
    assert [one.home_id for one in await li.queue()] == [chen.id, third.id, miller.id]


async def test_a_dark_district_is_one_case_of_its_own_and_over_when_it_is_back(town: Town) -> None:
    def of_area(kind: SignalKind) -> Signal:
        return Signal(
            terminal=None,
            area="north",
            home_id=None,
            id=str(kind),
            kind=kind,
            received_at=town.clock.now(),
            data={"silent": 40, "total": 50},
        )

    await town.takes_in(of_area(SignalKind.AREA_SILENT))
    dark = (await town.seat("Li").queue())[0]
    assert (dark.kind, dark.priority, dark.place) == ("area_silent", 2, ("Town", "North"))
    await town.takes_in(of_area(SignalKind.AREA_BACK))
    assert await town.seat("Li").queue() == []


async def test_a_new_battery_ends_the_worry_about_the_old_one(town: Town) -> None:
    miller = town.home("Miller")
    await miller.sends(SignalKind.LOW_BATTERY)
    await miller.sends(SignalKind.BATTERY_OK)
    assert (await miller.incident()).state == "closed"
