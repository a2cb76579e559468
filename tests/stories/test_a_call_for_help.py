"""From the press to the closed case, as the people in it live it."""

import asyncio
from uuid import uuid4

import pytest

from dispatch.incidents.model import Disposition, IncidentAlreadyClaimedError, IncidentStateError
from dispatch.incidents.views.reading import Tab
from kernel.errors import InvalidError
from tests.stories.town import Town, minutes, seconds


async def test_a_press_rings_at_the_desk_of_its_area_and_no_other(town: Town) -> None:
    await town.home("Miller").presses_pendant()
    assert await town.seat("Li").hears(town.home("Miller")) == 0
    assert await town.seat("Zhao").hears(town.home("Miller")) is None


async def test_nobody_answers_so_it_gets_louder_until_the_supervisor_hears(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    heard = [await li.hears(miller)]
    for _ in range(3):
        await town.time_passes(seconds(20))
        heard.append(await li.hears(miller))
    assert heard == [0, 1, 2, 3]
    await town.time_passes(minutes(5))
    assert await li.hears(miller) == 3
    assert (await town.told("incident.")).count("incident.escalated") == 3 + 5


async def test_help_is_called_sent_and_brought(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await town.time_passes(seconds(7))
    await li.claims(miller)
    assert await town.seat("Sun").hears(miller) is None
    await li.sends(zhou, miller)
    job = await zhou.job()
    assert job is not None
    assert (job.state, job.address) == ("offered", "Miller Lane 1")
    assert job.eta_at is not None
    assert job.eta_at > town.clock.now()
    await zhou.accepts()
    await zhou.sets_out()
    await town.time_passes(minutes(6))
    await zhou.arrives()
    assert (await miller.incident()).state == "on_scene"
    await town.time_passes(minutes(20))
    await zhou.finishes()
    await li.closes(miller, Disposition.REAL, "Fell in the bathroom, unhurt.")
    closed = await miller.incident()
    assert (closed.state, closed.disposition, closed.presses) == ("closed", "real", 1)
    assert await miller.terminal_was_told() == ["answered", "help_coming", "closed"]
    assert await miller.timeline() == [
        *("signalled", "claimed", "dispatched", "accepted"),
        *("set_out", "arrived", "finished", "closed"),
    ]
    assert await town.told() == [
        "incident.opened",
        "incident.claimed",
        "assignment.offered",
        "incident.assigned",
        "assignment.accepted",
        "assignment.en_route",
        "assignment.on_scene",
        "incident.on_scene",
        "assignment.done",
        "incident.noted",
        "incident.closed",
    ]


async def test_two_operators_reach_for_the_same_call_and_one_gets_it(town: Town) -> None:
    miller, li, sun = town.home("Miller"), town.seat("Li"), town.seat("Sun")
    await miller.presses_pendant()
    tries = await asyncio.gather(li.claims(miller), sun.claims(miller), return_exceptions=True)
    lost = [one for one in tries if isinstance(one, IncidentAlreadyClaimedError)]
    assert len(lost) == 1
    owner = (await miller.incident()).claimed_by
    assert owner is not None
    assert lost[0].data == {"claimed_by": owner.id, "claimed_at": town.clock.now()}
    assert (await town.told()).count("incident.claimed") == 1


async def test_a_click_sent_twice_counts_once(town: Town) -> None:
    miller, li, click = town.home("Miller"), town.seat("Li"), uuid4()
    await miller.presses_pendant()
    first = await li.claims(miller, click)
    assert await li.claims(miller, click) == first
    assert await miller.timeline() == ["signalled", "claimed"]
    assert (await town.told()).count("incident.claimed") == 1


async def test_an_owner_who_does_nothing_loses_the_call_and_it_rings_again(town: Town) -> None:
    miller, li, sun = town.home("Miller"), town.seat("Li"), town.seat("Sun")
    await miller.presses_pendant()
    await li.claims(miller)
    await town.time_passes(seconds(179))
    assert await sun.hears(miller) is None
    await town.time_passes(seconds(1))
    assert await sun.hears(miller) == 1
    await sun.claims(miller)
    assert [one.home_id for one in await sun.queue(Tab.MINE)] == [miller.id]


async def test_an_owner_who_writes_down_what_they_do_keeps_the_call(town: Town) -> None:
    miller, li, sun = town.home("Miller"), town.seat("Li"), town.seat("Sun")
    await miller.presses_pendant()
    await li.claims(miller)
    for _ in range(4):
        await town.time_passes(seconds(170))
        await li.notes(miller, "Still talking to her.")
    assert await sun.hears(miller) is None


async def test_a_caregiver_who_cannot_go_gives_the_call_back_to_the_desk(town: Town) -> None:
    miller, li, zhou, wu = (
        *(town.home("Miller"), town.seat("Li")),
        *(town.worker("Zhou"), town.worker("Wu")),
    )
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.declines("flat tyre")
    assert await town.seat("Sun").hears(miller) == 1
    assert await zhou.job() is None
    await li.claims(miller)
    await li.sends(wu, miller)
    assert await wu.job() is not None


async def test_an_offer_nobody_answers_rings_at_the_desk_again(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await town.time_passes(seconds(89))
    assert await li.hears(miller) is None
    await town.time_passes(seconds(1))
    assert await li.hears(miller) == 1
    assert await zhou.job() is None
    assert "assignment.expired" in await town.told()


async def test_a_responder_who_does_not_arrive_is_not_forgotten(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.accepts()
    await town.time_passes(minutes(45))
    assert await li.hears(miller) == 1
    assert await zhou.job() is not None
    await li.claims(miller)
    assert (await miller.incident()).state == "assigned"
    await zhou.arrives()
    assert (await miller.incident()).state == "on_scene"


async def test_a_responder_called_back_is_free_and_the_owner_keeps_the_call(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.accepts()
    await li.calls_back(miller)
    assert await zhou.job() is None
    assert (await miller.incident()).state == "claimed"


async def test_closing_a_call_ends_the_job_that_runs_for_it(town: Town) -> None:
    miller, li, zhou = town.home("Miller"), town.seat("Li"), town.worker("Zhou")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.sends(zhou, miller)
    await zhou.accepts()
    await li.closes(miller, Disposition.ACCIDENTAL)
    assert await zhou.job() is None
    assert "assignment.withdrawn" in await town.told()


async def test_a_call_that_nobody_owns_cannot_be_closed(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    with pytest.raises(IncidentStateError):
        await li.closes(miller, Disposition.ACCIDENTAL)


async def test_nobody_answering_the_call_back_needs_a_note(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    await li.claims(miller)
    with pytest.raises(InvalidError):
        await li.closes(miller, Disposition.NO_ANSWER)
    assert (await miller.incident()).state == "claimed"
    await li.closes(miller, Disposition.NO_ANSWER, "Rang twice, neighbour saw her leave.")


async def test_a_note_after_the_end_changes_nothing_but_the_timeline(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.closes(miller)
    before = await miller.incident()
    await li.notes(miller, "Her daughter rang to say thank you.")
    assert await miller.incident() == before
    assert (await miller.timeline())[-1] == "noted"


async def test_the_supervisor_can_be_called_in_at_once(town: Town) -> None:
    miller, li = town.home("Miller"), town.seat("Li")
    await miller.presses_pendant()
    await li.calls_the_supervisor(miller)
    assert await town.seat("Boss").hears(miller) == 3


async def test_a_call_given_back_rings_for_everybody_again(town: Town) -> None:
    miller, li, sun = town.home("Miller"), town.seat("Li"), town.seat("Sun")
    await miller.presses_pendant()
    await li.claims(miller)
    await li.releases(miller)
    assert await sun.hears(miller) == 0
