"""Hot meals that must not stay long in the box, beside visits for two."""

from scheduler.model.problem import Break, Load, MealPoint, MealPointId, Window
from scheduler.model.verify import violations
from scheduler.solve.engine import solve
from tests.unit.scheduler.days import HOUR, MINUTE, day, person, shift, visit

POINT = MealPointId("m0")


def test_a_visit_for_two_never_comes_between_a_hot_meal_and_its_hand_over() -> None:
    """Found by chance: the meal was loaded before the visit and handed over an hour after it."""
    meal = visit(
        "meal",
        duration=5 * MINUTE,
        window=Window(start=9 * HOUR, end=9 * HOUR),
        load=Load(hot=1),
        meal_points=frozenset({POINT}),
        max_ride=4 * MINUTE,
        price=500,
    )
    two = visit(
        "two",
        duration=5 * MINUTE,
        window=Window(start=8 * HOUR, end=8 * HOUR + 15 * MINUTE),
        staff=2,
        price=500,
    )
    courier = person("courier", capacity=Load(hot=1), max_trips=1)
    problem = day(
        [meal, two],
        [person("other"), courier],
        meal_points=(MealPoint(id=POINT, location=0, ready=0, closes=48 * HOUR),),
    )
    for seed in range(1, 9):
        plan = solve(problem, seconds=60, iterations=40, seed=seed)
        assert violations(problem, plan) == ()
        assert plan.solved is not None
        assert plan.solved.refused == 0


def test_no_break_comes_between_a_hot_meal_and_its_hand_over() -> None:
    meal = visit(
        "meal",
        duration=5 * MINUTE,
        window=Window(start=12 * HOUR, end=12 * HOUR),
        load=Load(hot=1),
        meal_points=frozenset({POINT}),
        max_ride=4 * MINUTE,
        price=500,
    )
    rest = Break(window=Window(start=11 * HOUR, end=13 * HOUR), duration=30 * MINUTE)
    courier = person("courier", capacity=Load(hot=1), max_trips=1, shifts=(shift(breaks=(rest,)),))
    problem = day(
        [meal],
        [courier],
        meal_points=(MealPoint(id=POINT, location=0, ready=0, closes=48 * HOUR),),
    )
    for seed in range(1, 9):
        plan = solve(problem, seconds=60, iterations=40, seed=seed)
        assert violations(problem, plan) == ()
        assert plan.solved is not None
        assert plan.solved.refused == 0
