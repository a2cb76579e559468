"""How strictly a centre keeps a rule: settings become fields of the problem (pure).

A rule that protects somebody (skills, refusals, pairs, gaps, what was pinned) is always hard. The
rules here are a matter of the centre's custom: hard, or worth so many points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Final

from kernel.errors import InvalidError
from scheduler.model.problem import MANDATORY, Problem, Task, TaskKind, Weights, Window
from scheduler.model.rules import Rule

OVERTIME_S: Final = 3_600
"""Longest overtime where it is not ruled out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one rule is kept.

    Attributes:
        hard: whether no plan may break it; the weight then has no effect.
        weight: points; for each second or each visit, see `scheduler.model.problem.Weights`.
    """

    rule: Rule
    hard: bool
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a centre may choose.

    Attributes:
        field: of `Weights`; None: the rule has no weight to choose.
        may_be_hard: whether it can be made hard.
        most: largest weight; low enough that no wish outweighs a visit that must be done.
        hard: whether it is hard unless the centre says otherwise.
    """

    field: str | None
    may_be_hard: bool = False
    most: int = 100
    hard: bool = False


CHOICES: Final[Mapping[Rule, Choice]] = {
    Rule.TRAVEL_TIME: Choice(field="travel"),
    Rule.LATENESS: Choice(field="lateness", may_be_hard=True),
    Rule.WORST_LATENESS: Choice(field="worst_lateness"),
    Rule.CONTINUITY: Choice(field="continuity", may_be_hard=True, most=100_000),
    Rule.PREFERENCE: Choice(field="preference", may_be_hard=True, most=100_000),
    Rule.OVERTIME: Choice(field="overtime", may_be_hard=True, hard=True),
    Rule.FAIRNESS: Choice(field="fairness"),
    Rule.LEFT_OUT: Choice(field=None, may_be_hard=True),
    Rule.CHANGED_CAREGIVER: Choice(field="changed_caregiver", most=100_000),
    Rule.CHANGED_TIME: Choice(field="changed_time"),
}
"""The rules a centre may set; `LEFT_OUT` made hard makes every visit one that must be done."""


def checked(setting: Setting) -> Setting:
    """Return `setting` if a centre may choose it.

    Raises:
        InvalidError: the rule cannot be set, cannot be hard, or the weight is out of range.
    """
    choice = CHOICES.get(setting.rule)
    if choice is None:
        raise InvalidError("This rule is always hard.", rule=setting.rule)
    if setting.hard and not choice.may_be_hard:
        raise InvalidError("This rule can only be weighted.", rule=setting.rule)
    if not 0 <= setting.weight <= choice.most:
        raise InvalidError("The weight is out of range.", rule=setting.rule, most=choice.most)
    return setting


def in_force(chosen: Iterable[Setting]) -> tuple[Setting, ...]:
    """Return a setting for every rule that has a choice: the chosen, else the usual one."""
    by_rule = {setting.rule: setting for setting in chosen if setting.rule in CHOICES}
    return tuple(by_rule.get(rule, _usual(rule, choice)) for rule, choice in CHOICES.items())


def version_of(settings: Iterable[Setting]) -> str:
    """Return what names this state of the settings; another state has another name."""
    told = ";".join(
        f"{one.rule}:{one.hard}:{one.weight}" for one in sorted(settings, key=lambda one: one.rule)
    )
    return sha256(told.encode()).hexdigest()[:16]


def _usual(rule: Rule, choice: Choice) -> Setting:
    weight = 1 if choice.field is None else int(getattr(Weights(), choice.field))
    return Setting(rule=rule, hard=choice.hard, weight=weight)


def strictly(problem: Problem, chosen: Iterable[Setting]) -> Problem:
    """Return `problem` as a centre with these settings wants it kept.

    What has begun stays as it is. A hard continuity binds only where somebody at work has been
    before, a hard preference only where somebody preferred is at work: a wish that nobody can
    fulfil leaves no visit out.
    """
    settings = {setting.rule: setting for setting in in_force(chosen)}
    hard = {rule for rule, setting in settings.items() if setting.hard}
    known = {field.name for field in fields(Weights)}
    weights = replace(
        problem.weights,
        **{
            choice.field: settings[rule].weight
            for rule, choice in CHOICES.items()
            if choice.field in known and choice.field is not None
        },
    )
    return replace(
        problem,
        weights=weights,
        tasks=tuple(_strict(problem, task, hard) for task in problem.tasks),
        caregivers=tuple(
            replace(
                person,
                max_overtime=person.max_overtime
                if Rule.OVERTIME in hard
                else max(person.max_overtime, OVERTIME_S),
            )
            for person in problem.caregivers
        ),
    )


def _strict(problem: Problem, task: Task, hard: set[Rule]) -> Task:
    if task.kind == TaskKind.ALARM or task.pin is not None:
        return task
    at_work = {person.id for person in problem.caregivers if person.shifts}
    refused = set(task.refused)
    for rule, wanted in ((Rule.CONTINUITY, task.familiar), (Rule.PREFERENCE, task.preferred)):
        welcome = {who for who in wanted if who in at_work and who not in refused}
        if rule in hard and len(welcome) >= task.staff:
            refused |= at_work - welcome
    end = task.latest_wanted if Rule.LATENESS in hard else task.window.end
    return replace(
        task,
        refused=frozenset(refused),
        window=Window(start=task.window.start, end=max(end, task.window.start)),
        price=max(task.price, MANDATORY) if Rule.LEFT_OUT in hard else task.price,
    )
