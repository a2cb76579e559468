"""Small weeks for tests, and a seeded town."""

from random import Random

from kernel.geo import Position
from scheduler.day.contracts import Contract
from scheduler.week.model import ItemId, Person, PersonId, ResidentId, Week, WeeklyService

HERE = Position(31.8, 119.9)
DAYTIME = ((480, 1020),)


def person(name: str, *, shifts: tuple[tuple[tuple[int, int], ...], ...] | None = None) -> Person:
    """Somebody at work from eight to five on every day."""
    return Person(id=PersonId(name), base=HERE, shifts=shifts or (DAYTIME,) * 7)


def item(name: str = "bath", *, times: int = 2, apart: int = 2) -> WeeklyService:
    """Twice a week in the morning, not two days running."""
    return WeeklyService(
        id=ItemId(name),
        resident=ResidentId("chen"),
        at=HERE,
        times=times,
        apart=apart,
        minutes=40,
        window=(540, 660),
    )


def town(residents: int, people: int, seed: int = 1) -> Week:
    """A town in which a resident has one to three services, some with fixed days."""
    random = Random(seed)

    def place() -> Position:
        return Position(31.8 + random.uniform(-0.05, 0.05), 119.9 + random.uniform(-0.06, 0.06))

    staff = []
    for number in range(people):
        off = {number % 7, (number + 1) % 7}
        span = ((390, 900),) if number % 3 else ((420, 720), (960, 1290))
        staff.append(
            Person(
                id=PersonId(f"p{number}"),
                base=place(),
                shifts=tuple(() if day in off else span for day in range(7)),
                skills=frozenset(
                    skill
                    for skill, share in (("bathing", 0.6), ("personal", 0.8), ("nursing", 0.3))
                    if random.random() < share
                ),
                contract=Contract(longest_day=480, longest_week=2400),
            )
        )
    menu = (
        ("bath", 2, 2, 45, (540, 680), "bathing"),
        ("clean", 3, 2, 55, (480, 840), None),
        ("medical", 2, 3, 25, (480, 660), "nursing"),
        ("company", 1, 1, 30, (480, 840), None),
        ("get-up", 7, 1, 30, (405, 525), "personal"),
        ("bedtime", 7, 1, 30, (1110, 1260), "personal"),
    )
    weights = (5, 6, 4, 5, 2, 1)
    items = []
    for number in range(residents):
        at = place()
        for which in sorted(set(random.choices(range(len(menu)), weights, k=2))):
            name, times, apart, minutes, window, skill = menu[which]
            items.append(
                WeeklyService(
                    id=ItemId(f"r{number}:{name}"),
                    resident=ResidentId(f"r{number}"),
                    at=at,
                    times=times,
                    apart=apart,
                    minutes=minutes,
                    window=window,
                    skills=frozenset([skill] if skill else []),
                    staff=2 if name == "bath" and random.random() < 0.1 else 1,
                    familiar={
                        staff[random.randrange(people)].id: 60,
                        staff[random.randrange(people)].id: 40,
                    },
                )
            )
    return Week(items=tuple(items), people=tuple(staff))
