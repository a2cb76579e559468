"""Trading across borders: nobody loses, what is bound stays, the whole city keeps every rule."""

from dataclasses import replace

import pytest

from bench.city_days import visit_city
from scheduler.city.borders import TOLERANCE_S, IndexedPlan, gains, indexed, trade
from scheduler.city.cutting import cut
from scheduler.city.model import Bounds, City, Part
from scheduler.city.neighbours import borders
from scheduler.city.pieces import PieceResult, merged, piece_of, placed_back, problem_of
from scheduler.model.cost import cost
from scheduler.model.plan import Plan, Reason, Unplaced
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from scheduler.travel.builtin import travel_times

Solved = tuple[City, tuple[Part, ...], list[PieceResult]]


@pytest.fixture(scope="module")
def solved() -> Solved:
    """A city of three parts, each planned by itself."""
    city = visit_city(240, 48, seed=5)
    parts = cut(city, Bounds(visits=110, caregivers=40))
    outcomes = []
    for part in parts:
        piece = piece_of(city, part)
        plan = solve(problem_of(piece, travel_times), seconds=60, iterations=300)
        outcomes.append(PieceResult(tasks=frozenset(part.tasks), plan=placed_back(piece, plan)))
    return city, parts, outcomes


def bordering(city: City, parts: tuple[Part, ...]) -> tuple[Part, Part]:
    places = {task.id: task.location for task in city.problem.tasks}
    found = borders(parts, city.points, places)
    one, other = max(found, key=lambda pair: found[pair])
    return parts[one], parts[other]


def standing_of(solved: Solved) -> IndexedPlan:
    city, _, outcomes = solved
    return indexed(city, merged(city, outcomes))


def test_parts_make_a_plan_of_the_city_that_keeps_every_rule(solved: Solved) -> None:
    city, parts, _ = solved
    assert len(parts) >= 3
    assert violations(city.problem, standing_of(solved).plan) == ()


def test_a_trade_begins_with_the_plan_as_it_is_and_with_no_rule_broken(solved: Solved) -> None:
    city, parts, _ = solved
    for most in (20, 60, 500):
        piece = trade(standing_of(solved), *bordering(city, parts), most=most)
        assert piece is not None
        assert piece.initial is not None
        assert len(piece.tasks) <= most
        assert violations(problem_of(piece, travel_times), piece.initial) == ()


def test_what_a_trade_finds_makes_the_city_cheaper_by_as_much(solved: Solved) -> None:
    city, parts, outcomes = solved
    before = standing_of(solved).plan
    piece = trade(standing_of(solved), *bordering(city, parts))
    assert piece is not None
    assert piece.initial is not None
    problem = problem_of(piece, travel_times)
    plan = solve(problem, seconds=60, iterations=2_000, initial=piece.initial)
    assert gains(problem, plan, piece.initial)
    traded = PieceResult(
        tasks=frozenset(task.id for task in piece.tasks), plan=placed_back(piece, plan)
    )
    after = merged(city, [*outcomes, traded])
    assert violations(city.problem, after) == ()
    assert cost(city.problem, after).total < cost(city.problem, before).total


def test_what_is_bound_keeps_its_people_and_nearly_its_time(solved: Solved) -> None:
    city, parts, _ = solved
    piece = trade(standing_of(solved), *bordering(city, parts))
    assert piece is not None
    assert piece.initial is not None
    plan = solve(
        problem_of(piece, travel_times), seconds=60, iterations=1_000, initial=piece.initial
    )
    before, after = piece.initial.placements(), plan.placements()
    bound = [task for task in piece.tasks if task.pin is not None]
    assert bound
    for task in bound:
        assert task.pin is not None
        old, new = before[task.id], after[task.id]
        assert old.caregivers == new.caregivers
        assert abs(new.start - old.start) <= (0 if task.pin.start is not None else TOLERANCE_S)


def test_who_takes_part_from_outside_fixes_the_time(solved: Solved) -> None:
    city, parts, _ = solved
    now = standing_of(solved)
    piece = trade(now, *bordering(city, parts), most=40)
    assert piece is not None
    whole = {task.id: task for task in city.problem.tasks}
    inside = {person.id for person in piece.caregivers}
    halves = [task for task in piece.tasks if task.staff < whole[task.id].staff]
    for task in piece.tasks:
        if task.id in now.placed and not inside.issuperset(now.placed[task.id].caregivers):
            assert task in halves
            assert task.pin is not None
            assert task.pin.start == now.placed[task.id].start


def test_a_plan_that_is_dearer_or_breaks_a_rule_gains_nothing(solved: Solved) -> None:
    city, _, _ = solved
    plan = standing_of(solved).plan
    assert not gains(city.problem, plan, plan)
    busy = next(route for route in plan.routes if route.tasks)
    lost = replace(
        plan,
        routes=tuple(replace(route, stops=()) if route is busy else route for route in plan.routes),
    )
    assert not gains(city.problem, lost, plan)
    assert gains(city.problem, plan, _without(plan, busy.tasks[0]))


def _without(plan: Plan, task: str) -> Plan:
    """The same plan, a visit left out of it: dearer by its price."""
    out = Unplaced(task=task, reason=Reason.DAY_IS_FULL)  # type: ignore[arg-type]
    return replace(plan, unplaced=(*plan.unplaced, out))


def test_what_had_no_place_is_offered_to_the_neighbours(solved: Solved) -> None:
    city, parts, _ = solved
    now = standing_of(solved)
    one, other = bordering(city, parts)
    lonely = next(
        task
        for task in now.placed
        if task in one.tasks and not now.partners.get(task) and now.tasks[task].staff == 1
    )
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.task != lonely))
        for route in now.plan.routes
    )
    out = Plan(routes=routes, unplaced=(Unplaced(task=lonely, reason=Reason.DAY_IS_FULL),))
    piece = trade(indexed(city, out), one, other)
    assert piece is not None
    assert lonely in {task.id for task in piece.tasks if task.pin is None}
