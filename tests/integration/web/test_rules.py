"""Planning rules over HTTP: their sentences, who may change them, and what is refused."""

import pytest

from scheduler.model.rules import Rule

from .conftest import LogIn
from .test_day import clock, day  # noqa: F401 - fixtures

PATH = "/api/v1/rules"


@pytest.mark.usefixtures("day")
async def test_a_planner_reads_every_rule_and_changes_those_of_custom(log_in: LogIn) -> None:
    planner = await log_in("planner")
    before = {one["rule"]: one for one in (await planner.read("/rules"))["items"]}
    assert before.keys() == {str(rule) for rule in Rule}
    assert all(one["zh"] and one["en"] for one in before.values())
    assert before["skill"]["hard"]
    assert not before["skill"]["can_be_weighted"]
    wanted = {"items": [{"rule": "fairness", "weight": 4}]}
    changed = await planner.put(PATH, json=wanted)
    assert changed.status_code == 200, changed.text
    after = {one["rule"]: one for one in (await planner.read("/rules"))["items"]}
    assert after["fairness"]["weight"] == 4
    assert {rule for rule in before if before[rule] != after[rule]} == {"fairness"}


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize(
    "change",
    [
        {"rule": "skill", "weight": 1},
        {"rule": "fairness", "weight": 1, "hard": True},
        {"rule": "fairness", "weight": 101},
        {"rule": "kindness", "weight": 1},
        {"rule": "fairness", "weight": -1},
    ],
)
async def test_what_may_not_be_chosen_is_refused_and_changes_nothing(
    log_in: LogIn, change: dict[str, object]
) -> None:
    planner = await log_in("planner")
    before = await planner.read("/rules")
    good = {"rule": "travel_time", "weight": 9}
    answer = await planner.put(PATH, json={"items": [good, change]})
    assert answer.status_code == 422, answer.text
    assert await planner.read("/rules") == before


@pytest.mark.usefixtures("day")
async def test_who_changes_rules_that_somebody_else_has_changed_is_told_so(log_in: LogIn) -> None:
    planner, admin = await log_in("planner"), await log_in("admin")
    seen = (await planner.read("/rules"))["version"]
    body = {"version": seen, "items": [{"rule": "fairness", "weight": 4}]}
    theirs = await admin.put(PATH, json=body)
    assert theirs.status_code == 200, theirs.text
    assert theirs.json()["version"] != seen
    mine = await planner.put(
        PATH, json={"version": seen, "items": [{"rule": "lateness", "weight": 9}]}
    )
    assert mine.status_code == 409
    assert mine.json()["code"] == "rules-changed"
    now = await planner.read("/rules")
    assert now["version"] == theirs.json()["version"]
    weights = {one["rule"]: one["weight"] for one in now["items"]}
    assert (weights["fairness"], weights["lateness"]) == (4, 2)


@pytest.mark.parametrize("role", ["operator", "caregiver", "family", "southern"])
async def test_whoever_does_not_plan_neither_reads_nor_changes_them(
    log_in: LogIn, role: str
) -> None:
    client = await log_in(role)
    body = {"items": [{"rule": "fairness", "weight": 4}]}
    assert (await client.put(PATH, json=body)).status_code == 403
    assert (await client.get(PATH)).status_code == 403
