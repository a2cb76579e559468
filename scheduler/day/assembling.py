"""From a day to its problem (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.geo import Position
from scheduler.care import demand as visits
from scheduler.care.model import Visit, VisitId, VisitState
from scheduler.care.wishes import offered
from scheduler.centre.model import Kind
from scheduler.day.duty import Commitment, shift, with_room
from scheduler.day.model import Day, PullOut, Worker
from scheduler.meals import demand as meals
from scheduler.meals.brought import Bearer, brought, laden
from scheduler.meals.model import Order, OrderState
from scheduler.model.problem import (
    EBIKE,
    Caregiver,
    CaregiverId,
    Load,
    Matrix,
    MealPoint,
    Mode,
    Pin,
    Problem,
    Task,
    TaskId,
    TaskKind,
    Window,
)
from scheduler.rulebook.strictness import strictly
from scheduler.travel.model import TravelTimes
from scheduler.travel.slots import ALL_DAY, Slots

METRES_A_SECOND: Final = 4.2
"""Speed of an e-bike in town, at which a battery's range becomes riding time."""


@dataclass(slots=True)
class _Places:
    """Rows of the travel matrices, one for each different position."""

    rows: dict[Position, int] = field(default_factory=dict)

    def row(self, at: Position) -> int:
        return self.rows.setdefault(at, len(self.rows))


def alarm_id(assignment: UUID) -> TaskId:
    """Return the name an alarm has in the problem, or a delay: what keeps somebody from visits."""
    return TaskId(f"alarm:{assignment}")


def subject(task: TaskId) -> tuple[str, UUID]:
    """Return what a task is ("visit", "meal" or "alarm") and its id."""
    kind, _, rest = task.partition(":")
    return kind, UUID(rest)


def places(day: Day) -> list[Position]:
    """Return every place a problem of this day may be about, some of them twice."""
    return [
        *(worker.base for worker in day.workers),
        *(Position(kitchen.lat, kitchen.lon) for kitchen in day.kitchens),
        *(Position(visit.lat, visit.lon) for visit in day.visits),
        *(Position(order.lat, order.lon) for order in day.orders),
        *(pull.at for pull in day.pull_outs if pull.at is not None),
    ]


def modes(day: Day, slots: Slots) -> frozenset[Mode]:
    """Return the mode keys of everybody's shifts; never none."""
    found = {mode for worker in day.workers for mode in _modes(worker, day, slots)}
    return frozenset(found) or frozenset({EBIKE})


def _modes(worker: Worker, day: Day, slots: Slots) -> list[Mode]:
    """The mode key of each shift."""
    return [
        slots.timed(
            Mode(worker.mode),
            Window(start=_seconds(day.midnight, start), end=_seconds(day.midnight, end)),
        )
        for start, end in worker.shifts
    ]


def assemble(
    day: Day, travel: TravelTimes, *, now: datetime | None = None, slots: Slots = ALL_DAY
) -> Problem:
    """Return the problem of a day.

    What has begun is pinned as a fact, an alarm is a fact of whoever answers it; what was done by
    people who are not of this plan is no concern of it. A visit that
    has begun lasts at least until `now`, or until its caregiver was called away.

    Args:
        day: as loaded.
        travel: the provider of travel times.
        now: None while the whole day lies ahead.
        slots: times of day; each shift travels by those of its own.
    """
    places = _Places()
    for worker in day.workers:
        places.row(worker.base)
    known = frozenset(CaregiverId(str(worker.id)) for worker in day.workers)
    points = meals.points(
        day.kitchens,
        [places.row(Position(kitchen.lat, kitchen.lon)) for kitchen in day.kitchens],
        day.day,
        day.centre.zone,
    )
    carried = boxes(day)
    tasks = (
        *(
            _with_box(
                _visit_task(visit, day, places, known, now), carried.get(visit.id), day, known
            )
            for visit in day.visits
            if visit.state == VisitState.PLANNED or _any(visit.caregivers, known)
        ),
        *(
            meals.task(
                order,
                places.row(Position(order.lat, order.lon)),
                day.midnight,
                day.kitchens,
                known,
            )
            for order in day.orders
            if day.kind == Kind.MEALS
            if order.state == OrderState.ORDERED or _any([order.courier], known)
        ),
        *_alarms(day, places),
        *_delays(day, places),
    )
    matrices = travel(list(places.rows), modes(day, slots))
    problem = Problem(
        tasks=tasks,
        caregivers=tuple(
            _caregiver(
                worker,
                day,
                places,
                points,
                _commitments(worker, tasks, [matrices[mode] for mode in keys], places),
                keys,
                now,
            )
            for worker in day.workers
            for keys in [_modes(worker, day, slots)]
        ),
        travel=matrices,
        precedences=visits.precedences(day.visits),
        meal_points=points,
    )
    return strictly(problem, day.rules)


def _any(people: Iterable[UUID | None], known: frozenset[CaregiverId]) -> bool:
    return any(CaregiverId(str(who)) in known for who in people)


def _visit_task(
    visit: Visit, day: Day, places: _Places, known: frozenset[CaregiverId], now: datetime | None
) -> Task:
    task = visits.task(visit, places.row(Position(visit.lat, visit.lon)), day.midnight, known)
    there = [delay.until for delay in day.delays if delay.visit_id == visit.id]
    if there and task.pin is None:  # whoever is expected late may begin when they are there
        latest = max(task.window.end, _seconds(day.midnight, max(there)))
        return replace(task, window=replace(task.window, end=latest), due=task.latest_wanted)
    if visit.state != VisitState.STARTED or visit.started_at is None or task.pin is None:
        return task
    called = [
        pull.starts_at
        for pull in day.pull_outs
        if pull.caregiver_id in visit.caregivers and pull.starts_at >= visit.started_at
    ]
    if called:
        return replace(task, duration=min(task.duration, _seconds(visit.started_at, min(called))))
    if now is not None:
        return replace(task, duration=max(task.duration, _seconds(visit.started_at, now)))
    return task


def boxes(day: Day) -> dict[VisitId, Order]:
    """Return which order each visit is to bring."""
    if day.kind == Kind.MEALS or not day.orders:
        return {}
    asked = _wishes(day)
    bearers = [
        Bearer(
            id=worker.id,
            skills=worker.skills
            | offered(worker.gender, worker.languages, worker.keys, asked=asked),
            boxes=worker.boxes,
        )
        for worker in day.workers
        if worker.boxes is not None
    ]
    return brought(day.visits, day.orders, bearers, day.kitchens)


def _with_box(task: Task, order: Order | None, day: Day, known: frozenset[CaregiverId]) -> Task:
    if order is None:
        return task
    window = Window(
        start=_seconds(day.midnight, order.window_from),
        end=_seconds(day.midnight, order.window_to),
    )
    return laden(task, order, window, day.kitchens, known)


def _alarms(day: Day, places: _Places) -> list[Task]:
    workers = {worker.id: worker for worker in day.workers}
    return [
        _alarm(pull, places.row(pull.at or workers[pull.caregiver_id].base), day.midnight)
        for pull in day.pull_outs
        if pull.caregiver_id in workers and _touches(pull, workers[pull.caregiver_id])
    ]


def _touches(pull: PullOut, worker: Worker) -> bool:
    """Whether an alarm falls into the time this day's plan is about."""
    return pull.starts_at < worker.shifts[-1][1] and pull.until > worker.shifts[0][0]


def _delays(day: Day, places: _Places) -> list[Task]:
    """Who is under way to a visit that has not begun: there, and no sooner, they are free."""
    workers = {worker.id: worker for worker in day.workers}
    visits = {visit.id: visit for visit in day.visits if visit.state == VisitState.PLANNED}
    found = []
    for delay in day.delays:
        visit = visits.get(VisitId(delay.visit_id))
        if visit is None or delay.caregiver_id not in workers:
            continue
        start = _seconds(day.midnight, delay.starts_at)
        found.append(
            Task(
                id=alarm_id(delay.id),
                kind=TaskKind.DELAY,
                location=places.row(Position(visit.lat, visit.lon)),
                duration=_seconds(delay.starts_at, delay.until),
                window=Window(start=start, end=start),
                pin=Pin(
                    caregivers=(CaregiverId(str(delay.caregiver_id)),), start=start, started=True
                ),
            )
        )
    return found


def _alarm(pull: PullOut, location: int, midnight: datetime) -> Task:
    start = _seconds(midnight, pull.starts_at)
    return Task(
        id=alarm_id(pull.assignment_id),
        kind=TaskKind.ALARM,
        location=location,
        duration=_seconds(pull.starts_at, pull.until),
        window=Window(start=start, end=start),
        pin=Pin(caregivers=(CaregiverId(str(pull.caregiver_id)),), start=start, started=True),
    )


def _commitments(
    worker: Worker, tasks: Sequence[Task], matrices: Sequence[Matrix], places: _Places
) -> list[Commitment]:
    """What has happened to somebody; the way home is the longest of their times of day."""
    base = places.row(worker.base)
    me = CaregiverId(str(worker.id))
    return [
        Commitment(
            start=task.pin.start,
            end=task.pin.start + task.duration,
            home=max((int(matrix[task.location, base]) for matrix in matrices), default=0),
            alarm=task.kind == TaskKind.ALARM,
        )
        for task in tasks
        if task.pin is not None
        and task.pin.started
        and task.pin.start is not None
        and me in task.pin.caregivers
    ]


def _caregiver(
    worker: Worker,
    day: Day,
    places: _Places,
    points: Sequence[MealPoint],
    commitments: Sequence[Commitment],
    keys: Sequence[Mode],
    now: datetime | None,
) -> Caregiver:
    base = places.row(worker.base)
    shifts = [
        replace(
            shift(_seconds(day.midnight, start), _seconds(day.midnight, end), base),
            mode=None if key == worker.mode else key,
        )
        for (start, end), key in zip(worker.shifts, keys, strict=True)
    ]
    person = Caregiver(
        id=CaregiverId(str(worker.id)),
        skills=worker.skills
        | offered(worker.gender, worker.languages, worker.keys, asked=_wishes(day)),
        shifts=with_room(
            shifts, commitments, now=0 if now is None else _seconds(day.midnight, now)
        ),
        mode=Mode(worker.mode),
        # What has begun is a fact, however long the day has become by it.
        max_work=None if commitments else worker.longest_s,
    )
    boxes = worker.boxes
    if boxes is None:
        return person
    return replace(
        person,
        capacity=Load(hot=boxes.hot, cold=boxes.cold),
        max_trips=boxes.max_trips,
        meal_points=meals.may_load_at(boxes, points),
        max_riding=None if boxes.range_m is None else int(boxes.range_m / METRES_A_SECOND),
    )


def _wishes(day: Day) -> frozenset[str]:
    return frozenset(wish for visit in day.visits for wish in visit.wishes)


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
