"""Every constraint by name, hard or weighted, with a sentence in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """A constraint's name; stored with plans and shown by key, so never renamed."""

    SHAPE = "shape"
    COVERED = "covered"
    TRAVEL = "travel"
    DURATION = "duration"
    WINDOW = "window"
    SKILL = "skill"
    REFUSED = "refused"
    TOGETHER = "together"
    GAP = "gap"
    DIFFERENT = "different"
    PINNED = "pinned"
    SHIFT = "shift"
    BREAK = "break"
    LONGEST_DAY = "longest_day"
    RIDING = "riding"
    TRIPS = "trips"
    CAPACITY = "capacity"
    MEAL_POINT = "meal_point"
    MEAL_POINT_HOURS = "meal_point_hours"
    MEAL_POINT_CAPACITY = "meal_point_capacity"
    TIME_IN_THE_BOX = "time_in_the_box"

    TRAVEL_TIME = "travel_time"
    LATENESS = "lateness"
    WORST_LATENESS = "worst_lateness"
    CONTINUITY = "continuity"
    PREFERENCE = "preference"
    OVERTIME = "overtime"
    FAIRNESS = "fairness"
    LEFT_OUT = "left_out"
    CHANGED_CAREGIVER = "changed_caregiver"
    CHANGED_TIME = "changed_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a rule says, for people."""

    hard: bool
    zh: str
    en: str


def _hard(zh: str, en: str) -> Wording:
    return Wording(hard=True, zh=zh, en=en)


def _weighted(zh: str, en: str) -> Wording:
    return Wording(hard=False, zh=zh, en=en)


WORDING: Final[Mapping[Rule, Wording]] = {
    Rule.SHAPE: _hard(
        "每条路线对应一名人员，各段按时间顺序、从出发到返回。",
        "Each route belongs to one person and runs in order of time from departure to return.",
    ),
    Rule.COVERED: _hard(
        "每项任务恰好安排所需人数一次，否则列入未安排。",
        "Each task is done once by as many people as it needs, or listed as left out.",
    ),
    Rule.TRAVEL: _hard(
        "到达时间不早于从上一处出发加路程所需时间。",
        "Nobody arrives sooner than travel from the stop before allows.",
    ),
    Rule.DURATION: _hard("服务时长不少于规定。", "A task gets the time it needs."),
    Rule.WINDOW: _hard("在允许的时间段内开始。", "A task starts inside its time window."),
    Rule.SKILL: _hard("人员具备所需资质。", "Whoever comes has the skills needed."),
    Rule.REFUSED: _hard("不派老人拒绝的人员。", "Nobody is sent whom the resident refused."),
    Rule.TOGETHER: _hard(
        "双人服务由两名不同人员同时开始。",
        "A visit for two is started together by two different people.",
    ),
    Rule.GAP: _hard(
        "有先后的服务保持规定的最短和最长间隔。",
        "Ordered services keep their least and most gap.",
    ),
    Rule.DIFFERENT: _hard(
        "规定由不同人员完成的服务不派同一人。",
        "Services that need different people are not given to the same one.",
    ),
    Rule.PINNED: _hard("已固定的人员和时间不变。", "What is pinned keeps its people and its time."),
    Rule.SHIFT: _hard(
        "只在班次内工作，加班不超过上限。",
        "People work inside their shifts, overtime within its limit.",
    ),
    Rule.BREAK: _hard("在规定时间段内休息。", "Breaks are taken inside their window."),
    Rule.LONGEST_DAY: _hard(
        "工作时间不超过每日上限。", "Nobody works longer than the longest day."
    ),
    Rule.RIDING: _hard("骑行时间不超过电池续航。", "Nobody rides longer than the battery lasts."),
    Rule.TRIPS: _hard("取餐趟数不超过上限。", "A courier loads no more often than allowed."),
    Rule.CAPACITY: _hard("每趟装载不超过餐箱容量。", "A trip carries no more than fits the boxes."),
    Rule.MEAL_POINT: _hard(
        "餐食取自能提供该饮食的助餐点。",
        "A meal comes from a meal point that serves its diet.",
    ),
    Rule.MEAL_POINT_HOURS: _hard(
        "在助餐点开放时间内取餐。", "Meals are loaded while the meal point is open."
    ),
    Rule.MEAL_POINT_CAPACITY: _hard(
        "每半小时出餐不超过助餐点能力。",
        "No more boxes leave a meal point in a half hour than it can make.",
    ),
    Rule.TIME_IN_THE_BOX: _hard(
        "餐食在箱内时间不超过上限。", "No meal stays in the box longer than allowed."
    ),
    Rule.TRAVEL_TIME: _weighted("路程越短越好。", "Less travel is better."),
    Rule.LATENESS: _weighted("尽量不迟到。", "Start by the time wanted."),
    Rule.WORST_LATENESS: _weighted(
        "最严重的迟到尽量小。", "Keep the largest lateness of the day small."
    ),
    Rule.CONTINUITY: _weighted("尽量派熟悉的人员。", "Send somebody the resident knows."),
    Rule.PREFERENCE: _weighted("尽量派老人希望的人员。", "Send somebody the resident asked for."),
    Rule.OVERTIME: _weighted("尽量不加班。", "Avoid overtime."),
    Rule.FAIRNESS: _weighted("工作量尽量均衡。", "Share the work evenly."),
    Rule.LEFT_OUT: _weighted("尽量安排每项任务。", "Leave nothing out."),
    Rule.CHANGED_CAREGIVER: _weighted(
        "调整时尽量不换人。", "When the day changes, keep who was promised."
    ),
    Rule.CHANGED_TIME: _weighted(
        "调整时尽量不改时间。", "When the day changes, keep the time that was promised."
    ),
}

HARD: Final = frozenset(rule for rule in Rule if WORDING[rule].hard)
WEIGHTED: Final = frozenset(Rule) - HARD
