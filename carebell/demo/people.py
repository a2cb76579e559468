"""Who lives and works in the town (pure, seeded)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from carebell.demo import words
from carebell.demo.geography import Estate, Map, Place, shifted
from kernel.geo import Position

COUPLES: Final = 0.12
ALONE: Final = 0.45
CARE_LEVELS: Final = (35, 30, 18, 11, 6)  # percent at each of the five levels
#: Relation, female or not (None: either), how often; children bear the father's surname.
RELATIONS: Final = (
    ("女儿", True, 30),
    ("儿子", False, 30),
    ("儿媳", True, 8),
    ("女婿", False, 6),
    ("邻居", None, 14),
    ("侄女", True, 5),
    ("社区网格员", None, 7),
)
#: What a caregiver may be certified for, and how many are.
SKILLS: Final = (
    ("personal_care", 1.0),
    ("first_aid", 0.85),
    ("bathing", 0.7),
    ("nursing", 0.45),
    ("dementia", 0.4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where residents live."""

    id: UUID
    area: str
    street: str
    address: str
    at: Position
    way_in: str
    door_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A person cared for. `contacts` in the order in which they are called."""

    id: UUID
    home: Home
    name: str
    female: bool
    born: date
    phone: str
    care_level: int
    conditions: tuple[str, ...]
    languages: tuple[str, ...]
    lives_alone: bool
    contacts: tuple["Contact", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call. `told`: the resident agreed that this contact follows alerts."""

    id: UUID
    name: str
    relation: str
    phone: str
    has_key: bool
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """A caregiver or a courier; `number` names the account."""

    id: UUID
    number: int
    courier: bool
    area: str
    station: int
    name: str
    female: bool
    phone: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    travel_mode: str
    base: Position


class Ids:
    """Ids that one seed makes again, unlike those of `kernel.ids`."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self) -> UUID:
        """Return the next id (UUID version 4 by form)."""
        return UUID(int=self._random.getrandbits(128), version=4)


def residents(random: Random, where: Map, count: int, today: date) -> Iterator[Resident]:
    """Yield `count` residents; couples share a home."""
    new_id, made = Ids(random), 0
    while made < count:
        home = _home(random, new_id(), random.choice(where.estates))
        couple = made + 2 <= count and random.random() < COUPLES
        alone = not couple and random.random() < ALONE
        for female in (True, False) if couple else (random.random() < 0.58,):
            yield _resident(random, new_id, home, female=female, alone=alone, today=today)
            made += 1


def _home(random: Random, ident: UUID, estate: Estate) -> Home:
    building, unit, floor = random.randint(1, 18), random.randint(1, 4), random.randint(1, 6)
    way_in = random.choice(words.WAYS_IN)
    digits = random.choice((4, 6))
    return Home(
        id=ident,
        area=estate.area,
        street=estate.street,
        address=f"{estate.address}{building}幢{unit}单元{floor}0{random.randint(1, 4)}室",
        at=shifted(estate.at, random.gauss(0, 60), random.gauss(0, 60)),
        way_in=way_in.format(
            gate=random.choice(words.GATES), building=building, unit=unit, floor=floor
        ),
        door_code=f"{random.randrange(10**digits):0{digits}d}" if random.random() < 0.4 else None,
    )


def _resident(
    random: Random, new_id: Ids, home: Home, *, female: bool, alone: bool, today: date
) -> Resident:
    age = min(99, 66 + random.expovariate(1 / 9))
    level = random.choices(range(5), CARE_LEVELS)[0]
    if age > 85 and level < 4 and random.random() < 0.4:
        level += 1
    surname = words.surname(random)
    return Resident(
        id=new_id(),
        home=home,
        name=surname + words.given_name(random, female=female, old=True),
        female=female,
        born=today - timedelta(days=round(age * 365.25)),
        phone=words.phone(random),
        care_level=level,
        conditions=tuple(
            sorted(
                random.sample(
                    words.CONDITIONS,
                    min(
                        len(words.CONDITIONS),
                        random.choice((0, 1, 1, 2) if level < 2 else (1, 2, 3, 4)),
                    ),
                )
            )
        ),
        languages=random.choices((("zh",), ("zh", "wuu"), ("wuu",)), (70, 26, 4))[0],
        lives_alone=alone,
        contacts=tuple(_contacts(random, new_id, surname)),
    )


def _contacts(random: Random, new_id: Ids, surname: str) -> Iterator[Contact]:
    kinds = list(RELATIONS)
    for position in range(random.choices((1, 2, 3), (25, 50, 25))[0]):
        relation, female, _ = kinds.pop(
            random.choices(range(len(kinds)), [weight for *_, weight in kinds])[0]
        )
        is_female = random.random() < 0.5 if female is None else female
        family = surname if relation in {"女儿", "儿子", "侄女"} else words.surname(random)
        yield Contact(
            id=new_id(),
            name=family + words.given_name(random, female=is_female, old=False),
            relation=relation,
            phone=words.phone(random),
            has_key=random.random() < 0.5,
            told=position == 0 or random.random() < 0.6,
        )


def caregivers(
    random: Random, stations: Sequence[Place], meal_points: Sequence[Place], count: int
) -> Iterator[Caregiver]:
    """Yield `count` caregivers and a courier for every third of them."""
    new_id = Ids(random)
    for number in range(1, count + 1):
        station = (number - 1) % len(stations)
        female = random.random() < 0.85
        yield Caregiver(
            id=new_id(),
            number=number,
            courier=False,
            area=stations[station].area,
            station=station,
            name=words.surname(random) + words.given_name(random, female=female, old=False),
            female=female,
            phone=words.phone(random),
            languages=("zh", "wuu") if random.random() < 0.7 else ("zh",),
            skills=tuple(skill for skill, share in SKILLS if random.random() < share),
            travel_mode=random.choices(("ebike", "car", "walk"), (88, 6, 6))[0],
            base=stations[station].at,
        )
    for number in range(1, max(2, round(count * 0.28)) + 1):
        kitchen = meal_points[(number - 1) % len(meal_points)]
        female = random.random() < 0.3
        station = (number - 1) % len(stations)
        yield Caregiver(
            id=new_id(),
            number=number,
            courier=True,
            area=stations[station].area,
            station=station,
            name=words.surname(random) + words.given_name(random, female=female, old=False),
            female=female,
            phone=words.phone(random),
            languages=("zh",),
            skills=(),
            travel_mode="ebike",
            base=kitchen.at,
        )
