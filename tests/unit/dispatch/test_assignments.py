"""What becomes of a job, and how long a responder needs."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest

from dispatch.assignments import events as j
from dispatch.assignments.candidates import Candidate, languages_missing
from dispatch.assignments.eta import SPEED_M_S, arrival, eta_s
from dispatch.assignments.lifecycle import ALLOWED, transition
from dispatch.assignments.model import ACTIVE, Assignment, AssignmentStateError, JobState
from dispatch.ids import IncidentId
from people.ids import AccountId, CaregiverId
from tests.unit.dispatch.incident_examples import JOB, NOW, ZHOU, after, each

#: Where each event leads.
LEADS = {
    j.Accepted: JobState.ACCEPTED,
    j.SetOut: JobState.EN_ROUTE,
    j.Arrived: JobState.ON_SCENE,
    j.Finished: JobState.DONE,
    j.Declined: JobState.DECLINED,
    j.Withdrawn: JobState.WITHDRAWN,
    j.OfferExpired: JobState.EXPIRED,
}


def job(state: JobState) -> Assignment:
    return Assignment(
        id=JOB,
        incident_id=IncidentId(UUID(int=7)),
        caregiver_id=ZHOU,
        state=state,
        offered_at=NOW,
        offered_by=AccountId(UUID(int=1)),
        due_at=after(90) if state is JobState.OFFERED else None,
    )


def test_every_event_of_a_job_has_its_states() -> None:
    assert set(ALLOWED) == set(LEADS)


@pytest.mark.parametrize(("state", "kind"), list(product(JobState, LEADS)))
def test_every_state_takes_every_event_or_refuses_it(state: JobState, kind: type[j.OfJob]) -> None:
    event = each(kind, after(10))
    assert isinstance(event, j.OfJob)
    if state not in ALLOWED[kind]:
        with pytest.raises(AssignmentStateError):
            transition(job(state), event)
        return
    moved = transition(job(state), event)
    assert moved.state is LEADS[kind]
    assert moved.due_at is None
    assert (moved.ended_at == after(10)) == (moved.state not in ACTIVE)


def test_an_ended_job_takes_nothing_more() -> None:
    ended = set(JobState) - ACTIVE
    assert all(not states & ended for states in ALLOWED.values())


def test_a_better_estimate_replaces_the_first_and_none_keeps_it() -> None:
    known = transition(
        job(JobState.OFFERED),
        j.Accepted(
            id=UUID(int=1), at=NOW, by=AccountId(UUID(int=1)), assignment_id=JOB, eta_at=after(300)
        ),
    )
    assert known.eta_at == after(300)
    moved = transition(known, each(j.SetOut))  # type: ignore[arg-type]
    assert moved.eta_at == after(300)


def test_farther_takes_longer_and_a_walk_longer_than_a_ride() -> None:
    assert eta_s(0, "walk") < eta_s(500, "ebike") < eta_s(2000, "ebike") < eta_s(2000, "walk")


@pytest.mark.parametrize("mode", SPEED_M_S)
def test_a_kilometre_takes_minutes_not_hours(mode: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert timedelta(minutes=2) < arrival(at, 1000, mode) - at < timedelta(minutes=25)


@pytest.mark.parametrize(
    ("spoken", "missing"),
    [
        (frozenset(), []),  # nobody lives there, or nobody said what they speak
        (frozenset({"wu"}), []),
        (frozenset({"wu", "yue"}), []),  # one of them is enough
        (frozenset({"yue", "hakka"}), ["hakka", "yue"]),
    ],
)
def test_a_caregiver_who_speaks_none_of_the_languages_is_told_of(
    spoken: frozenset[str], missing: list[str]
) -> None:
    candidate = Candidate(
        caregiver_id=CaregiverId(uuid4()),
        name="Sun Li",
        phone="1",
        languages=("cmn", "wu"),
        skills=(),
        travel_mode="bike",
        lat=31.2,
        lon=121.4,
        fix_at=None,
        on_shift_until=datetime(2026, 3, 2, 9, tzinfo=UTC),
        distance_m=100,
        eta_s=60,
    )
    assert languages_missing(candidate, spoken) == missing
