"""Who gains and who waits between two plans (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scheduler.model.plan import Change, Placement
from scheduler.model.problem import Problem, TaskId


class VisitEffect(StrEnum):
    """What a change means for whom is visited."""

    SAME_TIME = "same_time"
    WAITS = "waits"
    EARLIER = "earlier"
    LEFT_OUT = "left_out"
    GAINED = "gained"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedVisit:
    """One visit that changes.

    Attributes:
        delay: seconds it begins later; negative: earlier; 0 unless placed in both plans.
        late: seconds it then begins after it is wanted.
        other_person: somebody else comes.
    """

    task: TaskId
    effect: VisitEffect
    before: Placement | None
    after: Placement | None
    delay: int
    late: int
    other_person: bool


def changed_visits(problem: Problem, changes: Iterable[Change]) -> tuple[ChangedVisit, ...]:
    """Return what changes mean, who is left out first, then who waits longest.

    Args:
        problem: the day; what has begun in it is no change to anybody.
        changes: against the plan in force.
    """
    tasks = {task.id: task for task in problem.tasks}
    found = []
    for change in changes:
        task = tasks.get(change.task)
        if task is None or (task.pin is not None and task.pin.started):
            continue
        late = 0 if change.after is None else max(0, change.after.start - task.latest_wanted)
        found.append(
            ChangedVisit(
                task=change.task,
                effect=_effect(change),
                before=change.before,
                after=change.after,
                delay=change.delay,
                late=late,
                other_person=change.changes_caregiver,
            )
        )
    return tuple(sorted(found, key=lambda visit: (visit.after is not None, -visit.delay)))


def _effect(change: Change) -> VisitEffect:
    if change.after is None:
        return VisitEffect.LEFT_OUT
    if change.before is None:
        return VisitEffect.GAINED
    if change.delay == 0:
        return VisitEffect.SAME_TIME
    return VisitEffect.WAITS if change.delay > 0 else VisitEffect.EARLIER
