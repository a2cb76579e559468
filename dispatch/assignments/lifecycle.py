"""What a job becomes when something happens to it (pure).

offered → accepted → en_route → on_scene → done; from offered also declined and expired, and until
it is done also declined (the responder cannot get there after all) or withdrawn.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from dispatch.assignments import events as j
from dispatch.assignments.model import ACTIVE, Assignment, AssignmentStateError, JobState

ALLOWED: Final[Mapping[type[j.OfJob], frozenset[JobState]]] = {
    j.Accepted: frozenset({JobState.OFFERED}),
    j.Declined: frozenset({JobState.OFFERED, JobState.ACCEPTED, JobState.EN_ROUTE}),
    j.OfferExpired: frozenset({JobState.OFFERED}),
    j.SetOut: frozenset({JobState.ACCEPTED}),
    j.Arrived: frozenset({JobState.ACCEPTED, JobState.EN_ROUTE}),
    j.Finished: frozenset({JobState.ON_SCENE}),
    j.Withdrawn: ACTIVE,
}


def transition(job: Assignment, event: j.OfJob) -> Assignment:
    """Apply one event.

    Raises:
        AssignmentStateError: `ALLOWED` does not list the job's state for this event.
    """
    if job.state not in ALLOWED[type(event)]:
        raise AssignmentStateError(
            f"A job that is {job.state} takes no '{j.TYPES[type(event)]}'.",
            state=job.state,
            event=j.TYPES[type(event)],
        )
    at = event.at
    answered = replace(job, due_at=None)
    match event:
        case j.Accepted(eta_at=eta):
            after = replace(
                answered, state=JobState.ACCEPTED, accepted_at=at, eta_at=eta or job.eta_at
            )
        case j.SetOut(eta_at=eta):
            after = replace(job, state=JobState.EN_ROUTE, en_route_at=at, eta_at=eta or job.eta_at)
        case j.Arrived():
            after = replace(job, state=JobState.ON_SCENE, on_scene_at=at)
        case j.Finished(reason=reason):
            after = replace(job, state=JobState.DONE, ended_at=at, reason=reason)
        case j.Declined(reason=reason):
            after = replace(answered, state=JobState.DECLINED, ended_at=at, reason=reason)
        case j.Withdrawn(reason=reason):
            after = replace(answered, state=JobState.WITHDRAWN, ended_at=at, reason=reason)
        case j.OfferExpired():
            after = replace(answered, state=JobState.EXPIRED, ended_at=at)
        case _:
            assert_never(event)
    return after
