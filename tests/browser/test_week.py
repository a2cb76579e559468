"""The planner looks at a week, looks for somebody in it, and lets it be planned anew."""

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.desk import Cable, Demo, axe, overflow, picture, seat

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


async def opened(page: Page) -> None:
    await page.get_by_test_id("nav-plan").click()
    await page.get_by_test_id("tab-week").click()
    await page.get_by_test_id("week").wait_for()
    # Days past are settled: the week after is free whatever day the test runs on.
    await page.get_by_test_id("week-after").click()
    await page.get_by_test_id("week-visit").first.wait_for()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_planner_sees_who_comes_on_which_day_and_finds_somebody(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    async with seat(chromium, demo, "planner", locale=locale) as page:
        await opened(page)
        await picture(page, f"week-{locale}")
        assert await axe(page) == []
        first = page.get_by_test_id("week-visit").first
        who = (await first.locator(".who").inner_text()).strip()
        await page.get_by_test_id("week-by").select_option("caregiver")
        await page.get_by_test_id("week-filter").fill(who)
        rows = page.get_by_test_id("week-row")
        await expect(rows.first).to_contain_text(who)
        await picture(page, f"week-caregiver-{locale}")
        assert await axe(page) == []
        await page.get_by_test_id("week-filter").fill("~")
        await expect(rows).to_have_count(0)
        assert await axe(page) == []
        await page.get_by_test_id("week-filter").fill("")
        await page.get_by_test_id("theme").click()
        await rows.first.wait_for()
        assert await axe(page) == []


async def test_one_key_plans_the_week_anew_and_the_page_follows_it_to_the_end(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "supervisor", locale="en") as page:
        await opened(page)
        start = page.get_by_test_id("week-start")
        await expect(start).to_be_enabled()
        async with page.expect_response("**/api/v1/week") as asked:
            await start.focus()
            await page.keyboard.press("Enter")
        assert (await asked.value).status == 202
        await expect(start).to_be_disabled()
        await page.get_by_test_id("week-progress").wait_for()
        await picture(page, "week-running")
        await expect(page.get_by_test_id("week-run")).to_have_attribute(
            "data-state", "done", timeout=90_000
        )
        await expect(page.get_by_test_id("week-run")).to_contain_text("Chosen by hand")
        await page.get_by_test_id("week-visit").first.wait_for()


async def test_an_operator_sees_the_week_but_cannot_have_it_planned(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "operator", locale="en") as page:
        await opened(page)
        await expect(page.get_by_test_id("week-run")).to_contain_text("Planners")
        await expect(page.get_by_test_id("week-start")).to_have_count(0)
        refused = await page.evaluate(
            """async () => {
              const body = JSON.stringify({ event_id: crypto.randomUUID() })
              const headers = { 'content-type': 'application/json' }
              return (await fetch('/api/v1/week', { method: 'POST', headers, body })).status
            }"""
        )
        assert refused == 403


async def test_without_a_connection_the_week_stays_and_says_so(
    demo: Demo, chromium: Browser
) -> None:
    cable = Cable()
    async with seat(chromium, demo, "planner", locale="en", cable=cable) as page:
        await opened(page)
        await cable.pull()
        await expect(page.get_by_test_id("week-run")).to_contain_text("connection is lost")
        await expect(page.get_by_test_id("week-start")).to_be_disabled()
        await expect(page.get_by_test_id("week-visit").first).to_be_visible()
        await page.route("**/api/v1/week?*", lambda route: route.abort())
        await page.get_by_test_id("week-after").click()
        failed = page.get_by_test_id("week-table").get_by_role("alert")
        await failed.wait_for()
        await picture(page, "week-offline")
        assert await axe(page) == []
        await page.unroute("**/api/v1/week?*")
        cable.plug_in()
        await failed.get_by_role("button").click()
        await failed.wait_for(state="detached")


async def test_what_has_no_place_says_why(demo: Demo, chromium: Browser) -> None:
    """The town is well staffed: what it shows is the platform's, with a gap put in."""

    async def with_a_gap(route: Route) -> None:
        answer = await route.fetch()
        week = await answer.json()
        item = week["items"][0]
        gap = {
            **{key: item[key] for key in ("resident", "service")},
            "item": item["id"],
            "fixed_days": False,
            "visits": 2,
            "reason": "full",
            "remedy": "more_minutes",
            "zh": "如果有一人多工作40分钟就可以。",
            "en": "It would do if somebody worked 40 minutes more.",
        }
        await route.fulfill(json={**week, "missing": [gap]})

    async with seat(chromium, demo, "planner", locale="en") as page:
        await page.route("**/api/v1/week?*", with_a_gap)
        await opened(page)
        gaps = page.get_by_test_id("week-gap")
        await expect(gaps).to_have_count(1)
        await expect(gaps).to_contain_text("40 minutes more")
        assert await axe(page) == []
        await picture(page, "week-gap")


@pytest.mark.parametrize("size", [(1280, 720), (640, 450), (320, 640)])
async def test_the_week_never_scrolls_the_page_sideways(
    demo: Demo, chromium: Browser, size: tuple[int, int]
) -> None:
    async with seat(chromium, demo, "planner", locale="en", size=size) as page:
        await opened(page)
        wider = await overflow(page)
        await picture(page, f"week-{size[0]}")
        assert wider <= 0
