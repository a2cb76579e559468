"""A repair against a running town, nothing answered by the test: from the question to the chart."""

from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, Request, expect

from kernel.clock import SystemClock
from tests.browser.desk import Demo, axe, seat

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]

OFFERED: Final = '[data-testid="repair-publish"]:enabled'
#: All of the chart's rows are drawn.
TALL: Final = (1440, 1700)
#: Out of town: no plan passes there.
ELSEWHERE: Final = ("31.000000", "118.000000")
ZONE: Final = ZoneInfo("Asia/Shanghai")


def writes(page: Page) -> list[dict[str, str]]:
    """What the page posts about repairs, as it does so."""
    found: list[dict[str, str]] = []

    def note(request: Request) -> None:
        path = request.url.partition("/api/v1")[2]
        if request.method == "POST" and path.startswith("/repairs"):
            body: Any = request.post_data_json
            found.append({"path": path, "event_id": body["event_id"]})

    page.on("request", note)
    return found


async def opened(page: Page) -> None:
    await page.get_by_test_id("nav-plan").click()
    await page.locator("[data-stop]").first.wait_for()
    await page.get_by_test_id("repair-open").click()
    await page.get_by_test_id("repair").wait_for()


async def urgent(page: Page, demo: Demo) -> None:
    """Fill in the form for an urgent visit, but for when and how long."""
    await opened(page)
    await page.get_by_test_id("repair-new_visit").check()
    await page.get_by_test_id("repair-resident").fill(demo.terminals[0]["resident"])
    await page.get_by_test_id("repair-hit").first.check()
    await page.get_by_test_id("repair-service").select_option("company")


async def one_ahead(page: Page, demo: Demo) -> str:
    """Put an urgent visit into the plan, far enough ahead that nobody was promised it yet.

    At every hour of the day somebody is at work by then; at midnight it is tomorrow's.
    """
    posted = writes(page)
    await urgent(page, demo)
    now = SystemClock().now().astimezone(ZONE)
    for name, hours in (("earliest", 2), ("latest", 4)):
        there = f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M}"
        await page.get_by_test_id(f"repair-{name}").fill(there)
    await page.get_by_test_id("repair-ask").click()
    await page.locator(OFFERED).first.click()
    await expect(page.get_by_test_id("repair")).to_be_hidden()
    return next(one["event_id"] for one in posted if one["path"] == "/repairs")


async def choose(page: Page, happened: str, visit: str) -> None:
    """Open the form once more and say what happened to a visit that the chart shows."""
    await page.locator(f'[data-stop="{visit}"]').first.wait_for()
    await page.get_by_test_id("repair-open").click()
    await page.get_by_test_id(f"repair-{happened}").check()
    await page.get_by_test_id("repair-visit").select_option(visit)


async def current(page: Page) -> Any:
    answer = await page.request.get("/api/v1/plans/current?kind=visits")
    return await answer.json()


def placed(plan: Any) -> set[str]:
    return {stop["visit_id"] for row in plan["caregivers"] for stop in row["stops"]}


async def test_a_cancelled_visit_is_repaired_published_and_leaves_every_chart(
    demo: Demo, chromium: Browser
) -> None:
    async with (
        seat(chromium, demo, "planner", size=TALL) as page,
        seat(chromium, demo, "supervisor", size=TALL) as other,
    ):
        await other.get_by_test_id("nav-plan").click()
        visit = await one_ahead(page, demo)
        before = await current(page)
        assert visit in placed(before)
        await choose(page, "cancelled", visit)
        await expect(other.locator(f'[data-stop="{visit}"]')).to_have_count(1)
        await page.get_by_test_id("repair-ask").click()
        await page.locator(OFFERED).first.wait_for()
        assert await axe(page) == []
        await page.locator(OFFERED).first.click()
        await expect(page.get_by_test_id("repair")).to_be_hidden()
        after = await current(page)
        assert after["plan"]["version"] > before["plan"]["version"]
        assert after["plan"]["cause"] == "cancelled"
        assert visit not in placed(after)
        for seen in (page, other):  # whoever looks at the day has it by itself
            await expect(seen.locator(f'[data-stop="{visit}"]')).to_have_count(0)


async def test_a_repair_left_alone_changes_nothing_and_is_offered_nowhere(
    demo: Demo, chromium: Browser
) -> None:
    async with (
        seat(chromium, demo, "planner", size=TALL) as page,
        seat(chromium, demo, "supervisor", size=TALL) as other,
    ):
        await other.get_by_test_id("nav-plan").click()
        visit = await one_ahead(page, demo)
        before = await current(page)
        await choose(page, "late", visit)
        await page.get_by_test_id("repair-ask").click()
        await page.locator(OFFERED).first.wait_for()
        offer = other.get_by_test_id("repair-offer")
        await expect(offer).to_have_count(1)  # a colleague sees that something waits
        await expect(offer).to_have_attribute("data-cause", "late")
        await page.get_by_test_id("repair-dismiss").click()
        await expect(page.get_by_test_id("repair")).to_be_hidden()
        await expect(offer).to_have_count(0)
        assert (await current(page))["plan"]["id"] == before["plan"]["id"]


async def test_without_a_connection_the_question_waits_and_is_not_asked_twice(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "planner", size=TALL) as page:
        visit = await one_ahead(page, demo)
        posted = writes(page)
        await choose(page, "late", visit)
        await page.context.set_offline(True)
        await page.get_by_test_id("repair-ask").click()
        fault = page.get_by_test_id("repair").get_by_role("alert")
        await fault.wait_for()
        assert await axe(page) == []
        events = {one["event_id"] for one in posted}
        await page.context.set_offline(False)
        await fault.get_by_role("button").click()
        await page.locator(OFFERED).first.wait_for()
        assert {one["event_id"] for one in posted if one["path"] == "/repairs"} == events
        assert len(events) == 1
        await page.context.set_offline(True)
        await page.locator(OFFERED).first.click()
        await fault.wait_for()
        await page.context.set_offline(False)
        await fault.get_by_role("button").click()
        await expect(page.get_by_test_id("repair")).to_be_hidden()
        published = [one for one in posted if one["path"].endswith("/publish")]
        assert len({one["event_id"] for one in published}) == 1
        assert all(not one["path"].endswith("/again") for one in posted)


async def test_an_urgent_visit_is_asked_for_by_form(demo: Demo, chromium: Browser) -> None:
    async with seat(chromium, demo, "planner", locale="en") as page:
        await urgent(page, demo)
        await page.get_by_test_id("repair-minutes").fill("20")
        assert await axe(page) == []
        await page.get_by_test_id("repair-ask").click()
        await page.locator(OFFERED).first.wait_for()
        await expect(page.get_by_test_id("repair-way").first).to_be_visible()
        await page.get_by_test_id("repair-close").click()
        await expect(page.get_by_test_id("repair")).to_be_hidden()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_road_is_closed_from_the_map_or_by_coordinates_and_opened_again(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    async with seat(chromium, demo, "planner", locale=locale) as page:
        await opened(page)
        await page.get_by_test_id("repair-road_closed").check()
        await expect(page.get_by_test_id("road-map")).to_have_attribute("data-ready", "true")
        await page.get_by_test_id("road-map").click(position={"x": 150, "y": 120})
        await expect(page.get_by_test_id("road-lat")).not_to_have_value("")
        assert await axe(page) == []
        for name, value in zip(("road-lat", "road-lon"), ELSEWHERE, strict=True):
            await page.get_by_test_id(name).fill(value)
        await page.get_by_test_id("road-close").click()
        road = page.get_by_test_id("road").filter(has_text=ELSEWHERE[0][:8])
        await expect(road).to_have_count(1)
        await page.get_by_test_id("road-done").wait_for()
        assert await axe(page) == []
        await road.get_by_test_id("road-open").click()
        await expect(road).to_have_count(0)
