"""The planner sets how strictly the centre keeps its rules, and is told what is wrong."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.desk import Cable, Demo, axe, log_in_by_http, overflow, picture, seat

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


@pytest.fixture(autouse=True)
async def as_they_were(demo: Demo) -> AsyncIterator[None]:
    """Other tests plan by these rules: they are put back."""
    async with log_in_by_http(demo, "admin") as client:
        before = await _choices(client)
        yield
        after = await _choices(client)
        changed = [one for one in before if one not in after]
        if changed:
            (await client.put("/rules", json={"items": changed})).raise_for_status()


async def _choices(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items = (await client.get("/rules")).json()["items"]
    return [
        {"rule": one["rule"], "hard": one["hard"], "weight": one["weight"] or 0}
        for one in items
        if one["can_be_weighted"]
    ]


def rule(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid=rule][data-rule="{name}"]')


async def opened(page: Page) -> None:
    await page.get_by_test_id("nav-plan").click()
    await page.get_by_test_id("tab-rules").click()
    await page.get_by_test_id("rule").first.wait_for()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_planner_weighs_one_rule_makes_another_hard_and_finds_both_so_afterwards(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    async with seat(chromium, demo, "planner", locale=locale) as page:
        await opened(page)
        assert await axe(page) == []
        save = page.get_by_test_id("rules-save")
        await expect(save).to_be_disabled()
        weight = rule(page, "fairness").get_by_test_id("rule-weight")
        await weight.fill("101")
        await expect(rule(page, "fairness").get_by_test_id("rule-fault")).to_contain_text("100")
        await expect(weight).to_have_attribute("aria-invalid", "true")
        await expect(save).to_be_disabled()
        assert await axe(page) == []
        await picture(page, f"rules-{locale}")
        await weight.fill("4")
        await rule(page, "continuity").get_by_test_id("rule-how").select_option("hard")
        await expect(page.get_by_test_id("rules-count")).to_contain_text("2")
        await weight.press("Enter")
        await expect(page.get_by_test_id("rules-discard")).to_be_disabled()
        assert await axe(page) == []
        await page.reload()
        await page.get_by_test_id("rule").first.wait_for()
        await expect(weight).to_have_value("4")
        await expect(rule(page, "continuity").get_by_test_id("rule-how")).to_have_value("hard")


async def test_who_is_overtaken_sees_what_the_other_did_and_keeps_what_was_typed(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "planner", locale="en") as page:
        await opened(page)
        await rule(page, "lateness").get_by_test_id("rule-weight").fill("9")
        async with log_in_by_http(demo, "supervisor") as client:
            other = {"items": [{"rule": "travel_time", "weight": 3}]}
            assert (await client.put("/rules", json=other)).status_code == 200
        await page.get_by_test_id("rules-save").click()
        await expect(page.get_by_test_id("rules-overtaken")).to_contain_text("Somebody else")
        assert await axe(page) == []
        await expect(rule(page, "travel_time").get_by_test_id("rule-weight")).to_have_value("3")
        await expect(rule(page, "lateness").get_by_test_id("rule-weight")).to_have_value("9")
        await page.get_by_test_id("rules-save").click()
        await expect(page.get_by_test_id("rules-count")).to_contain_text("Nothing is changed")


async def test_an_operator_has_no_tab_for_rules_and_is_told_whose_they_are(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "operator", locale="en") as page:
        await page.get_by_test_id("nav-plan").click()
        await page.get_by_test_id("tab-week").wait_for()
        await expect(page.get_by_test_id("tab-rules")).to_have_count(0)
        await page.goto("/console#/rules")
        await expect(page.get_by_test_id("rules")).to_contain_text("Planners")
        await expect(page.get_by_test_id("rule")).to_have_count(0)
        assert await axe(page) == []


async def test_without_a_connection_nothing_is_saved_and_nothing_typed_is_lost(
    demo: Demo, chromium: Browser
) -> None:
    cable = Cable()
    async with seat(chromium, demo, "planner", locale="en", cable=cable) as page:
        await opened(page)
        weight = rule(page, "fairness").get_by_test_id("rule-weight")
        await weight.fill("5")
        await cable.pull()
        await expect(page.get_by_test_id("rules")).to_contain_text("connection is lost")
        await expect(page.get_by_test_id("rules-save")).to_be_disabled()
        await expect(weight).to_have_value("5")
        assert await axe(page) == []
        cable.plug_in()
        await expect(page.get_by_test_id("rules-save")).to_be_enabled()
        await page.route("**/api/v1/rules", lambda route: route.abort())
        await page.get_by_test_id("rules-save").click()
        await page.get_by_test_id("rules-failure").wait_for()
        await expect(weight).to_have_value("5")


@pytest.mark.parametrize("size", [(1280, 720), (640, 450), (320, 640)])
async def test_the_rules_never_scroll_the_page_sideways(
    demo: Demo, chromium: Browser, size: tuple[int, int]
) -> None:
    async with seat(chromium, demo, "planner", locale="en", size=size) as page:
        await opened(page)
        wider = await overflow(page)
        await picture(page, f"rules-{size[0]}")
        assert wider <= 0
