"""Timefold through its Python package (needs a Java runtime, 17 or later): plain routing only.

The model is the one its own examples use: a list of visits for each vehicle, start times that
cascade along it, constraints as streams. Timefold has ended its Python line; what runs is its Java
solver, with these classes compiled to Java bytecode.
"""

import time
from dataclasses import dataclass, field
from typing import Annotated, Optional

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    CascadingUpdateShadowVariable,
    InverseRelationShadowVariable,
    NextElementShadowVariable,
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningListVariable,
    PlanningScore,
    PreviousElementShadowVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintFactory,
    HardSoftScore,
    constraint_provider,
)

from bench.peers.answer import Answer, is_plain, plan_of
from scheduler.model.problem import Problem


@planning_entity
@dataclass
class Visit:
    """One stop; `ways` are seconds from its place to every place."""

    id: Annotated[int, PlanningId]
    place: int
    ways: list[int]
    demand: int
    ready: int
    due: int
    duration: int
    vehicle: Annotated[
        Optional["Vehicle"], InverseRelationShadowVariable(source_variable_name="visits")
    ] = None
    before: Annotated[
        Optional["Visit"], PreviousElementShadowVariable(source_variable_name="visits")
    ] = None
    after: Annotated[
        Optional["Visit"], NextElementShadowVariable(source_variable_name="visits")
    ] = None
    start: Annotated[
        int | None, CascadingUpdateShadowVariable(target_method_name="update_start")
    ] = None

    def update_start(self) -> None:
        """Begin as early as can be."""
        if self.vehicle is None:
            self.start = None
        elif self.before is None:
            arrival = self.vehicle.ready + self.vehicle.ways[self.place]
            self.start = max(self.ready, arrival)
        elif self.before.start is None:
            self.start = None
        else:
            arrival = self.before.start + self.before.duration + self.before.ways[self.place]
            self.start = max(self.ready, arrival)

    def way_here(self) -> int:
        """Seconds from what is before it."""
        if self.before is None:
            return self.vehicle.ways[self.place] if self.vehicle is not None else 0
        return self.before.ways[self.place]

    def way_home(self) -> int:
        """Seconds to where the vehicle ends, from a last stop."""
        if self.vehicle is None or self.vehicle.end < 0:
            return 0
        return self.ways[self.vehicle.end]

    def late(self) -> int:
        """Seconds its start is too late."""
        return self.start - self.due if self.start is not None and self.start > self.due else 0

    def late_home(self) -> int:
        """Seconds the vehicle is back too late, from a last stop."""
        if self.vehicle is None or self.start is None:
            return 0
        back = self.start + self.duration + self.way_home()
        return back - self.vehicle.back if back > self.vehicle.back else 0


@planning_entity
@dataclass
class Vehicle:
    """One shift; `ways` are seconds from where it begins; `end` -1: at its last stop."""

    id: Annotated[int, PlanningId]
    ways: list[int]
    end: int
    ready: int
    back: int
    capacity: int
    visits: Annotated[list[Visit], PlanningListVariable] = field(default_factory=list)

    def load(self) -> int:
        """Return what it carries."""
        carried = 0
        for visit in self.visits:
            carried += visit.demand
        return carried


@planning_solution
@dataclass
class Rounds:
    """Everything."""

    vehicles: Annotated[list[Vehicle], PlanningEntityCollectionProperty]
    visits: Annotated[list[Visit], PlanningEntityCollectionProperty, ValueRangeProvider]
    score: Annotated[HardSoftScore | None, PlanningScore] = None


def constraints(factory: ConstraintFactory) -> list[Constraint]:
    """Capacity, windows and ends of shifts are hard, travel is the cost."""
    return [
        factory.for_each(Vehicle)
        .filter(lambda vehicle: vehicle.load() > vehicle.capacity)
        .penalize(HardSoftScore.ONE_HARD, lambda vehicle: vehicle.load() - vehicle.capacity)
        .as_constraint("capacity"),
        factory.for_each(Visit)
        .filter(lambda visit: visit.late() > 0)
        .penalize(HardSoftScore.ONE_HARD, lambda visit: visit.late())
        .as_constraint("window"),
        factory.for_each(Visit)
        .filter(lambda visit: visit.after is None and visit.late_home() > 0)
        .penalize(HardSoftScore.ONE_HARD, lambda visit: visit.late_home())
        .as_constraint("shift"),
        factory.for_each(Visit)
        .penalize(HardSoftScore.ONE_SOFT, lambda visit: visit.way_here())
        .as_constraint("travel"),
        factory.for_each(Visit)
        .filter(lambda visit: visit.after is None)
        .penalize(HardSoftScore.ONE_SOFT, lambda visit: visit.way_home())
        .as_constraint("way home"),
    ]


def solve(problem: Problem, seconds: float, seed: int) -> Answer:
    """See `bench.peers`."""
    if not is_plain(problem):
        return Answer(plan=None, seconds=0.0, note="only plain routing is in its model here")
    people = problem.caregivers
    (mode,) = {person.mode_in(person.shifts[0]) for person in people}
    ways = problem.travel[mode].tolist()
    given = Rounds(
        vehicles=[
            Vehicle(
                id=n,
                ways=ways[shift.origin],
                end=-1 if shift.destination is None else shift.destination,
                ready=shift.window.start,
                back=shift.window.end + person.max_overtime,
                capacity=person.capacity.hot,
            )
            for n, person in enumerate(people)
            for shift in person.shifts
        ],
        visits=[
            Visit(
                id=n,
                place=task.location,
                ways=ways[task.location],
                demand=task.load.hot,
                ready=task.window.start,
                due=task.window.end,
                duration=task.duration,
            )
            for n, task in enumerate(problem.tasks)
        ],
    )
    solver = SolverFactory.create(
        SolverConfig(
            solution_class=Rounds,
            entity_class_list=[Vehicle, Visit],
            random_seed=seed,
            score_director_factory_config=ScoreDirectorFactoryConfig(
                constraint_provider_function=constraint_provider(constraints)
            ),
            termination_config=TerminationConfig(
                spent_limit=Duration(milliseconds=round(1_000 * seconds))
            ),
        )
    ).build_solver()
    began = time.perf_counter()
    best = solver.solve(given)
    took = time.perf_counter() - began
    if best.score.hard_score < 0:
        return Answer(plan=None, seconds=took, note=f"found no feasible plan ({best.score})")
    chains = [(people[v.id], 0, [visit.id for visit in v.visits]) for v in best.vehicles]
    return Answer(plan=plan_of(problem, chains), seconds=took)
