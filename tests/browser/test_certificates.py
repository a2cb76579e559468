"""The planner keeps certificates: finds who has to renew one, adds one, lets one end."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from kernel.clock import SystemClock
from scheduler.centre.localtime import day_of
from tests.browser.desk import Cable, Demo, axe, log_in_by_http, overflow, picture, seat

ZONE: Final = ZoneInfo("Asia/Shanghai")
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


@pytest.fixture
async def nurse(demo: Demo) -> dict[str, Any]:
    """Somebody of whom nursing is said without a date, and who has no certificate yet."""
    async with log_in_by_http(demo, "planner") as client:
        items: list[dict[str, Any]] = (await client.get("/certificates")).json()["items"]
    return next(one for one in items if not one["certificates"])


async def opened(page: Page) -> None:
    await page.get_by_test_id("nav-plan").click()
    await page.get_by_test_id("tab-certificates").click()
    await page.get_by_test_id("holder").first.wait_for()


async def found(page: Page, name: str) -> Locator:
    """Look for one person and return their row."""
    await page.get_by_test_id("certificates-filter").fill(name)
    row = page.get_by_test_id("holder").filter(has_text=name).first
    await row.wait_for()
    return row


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_planner_adds_a_certificate_is_told_what_is_wrong_and_lets_it_end(
    demo: Demo, chromium: Browser, nurse: dict[str, Any], locale: str
) -> None:
    today = day_of(SystemClock().now(), ZONE)
    begins = today - timedelta(days=400)
    async with seat(chromium, demo, "planner", locale=locale) as page:
        await opened(page)
        await picture(page, f"certificates-{locale}")
        assert await axe(page) == []
        row = await found(page, nurse["name"])
        await row.get_by_test_id("certificate-add-for").click()
        await expect(page.get_by_test_id("certificate-owner")).to_contain_text(nurse["name"])
        await page.get_by_test_id("certificate-save").click()
        await expect(page.get_by_test_id("certificate-fault")).to_be_visible()
        await page.get_by_test_id("certificate-skill").select_option("dementia")
        await page.get_by_test_id("certificate-from").fill(begins.isoformat())
        await page.get_by_test_id("certificate-to").fill(str(begins - timedelta(days=1)))
        await expect(page.get_by_test_id("certificate-to")).to_have_attribute(
            "aria-invalid", "true"
        )
        assert await axe(page) == []
        await picture(page, f"certificate-{locale}")
        await page.get_by_test_id("certificate-to").fill("")
        await page.get_by_test_id("certificate-number").fill("D-77")
        await page.get_by_test_id("certificate-number").press("Enter")
        await expect(page.get_by_test_id("certificate")).to_be_hidden()
        mine = row.get_by_test_id("held").filter(has_text=begins.isoformat())
        await expect(mine).to_have_attribute("data-standing", "valid")
        await expect(mine).to_contain_text("D-77")
        await mine.get_by_test_id("certificate-change").click()
        await page.get_by_test_id("certificate-end").click()
        await expect(page.get_by_test_id("certificate-to")).to_have_value(today.isoformat())
        await page.get_by_test_id("certificate-save").click()
        await expect(mine).to_have_attribute("data-standing", "ending")
        await page.reload()
        await page.get_by_test_id("certificates-which").select_option("ending")
        await found(page, nurse["name"])
        assert await axe(page) == []


async def test_who_is_overtaken_sees_what_the_other_did_and_keeps_what_was_typed(
    demo: Demo, chromium: Browser, nurse: dict[str, Any]
) -> None:
    async with (
        seat(chromium, demo, "planner", locale="en") as page,
        log_in_by_http(demo, "supervisor") as other,
    ):
        body = {"valid_from": "2020-01-01", "valid_to": None, "number": "B-1"}
        whose = {"event_id": str(uuid4()), "caregiver_id": nurse["id"], "skill": "bathing"}
        made = (await other.post("/certificates", json=body | whose)).raise_for_status().json()
        await opened(page)
        row = await found(page, nurse["name"])
        held = row.get_by_test_id("held").filter(has_text="B-1")
        await held.get_by_test_id("certificate-change").click()
        await page.get_by_test_id("certificate-to").fill("2031-12-31")
        theirs = body | {"version": made["version"], "valid_to": "2030-06-30"}
        await other.put(f"/certificates/{made['id']}", json=theirs)
        await page.get_by_test_id("certificate-save").click()
        overtaken = page.get_by_test_id("certificate-overtaken")
        await expect(overtaken).to_contain_text("2030-06-30")
        await expect(page.get_by_test_id("certificate-to")).to_have_value("2031-12-31")
        assert await axe(page) == []
        await page.get_by_test_id("certificate-save").click()
        await expect(held).to_contain_text("2031-12-31")


async def test_without_a_connection_the_list_stays_and_what_is_typed_is_not_lost(
    demo: Demo, chromium: Browser
) -> None:
    cable = Cable()
    async with seat(chromium, demo, "planner", locale="en", cable=cable) as page:
        await opened(page)
        await page.get_by_test_id("certificate-add").click()
        await page.get_by_test_id("certificate-number").fill("X-1")
        await cable.pull()
        dialog = page.get_by_test_id("certificate")
        await expect(dialog).to_contain_text("Nothing can be saved now")
        await expect(page.get_by_test_id("certificate-save")).to_be_disabled()
        await expect(page.get_by_test_id("certificate-number")).to_have_value("X-1")
        await page.get_by_test_id("certificate-close").click()
        await expect(page.get_by_test_id("certificates-offline")).to_be_visible()
        await expect(page.get_by_test_id("certificate-add")).to_be_disabled()
        await expect(page.get_by_test_id("holder").first).to_be_visible()
        assert await axe(page) == []
        await picture(page, "certificates-offline")


async def test_the_page_waits_fails_and_is_empty_in_words(demo: Demo, chromium: Browser) -> None:
    answers = iter(["fail", "empty"])

    async def answer(route: Route) -> None:
        if next(answers) == "fail":
            await route.abort()
        else:
            await route.fulfill(json={"skills": [], "items": []})

    async with seat(chromium, demo, "planner", locale="en") as page:
        await page.route("**/api/v1/certificates", answer)
        await page.get_by_test_id("nav-plan").click()
        await page.get_by_test_id("tab-certificates").click()
        failed = page.get_by_test_id("certificates-table").get_by_role("alert")
        await failed.wait_for()
        assert await axe(page) == []
        await failed.get_by_role("button").click()
        await expect(page.get_by_test_id("certificates-table")).to_contain_text("Nobody works here")
        assert await axe(page) == []


async def test_an_operator_sees_no_certificates(demo: Demo, chromium: Browser) -> None:
    async with seat(chromium, demo, "operator", locale="en") as page:
        await page.get_by_test_id("nav-plan").click()
        await page.get_by_test_id("tab-week").wait_for()
        await expect(page.get_by_test_id("tab-certificates")).to_have_count(0)
        await page.goto("/#/certificates")
        await expect(page.get_by_test_id("certificates-table")).to_contain_text("Planners")


@pytest.mark.parametrize("size", [(1280, 720), (640, 450), (320, 640)])
async def test_the_list_never_scrolls_the_page_sideways(
    demo: Demo, chromium: Browser, size: tuple[int, int]
) -> None:
    async with seat(chromium, demo, "planner", locale="en", size=size) as page:
        await opened(page)
        wider = await overflow(page)
        await picture(page, f"certificates-{size[0]}")
        assert wider <= 0
