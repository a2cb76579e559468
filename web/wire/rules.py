"""Planning rules and how strictly a centre keeps them."""

from pydantic import Field

from web.wire.base import Asked, Shown


class PlanningRule(Shown):
    """One rule, with its sentence; what can be chosen is said by the last members."""

    rule: str
    zh: str
    en: str
    hard: bool = Field(description="Whether no plan may break it")
    weight: int | None = Field(description="Points where it is not hard; null: it has none")
    can_be_hard: bool
    can_be_weighted: bool
    most: int | None = Field(description="The largest weight; null: it has none")


class PlanningRules(Shown):
    """All rules, in a lasting order."""

    version: str = Field(description="Names this state; send it with a change")
    items: list[PlanningRule]


class RuleChange(Asked):
    """How one rule is to be kept."""

    rule: str = Field(max_length=40)
    hard: bool = False
    weight: int = Field(ge=0, le=100_000)


class ChangeRules(Asked):
    """Rules that are not named stay as they are."""

    version: str | None = Field(
        None, max_length=40, description="Of the rules you saw; absent: change whatever is there"
    )
    items: list[RuleChange] = Field(min_length=1, max_length=40)
