"""Why a visit of the week has no place, and the smallest thing that would give it one (pure)."""

from collections.abc import Mapping, Sequence
from typing import Final

from scheduler.week.booking import Book, Obstacle
from scheduler.week.model import DAY_MIN, DAYS, Missing, Person, Week, WeeklyService

_ZH_DAYS: Final = ("第一天", "第二天", "第三天", "第四天", "第五天", "第六天", "第七天")
_WHY: Final[Mapping[str, tuple[str, str]]] = {
    "days": (
        "允许的日子里放不下约定的次数。",
        "The days allowed have no room for as many visits as agreed.",
    ),
    "skill": ("没有足够的人员具备所需资质。", "Too few people have the skills it needs."),
    "refused": (
        "具备资质的人员都被老人拒绝。",
        "The resident refuses those who have the skills.",
    ),
    "shift": (
        "允许的日子和时间段里，没有足够的人员当班。",
        "Too few people are at work on its days in its time window.",
    ),
    "full": (
        "允许的日子里，合适的人员工时已满。",
        "Those who could come have no time left on its days.",
    ),
}
_OBSTACLE: Final[Mapping[Obstacle, str]] = {
    Obstacle.SKILL: "skill",
    Obstacle.REFUSED: "refused",
    Obstacle.SHIFT: "shift",
    Obstacle.RUNNING: "full",
    Obstacle.REST: "full",
    Obstacle.FULL: "full",
}


def explain(week: Week, book: Book, item: WeeklyService, visits: int) -> Missing:
    """Return why `visits` of the item have no place in a week filled as `book` is."""
    reason = _reason(week, book, item)
    remedy, zh, en = _remedy(week, book, item)
    why_zh, why_en = _WHY[reason]
    return Missing(
        item=item.id,
        visits=visits,
        reason=reason,
        remedy=remedy,
        zh=f"{why_zh}{zh}",
        en=f"{why_en} {en}",
    )


def _reason(week: Week, book: Book, item: WeeklyService) -> str:
    free = [day for day in sorted(item.days) if book.may_be_on(item, day)]
    if not free:
        return "days"
    nearest = sorted((_nearest(book, item, free, who) for who in week.people), reverse=True)
    if len(nearest) < item.staff:
        return "skill"
    return _OBSTACLE[nearest[item.staff - 1]]


def _nearest(book: Book, item: WeeklyService, days: Sequence[int], who: Person) -> Obstacle:
    """Return what keeps a person away on the day on which least does."""
    found = [book.obstacle(item, day, who) for day in days]
    return max(Obstacle.FULL if one is None else one for one in found)


def _remedy(week: Week, book: Book, item: WeeklyService) -> tuple[str, str, str]:
    days = range(week.first, DAYS)
    for day in days:
        if (
            day not in item.days
            and book.may_be_on(item, day)
            and book.team(item, day, week.people) is not None
        ):
            return (
                "another_day",
                f"放到{_ZH_DAYS[day]}就可以。",
                f"It would do on day {day + 1} of the week.",
            )
    for day in sorted(item.days & set(days)):
        if (
            not book.may_be_on(item, day)
            and book.may_be_on(item, day, apart=1)
            and book.team(item, day, week.people) is not None
        ):
            return (
                "closer_days",
                f"如果两次服务可以挨得更近，{_ZH_DAYS[day]}就可以。",
                f"It would do on day {day + 1} if visits may be closer together.",
            )
    for day in sorted(item.days & set(days)):
        if book.may_be_on(item, day) and book.team(item, day, week.people, (0, DAY_MIN)):
            return (
                "another_window",
                f"{_ZH_DAYS[day]}换一个时间段就可以。",
                f"It would do on day {day + 1} at another time of the day.",
            )
    return _more_minutes(week, book, item)


def _more_minutes(week: Week, book: Book, item: WeeklyService) -> tuple[str, str, str]:
    over = [
        sorted(
            book.over(item, day, who)
            for who in week.people
            if book.obstacle(item, day, who) == Obstacle.FULL
        )
        for day in sorted(item.days)
        if book.may_be_on(item, day)
    ]
    least = [found[0] for found in over if found]
    if item.staff == 1 and least:
        return (
            "more_minutes",
            f"如果有一人多工作{min(least)}分钟就可以。",
            f"It would do if somebody worked {min(least)} minutes more.",
        )
    return ("nobody", "需要更多人员。", "More people are needed.")
