"""Planning rules: their sentences, and how strictly the centre keeps them."""

from fastapi import APIRouter

from kernel.errors import InvalidError
from scheduler.centre.choosing import centre_of
from scheduler.model.rules import WORDING, Rule
from scheduler.rulebook import changing
from scheduler.rulebook.strictness import CHOICES, Setting, version_of
from web.deps import Planner, TheCentre, TheClock, ThePool
from web.wire.rules import ChangeRules, PlanningRule, PlanningRules, RuleChange

router = APIRouter(tags=["rules"])


@router.get("/rules")
async def planning_rules(caller: Planner, pool: ThePool, centre: TheCentre = None) -> PlanningRules:
    """Every rule a plan is held to, and how the centre wants it kept."""
    return _shown(await changing.read(pool, await centre_of(pool, caller.areas, centre)))


@router.put("/rules")
async def change_rules(
    caller: Planner, body: ChangeRules, pool: ThePool, clock: TheClock, centre: TheCentre = None
) -> PlanningRules:
    """Keep some rules otherwise from the next plan on; the plan in force stays as it is."""
    chosen = [_setting(change) for change in body.items]
    return _shown(
        await changing.change(
            pool,
            await centre_of(pool, caller.areas, centre),
            chosen,
            now=clock.now(),
            by=caller.account_id,
            version=body.version,
        )
    )


def _setting(change: RuleChange) -> Setting:
    if change.rule not in list(Rule):
        raise InvalidError("There is no such rule.", rule=change.rule)
    return Setting(rule=Rule(change.rule), hard=change.hard, weight=change.weight)


def _shown(settings: tuple[Setting, ...]) -> PlanningRules:
    chosen = {setting.rule: setting for setting in settings}
    return PlanningRules(
        version=version_of(settings), items=[_rule(rule, chosen.get(rule)) for rule in Rule]
    )


def _rule(rule: Rule, setting: Setting | None) -> PlanningRule:
    words, choice = WORDING[rule], CHOICES.get(rule)
    has_weight = choice is not None and choice.field is not None
    return PlanningRule(
        rule=rule.value,
        zh=words.zh,
        en=words.en,
        hard=words.hard if setting is None else setting.hard,
        weight=setting.weight if setting is not None and has_weight else None,
        can_be_hard=words.hard if choice is None else choice.may_be_hard,
        can_be_weighted=choice is not None,
        most=choice.most if choice is not None and has_weight else None,
    )
