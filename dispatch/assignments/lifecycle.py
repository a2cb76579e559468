"""What a job becomes when something happens to it (pure).

offered → accepted → en_route → on_scene → done; from offered also declined and expired, and until
it is done also declined (the responder cannot get there after all) or withdrawn.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from dispatch.assignments.model import ACTIVE, Assignment, AssignmentStateError, JobState
from dispatch.incidents import events as e

ALLOWED: Final[Mapping[type[e.OfJob], frozenset[JobState]]] = {
    e.Accepted: frozenset({JobState.OFFERED}),
    e.Declined: frozenset({JobState.OFFERED, JobState.ACCEPTED, JobState.EN_ROUTE}),
    e.OfferExpired: frozenset({JobState.OFFERED}),
    e.SetOut: frozenset({JobState.ACCEPTED}),
    e.Arrived: frozenset({JobState.ACCEPTED, JobState.EN_ROUTE}),
    e.Finished: frozenset({JobState.ON_SCENE}),
    e.Withdrawn: ACTIVE,
}


def transition(job: Assignment, event: e.OfJob) -> Assignment:
    """Apply one event.

    Raises:
        AssignmentStateError: `ALLOWED` does not list the job's state for this event.
    """
    if job.state not in ALLOWED[type(event)]:
        raise AssignmentStateError(
            f"A job that is {job.state} takes no '{e.TYPES[type(event)]}'.",
            state=job.state,
            event=e.TYPES[type(event)],
        )
    at = event.at
    answered = replace(job, due_at=None)
    match event:
        case e.Accepted(eta_at=eta):
            after = replace(
                answered, state=JobState.ACCEPTED, accepted_at=at, eta_at=eta or job.eta_at
            )
        case e.SetOut(eta_at=eta):
            after = replace(job, state=JobState.EN_ROUTE, en_route_at=at, eta_at=eta or job.eta_at)
        case e.Arrived():
            after = replace(job, state=JobState.ON_SCENE, on_scene_at=at)
        case e.Finished(reason=reason):
            after = replace(job, state=JobState.DONE, ended_at=at, reason=reason)
        case e.Declined(reason=reason):
            after = replace(answered, state=JobState.DECLINED, ended_at=at, reason=reason)
        case e.Withdrawn(reason=reason):
            after = replace(answered, state=JobState.WITHDRAWN, ended_at=at, reason=reason)
        case e.OfferExpired():
            after = replace(answered, state=JobState.EXPIRED, ended_at=at)
        case _:
            assert_never(event)
    return after
