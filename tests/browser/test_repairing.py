"""The planner says what has changed, compares the ways to go on, and publishes one.

The page is real, the answers are given by the test: whatever the hour, somebody is at work.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, Route, expect

from kernel.clock import SystemClock
from tests.browser.desk import Demo, axe, picture, seat

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]

SERVICE = {"id": "bath", "zh": "助浴", "en": "Bathing"}
LI, SUN = ({"id": str(uuid4()), "name": name} for name in ("李静", "孙萍"))
WANG = {"id": str(uuid4()), "name": "王秀英"}


class Centre:
    """Answers as the platform would."""

    def __init__(self) -> None:
        now = SystemClock().now().replace(microsecond=0)
        self.hour = [(now + timedelta(hours=n)).isoformat() for n in range(9)]
        self.visit = str(uuid4())
        self.asked: list[dict[str, Any]] = []
        self.published: list[dict[str, Any]] = []
        self.outdated = False
        self.again = 0
        self.looks = 0

    async def answer(self, page: Page, day: str) -> None:
        await page.route("**/api/v1/plans/current*", lambda route: self._plan(route, day))
        await page.route("**/api/v1/repairs**", self._repair)

    async def _plan(self, route: Route, day: str) -> None:
        shifts = [{"from": self.hour[0], "to": self.hour[8]}]
        stop = {
            "visit_id": self.visit,
            "order_id": None,
            "start_at": self.hour[2],
            "end_at": self.hour[3],
            "travel_s": 300,
            "service": SERVICE,
            "resident": WANG,
            "state": "planned",
            "late_s": 0,
        }
        plan = {
            "id": str(uuid4()),
            "day": day,
            "kind": "visits",
            "version": 1,
            "cause": "daily",
            "published_at": self.hour[0],
            "summary": {},
        }
        rows = [{**LI, "shifts": shifts, "stops": [stop]}, {**SUN, "shifts": shifts, "stops": []}]
        await route.fulfill(json={"plan": plan, "caregivers": rows, "unplaced": []})

    async def _repair(self, route: Route) -> None:
        request = route.request
        if request.method == "GET" and request.url.endswith("/repairs"):
            await route.fulfill(json={"items": []})
            return
        body: Any = request.post_data_json if request.method == "POST" else {}
        state = "offered"
        if request.url.endswith("/publish"):
            if self.outdated:
                problem = {"type": "about:blank", "title": "outdated", "status": 409}
                await route.fulfill(status=409, json={**problem, "code": "plan-outdated"})
                return
            self.published.append(body)
            state = "published"
        elif request.url.endswith("/repairs"):
            self.asked.append(body)
            self.looks = 0
        elif request.url.endswith("/again"):
            self.again += 1
            self.looks = 0
        elif request.url.endswith("/dismiss"):
            state = "dismissed"
        self.looks += 1
        found = [self._way(1, "only_displaced", 1_800), self._way(2, "nearby", 300)]
        await route.fulfill(
            json={
                "id": "0a0a0a0a-0000-4000-8000-000000000001",
                "day": self.hour[0][:10],
                "cause": self.asked[-1]["cause"],
                "subject": None,
                "created_at": self.hour[0],
                "state": state,
                "why": None,
                "job_id": None,
                "plan_id": None,
                "done": self.looks > 2,
                "alternatives": found[: self.looks - 1],
            }
        )

    def _way(self, number: int, reach: str, delay: int) -> dict[str, Any]:
        change = {
            "visit_id": self.visit,
            "resident": WANG,
            "service": SERVICE,
            "effect": "waits",
            "before": {"caregivers": [LI], "start_at": self.hour[2]},
            "after": {"caregivers": [SUN], "start_at": self.hour[3]},
            "delay_s": delay,
            "late_s": 0,
            "other_person": True,
        }
        return {
            "number": number,
            "reach": reach,
            "total": 12_345 + number,
            "cost": {"travel_time": 12_345 + number},
            "waiting_s": delay,
            "changes": [change],
            "unplaced": 0,
            "seconds": 0.1 * number,
        }


async def opened(page: Page, centre: Centre) -> None:
    day = await page.evaluate(
        "new Intl.DateTimeFormat('sv-SE', {timeZone: 'Asia/Shanghai'}).format(new Date())"
    )
    await centre.answer(page, day)
    await page.get_by_test_id("nav-plan").click()
    await page.get_by_test_id("repair-open").click()
    await page.get_by_test_id("repair").wait_for()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_somebody_falls_ill_and_one_click_publishes_who_comes_instead(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    centre = Centre()
    async with seat(chromium, demo, "planner", locale=locale) as page:
        await opened(page, centre)
        await expect(page.get_by_test_id("repair-ask")).to_be_disabled()
        assert await axe(page) == []
        await page.get_by_test_id("repair-who").select_option(LI["id"])
        await page.get_by_test_id("repair-ask").click()
        ways = page.get_by_test_id("repair-way")
        await expect(ways).to_have_count(2)
        await expect(ways.first).to_contain_text("王秀英")
        await expect(ways.first).to_contain_text("李静")
        await expect(ways.first).to_contain_text("孙萍")
        assert await axe(page) == []
        await picture(page, f"repair-{locale}")
        await ways.nth(1).get_by_test_id("repair-publish").click()
        await expect(page.get_by_test_id("repair")).to_be_hidden()
    (asked,) = centre.asked
    assert asked["cause"] == "absence"
    assert asked["absence"]["caregiver_id"] == LI["id"]
    assert [one["alternative"] for one in centre.published] == [2]


async def test_a_day_that_has_gone_on_is_said_so_and_asked_about_again(
    demo: Demo, chromium: Browser
) -> None:
    centre = Centre()
    centre.outdated = True
    async with seat(chromium, demo, "planner") as page:
        await opened(page, centre)
        await page.get_by_test_id("repair-late").check()
        await page.get_by_test_id("repair-visit").select_option(centre.visit)
        minutes = page.get_by_test_id("repair-minutes-late")
        await minutes.fill("500")
        await expect(page.get_by_test_id("repair-ask")).to_be_disabled()
        await minutes.fill("25")
        assert await axe(page) == []
        await page.get_by_test_id("repair-ask").click()
        await expect(page.get_by_test_id("repair-way")).to_have_count(2)
        await page.get_by_test_id("repair-publish").first.click()
        await page.get_by_test_id("repair-again").click()
        await expect(page.get_by_test_id("repair-publish").first).to_be_enabled()
    assert [(one["cause"], one["late"]) for one in centre.asked] == [("late", {"minutes": 25})]
    assert centre.again == 1


async def test_an_operator_has_no_say_in_repairs(demo: Demo, chromium: Browser) -> None:
    async with seat(chromium, demo, "operator") as page:
        await page.get_by_test_id("nav-plan").click()
        await page.get_by_test_id("planner").wait_for()
        await expect(page.get_by_test_id("repair-open")).to_have_count(0)
