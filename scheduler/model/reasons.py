"""Why a task was left out and what would place it, in both languages.

Templates take the fields of `Unplaced.data` and of `Remedy`; seconds are given as minutes.
"""

from collections.abc import Mapping
from typing import Final

from scheduler.model.plan import Reason, Relaxation

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.NO_SKILL: (
        "没有在班人员同时具备所需资质：{skills}。",
        "Nobody at work has all the skills needed: {skills}.",
    ),
    Reason.ALL_REFUSED: (
        "具备资质的在班人员都被老人拒绝。",
        "The resident refused everybody at work who has the skills.",
    ),
    Reason.NOBODY_AT_WORK: (
        "允许的时间段内没有合适人员在班。",
        "Nobody suitable is at work in the time window.",
    ),
    Reason.TOO_FAR: (
        "合适人员都无法在最晚开始时间前赶到。",
        "Nobody suitable can get there before the latest start.",
    ),
    Reason.PINNED_AWAY: (
        "固定的人员不能执行此任务。",
        "The people it is pinned to cannot do it.",
    ),
    Reason.NO_MEAL_POINT: (
        "没有可用的助餐点提供该餐食。",
        "No usable meal point serves this meal.",
    ),
    Reason.TOO_LONG_IN_THE_BOX: (
        "从任何助餐点送达都超过箱内时限。",
        "From every meal point it would stay in the box too long.",
    ),
    Reason.NO_CAPACITY: (
        "餐箱容量或助餐点出餐能力不足。",
        "The boxes or the meal point's half hours are full.",
    ),
    Reason.NO_PAIR: (
        "找不到两名可以同时到达的人员。",
        "No two people can be there at the same time.",
    ),
    Reason.GAP_IMPOSSIBLE: (
        "无法满足与另一项服务的间隔要求。",
        "The gap to the other service cannot be kept.",
    ),
    Reason.DAY_IS_FULL: (
        "合适的 {candidates} 名人员当天已排满。",
        "The {candidates} suitable people have no room left that day.",
    ),
    Reason.COSTS_MORE_THAN_IT_IS_WORTH: (
        "可以安排，但代价高于其优先级。",
        "It could be placed, but at a higher cost than its priority is worth.",
    ),
}

REMEDIES: Final[Mapping[Relaxation, tuple[str, str]]] = {
    Relaxation.START_EARLIER: ("提前 {minutes} 分钟开始", "start {minutes} min earlier"),
    Relaxation.START_LATER: ("推迟 {minutes} 分钟开始", "start {minutes} min later"),
    Relaxation.OVERTIME: (
        "{caregiver} 加班 {minutes} 分钟",
        "{caregiver} works {minutes} min over",
    ),
    Relaxation.WAIVE_SKILL: ("放宽资质要求", "waive a skill"),
    Relaxation.ANOTHER_CAREGIVER: ("增加一名人员", "add a caregiver"),
    Relaxation.MOVE_ANOTHER: (
        "另一项任务推迟 {minutes} 分钟",
        "another task starts {minutes} min later",
    ),
}
