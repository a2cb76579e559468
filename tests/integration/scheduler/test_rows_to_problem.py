"""What stands in the rows of a day is in its problem: wishes, measured lengths, settings, meals."""

from datetime import timedelta

from kernel.audit import Process
from kernel.clock import FakeClock
from kernel.ids import new_id
from scheduler.centre.model import Kind
from scheduler.model.problem import HALF_HOUR, Load, Problem, Window
from scheduler.model.rules import Rule
from scheduler.plans.basis import load_basis
from scheduler.rulebook import changing
from scheduler.rulebook.strictness import Setting

from .conftest import AREA, CENTRE, DAY, Street, at

HOUR = 3_600


async def problem_of(street: Street, clock: FakeClock, kind: Kind = Kind.VISITS) -> Problem:
    basis = await load_basis(street.pool, AREA, DAY, kind, clock.now(), derive=True)
    return basis.problem


async def test_wishes_for_a_gender_a_language_and_the_key_are_skills(
    street: Street, clock: FakeClock
) -> None:
    zhao = await street.resident("Zhao")
    await street.visit(zhao, (600, 720))
    able, other = [await street.caregiver(name, (480, 960)) for name in ("Sun", "Li")]
    await street.pool.execute(
        "INSERT INTO scheduler.resident_wish VALUES ($1, 'female', true, true)", zhao
    )
    await street.pool.execute("UPDATE dispatch.resident SET languages = '{wuu,cmn}'")
    await street.pool.execute(
        "UPDATE dispatch.caregiver SET languages = '{wuu}' WHERE id = $1", able
    )
    await street.pool.execute(
        "INSERT INTO scheduler.key_holder SELECT $1, home_id FROM dispatch.resident", able
    )
    problem = await problem_of(street, clock)
    (task,) = problem.tasks
    skills = {person.id: person.skills for person in problem.caregivers}
    assert len(task.skills) == 3
    assert task.skills <= skills[str(able)]  # type: ignore[index]
    assert task.skills & skills[str(other)] == {"gender:female"}  # type: ignore[index]


async def test_a_visit_is_planned_as_long_as_such_visits_took(
    street: Street, clock: FakeClock
) -> None:
    zhao, qian = await street.resident("Zhao"), await street.resident("Qian")
    await street.visit(zhao, (600, 720))
    await street.caregiver("Sun", (480, 960))
    for ago in range(1, 11):
        day = DAY - timedelta(days=ago)
        await street.pool.execute(
            """
            INSERT INTO scheduler.visit (id, day, resident_id, home_id, area, service, window_from,
                                         window_to, minutes, staff, state, started_at, done_at)
            SELECT $1, $2, r.id, r.home_id, $3, 'company', $4, $4, 30, 1, 'done', $4, $5
            FROM dispatch.resident r WHERE r.id = $6
            """,
            new_id(),
            day,
            AREA,
            at(600, day),
            at(630 + 2 * ago, day),
            qian,
        )
    (task,) = (await problem_of(street, clock)).tasks
    assert task.duration == (30 + 2 * 7) * 60
    await street.pool.execute("UPDATE scheduler.centre SET measured_percentile = 0")
    (task,) = (await problem_of(street, clock)).tasks
    assert task.duration == 30 * 60


async def test_a_centre_s_settings_are_in_its_problem(street: Street, clock: FakeClock) -> None:
    await street.visit(await street.resident("Zhao"), (600, 720))
    await street.caregiver("Sun", (480, 960))
    chosen = [
        Setting(rule=Rule.FAIRNESS, hard=False, weight=3),
        Setting(rule=Rule.LATENESS, hard=True, weight=2),
    ]
    await changing.change(street.pool, CENTRE, chosen, now=clock.now(), by=Process.COMMAND_LINE)
    problem = await problem_of(street, clock)
    assert problem.weights.fairness == 3
    assert problem.tasks[0].window == Window(start=10 * HOUR, end=12 * HOUR)


async def test_all_that_is_known_of_meals_is_in_the_problem(
    street: Street, clock: FakeClock
) -> None:
    soft, plain = await street.kitchen("soft", "normal"), await street.kitchen("normal")
    courier = await street.caregiver("Wu", (600, 780), courier=True)
    await street.pool.execute(
        "UPDATE scheduler.courier SET range_m = 42000, max_trips = 3, meal_point_id = $1", soft
    )
    for name, diet in (("Zhao", "soft"), ("Qian", "normal")):
        await street.order(await street.resident(name), diet)
    problem = await problem_of(street, clock, Kind.MEALS)
    points = {point.id: point for point in problem.meal_points}
    assert points.keys() == {f"{soft}:lunch", f"{plain}:lunch"}
    assert {(p.per_half_hour, p.ready, p.closes) for p in points.values()} == {
        (20, 630 * 60, 750 * 60)
    }
    assert HALF_HOUR == 1_800
    assert [len(task.meal_points) for task in problem.tasks] == [1, 2]
    for task in problem.tasks:
        assert task.load == Load(hot=1)
        assert task.max_ride == 45 * 60
        assert task.window == Window(start=660 * 60, end=735 * 60)
    (person,) = problem.caregivers
    assert person.id == str(courier)
    assert (person.capacity, person.max_trips) == (Load(hot=8, cold=4), 3)
    assert person.meal_points == {f"{soft}:lunch"}
    assert person.max_riding == 10_000
    (shift,) = person.shifts
    assert (shift.origin, shift.destination) == (0, 0)
