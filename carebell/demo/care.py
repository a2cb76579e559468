"""The menu of services, what residents agreed to, and the meals they ordered (pure, seeded)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from carebell.demo.people import Ids, Resident
from carebell.demo.rota import Worker

WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A line of the menu. `minutes` by care level; tasks: id, Chinese, English."""

    id: str
    zh: str
    en: str
    minutes: tuple[int, int, int, int, int]
    skills: tuple[str, ...] = ()
    tasks: tuple[tuple[str, str, str], ...] = ()


SERVICES: Final = (
    Service(
        id="get-up",
        zh="晨间照护",
        en="Getting up",
        minutes=(25, 30, 35, 40, 45),
        skills=("personal_care",),
        tasks=(
            ("wash", "洗漱", "Wash"),
            ("dress", "穿衣", "Dress"),
            ("breakfast", "早餐", "Breakfast"),
            ("medicine", "提醒服药", "Medicine taken"),
        ),
    ),
    Service(
        id="bath",
        zh="助浴",
        en="Bathing",
        minutes=(35, 40, 45, 50, 55),
        skills=("bathing",),
        tasks=(
            ("check", "检查血压与皮肤", "Check blood pressure and skin"),
            ("water", "测水温", "Test the water"),
            ("bath", "洗浴", "Bath"),
            ("floor", "擦干地面", "Dry the floor"),
        ),
    ),
    Service(
        id="medical",
        zh="助医",
        en="Medical help",
        minutes=(20, 25, 25, 30, 30),
        skills=("nursing",),
        tasks=(
            ("vitals", "测量体征", "Measure vital signs"),
            ("medicine", "整理药盒", "Fill the pill box"),
        ),
    ),
    Service(
        id="meal",
        zh="助餐",
        en="Help with a meal",
        minutes=(25, 25, 30, 35, 40),
        tasks=(("warm", "加热饭菜", "Warm the food"), ("eat", "协助进餐", "Help to eat")),
    ),
    Service(
        id="clean",
        zh="助洁",
        en="Cleaning",
        minutes=(50, 50, 55, 60, 60),
        tasks=(
            ("rooms", "打扫房间", "Clean the rooms"),
            ("kitchen", "清洁厨房", "Clean the kitchen"),
            ("laundry", "洗衣", "Laundry"),
        ),
    ),
    Service(
        id="walk",
        zh="助行",
        en="Going out together",
        minutes=(40, 40, 40, 40, 40),
        tasks=(("walk", "陪同外出", "Walk together"),),
    ),
    Service(
        id="company",
        zh="关爱探访",
        en="Company",
        minutes=(30, 30, 30, 30, 30),
        tasks=(("talk", "聊天", "Talk"), ("safety", "检查用气用电", "Check gas and power")),
    ),
    Service(
        id="bedtime",
        zh="晚间照护",
        en="Going to bed",
        minutes=(20, 25, 25, 30, 35),
        skills=("personal_care",),
        tasks=(
            ("wash", "洗漱", "Wash"),
            ("medicine", "提醒服药", "Medicine taken"),
            ("bed", "上床", "To bed"),
        ),
    ),
    Service(
        id="night-round",
        zh="夜间巡视",
        en="Night round",
        minutes=(15, 15, 15, 20, 20),
        skills=("personal_care",),
        tasks=(("turn", "翻身", "Turn"), ("check", "查看", "Check")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How much of a service the town wants: visits a day for 2,000 residents, and when.

    `days` a week, and windows (minutes of the day in which the visit starts), of which a resident
    gets one each; `each` gives all of them to the same resident. With `apart` the days are not
    fixed: they are chosen week by week, so many days from one to the next.
    """

    service: str
    per_day: int
    levels: tuple[int, ...]
    days: tuple[int, ...]
    windows: tuple[tuple[int, int], ...]
    priority: int = 1
    each: bool = False
    pairs: bool = False
    apart: int | None = None


DEMAND: Final = (
    Demand(
        service="night-round",
        per_day=40,
        levels=(3, 4),
        days=(7,),
        windows=((1340, 1420), (80, 180)),
        each=True,
    ),
    Demand(
        service="night-round",
        per_day=26,
        levels=(3, 4),
        days=(7,),
        windows=((1400, 1500), (1430, 1560), (210, 300), (330, 420)),
    ),
    Demand(
        service="get-up",
        per_day=54,
        levels=(2, 3, 4),
        days=(7, 5),
        windows=((405, 480), (435, 525), (480, 560)),
    ),
    Demand(
        service="bedtime",
        per_day=46,
        levels=(2, 3, 4),
        days=(7, 5),
        windows=((1110, 1200), (1170, 1260), (1230, 1320), (1290, 1370)),
    ),
    Demand(
        service="bath",
        per_day=34,
        levels=(1, 2, 3),
        days=(1, 2),
        windows=((540, 660), (600, 720), (810, 930)),
    ),
    Demand(
        service="bath",
        per_day=10,
        levels=(4,),
        days=(2,),
        windows=((540, 690), (810, 930)),
        pairs=True,
    ),
    Demand(
        service="medical",
        per_day=52,
        levels=(1, 2, 3, 4),
        days=(2, 3),
        windows=((480, 600), (540, 660), (870, 990), (1020, 1110)),
    ),
    Demand(
        service="meal",
        per_day=44,
        levels=(2, 3, 4),
        days=(5, 7),
        windows=((660, 720), (680, 740), (1020, 1080), (1050, 1110)),
    ),
    Demand(
        service="clean",
        per_day=46,
        levels=(0, 1, 2, 3),
        days=(1, 2),
        windows=((500, 680), (790, 960)),
        priority=2,
    ),
    Demand(
        service="walk",
        per_day=18,
        levels=(0, 1, 2),
        days=(2, 3),
        windows=((540, 660), (870, 1000)),
        priority=2,
        apart=2,
    ),
    Demand(
        service="company",
        per_day=30,
        levels=(0, 1),
        days=(1, 2),
        windows=((560, 700), (830, 1020)),
        priority=3,
        apart=3,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a resident's care plan.

    With `apart`, as many visits a week as there are `weekdays`, on any days so far apart; the
    weekdays are those of the past weeks.
    """

    id: UUID
    resident: Resident
    starts_on: date
    service: str
    weekdays: tuple[int, ...]
    window: tuple[int, int]
    staff: int | None
    preferred: tuple[UUID, ...]
    priority: int
    apart: int | None = None

    @property
    def rrule(self) -> str:
        """The recurrence, as RFC 5545 writes it: the days to choose from, where they are chosen."""
        if self.apart is not None or len(self.weekdays) == 7:
            return "FREQ=DAILY"
        return "FREQ=WEEKLY;BYDAY=" + ",".join(WEEK[day] for day in self.weekdays)


def items(
    random: Random,
    residents: Sequence[Resident],
    workers: Sequence[Worker],
    today: date,
    *,
    scale: float,
) -> Iterator[Item]:
    """Yield care plan items for about `scale` x 400 visits a day."""
    new_id = Ids(random)
    pool = list(residents)
    random.shuffle(pool)
    has: dict[UUID, int] = {}
    for demand in DEMAND:
        wanted = demand.per_day * scale
        able = [r for r in pool if r.care_level in demand.levels]
        able.sort(key=lambda r: has.get(r.id, 0))  # the sort is stable: shuffled within
        for resident in able:
            if wanted <= 0:
                break
            has[resident.id] = has.get(resident.id, 0) + 1
            days = random.choice(demand.days)
            sample = random.sample(range(7), days)
            if demand.apart is not None:
                sample = [(sample[0] + n * demand.apart) % 7 for n in range(days)]
            weekdays = tuple(sorted(sample))
            for window in demand.windows if demand.each else (random.choice(demand.windows),):
                wanted -= days / 7
                yield Item(
                    id=new_id(),
                    resident=resident,
                    starts_on=today - timedelta(days=random.randint(60, 500)),
                    service=demand.service,
                    weekdays=weekdays,
                    window=window,
                    staff=2 if demand.pairs else None,
                    preferred=_preferred(random, resident, demand.service, window, workers),
                    priority=demand.priority,
                    apart=demand.apart,
                )


def _preferred(
    random: Random,
    resident: Resident,
    service: str,
    window: tuple[int, int],
    workers: Sequence[Worker],
) -> tuple[UUID, ...]:
    """Return one or two caregivers of the resident's street who could come at that time."""
    needs = next(line.skills for line in SERVICES if line.id == service)
    near = [
        worker.caregiver.id
        for worker in workers
        if worker.caregiver.area == resident.home.street
        and not worker.caregiver.courier
        and set(needs) <= set(worker.caregiver.skills)
        and worker.shifts[0].covers(window)
    ]
    return tuple(random.sample(near, min(len(near), random.choice((1, 2, 2)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Meals a resident has ordered for certain weekdays; the window is for the hand-over."""

    resident: Resident
    meal: str
    weekdays: frozenset[int]
    window: tuple[int, int]
    diet: str
    cold: int


DIETS: Final = {"normal": 68, "low_salt": 16, "diabetic": 10, "soft": 6}  # percent
MEALS: Final = (("lunch", 320, 645, 4), ("supper", 180, 1005, 3))  # per day, first start, steps


def subscriptions(
    random: Random, residents: Sequence[Resident], *, scale: float
) -> Iterator[Subscription]:
    """Yield meals for about `scale` x 500 boxes a day."""
    for meal, per_day, first, steps in MEALS:
        wanted = per_day * scale
        for resident in random.sample(residents, len(residents)):
            if wanted <= 0:
                break
            days = random.choice((5, 7, 7))
            wanted -= days / 7
            start = first + 15 * random.randrange(steps)
            yield Subscription(
                resident=resident,
                meal=meal,
                weekdays=frozenset(random.sample(range(7), days)),
                window=(start, start + 60),
                diet=random.choices(list(DIETS), list(DIETS.values()))[0],
                cold=int(random.random() < 0.1),
            )
