"""Every state of the family's page: accessible in both languages, at 320 px, and in large type."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser import a_day as day
from tests.browser.phone import (
    LOCALES,
    ORDINARY,
    SMALL,
    Centre,
    browsing,
    complaints,
    pocket,
    small_text,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SILENT: Final = {"code": "terminal_silent", "data": {"kind": "went_silent"}}
STATES: Final[Mapping[str, dict[str, Any]]] = {
    "all is well": {"answer": day.family(day.relative())},
    "several people": {
        "answer": day.family(day.relative(), day.relative("李建国", status="amber", reason=SILENT))
    },
    "received": {"answer": day.family(day.in_need("received"))},
    "answered, and seen": {"answer": day.family(day.in_need("answered", seen_at=day.at(-1)))},
    "help is coming": {"answer": day.family(day.in_need("help_coming"))},
    "going oneself": {"answer": day.family(day.in_need("help_coming", going_at=day.at(-1)))},
    "arrived": {"answer": day.family(day.in_need("arrived"))},
    "safe": {"answer": day.family(day.relative(incident=day.alert("safe")))},
    "nobody": {"answer": day.family()},
    "no answer": {"answer": None, "status": 500},
    "connection lost": {"answer": day.family(day.relative()), "lost": True},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as running:
        yield running


async def opened(
    browser: Browser,
    answer: Mapping[str, Any] | None,
    *,
    locale: str = "zh-CN",
    size: tuple[int, int] = ORDINARY,
    status: int = 200,
    lost: bool = False,
    elder: bool = False,
) -> tuple[BrowserContext, Page, Centre]:
    """Open the page on a phone of its own."""
    context = await pocket(browser, locale=locale, size=size)
    page = await context.new_page()
    if elder:
        await page.add_init_script("localStorage.setItem('carebell.elder', 'on')")
    centre = Centre({"me": day.me("family", locale), "family/status": answer}, status=status)
    await centre.serve(page)
    await page.goto("/family")
    await expect(page.locator("main .state-loading")).to_have_count(0)
    if lost:
        await page.evaluate("dispatchEvent(new Event('offline'))")
        await expect(page.get_by_test_id("offline")).to_be_visible()
    return context, page, centre


@pytest.mark.parametrize("state", STATES)
async def test_every_state_is_accessible_in_both_languages_and_on_a_small_phone(
    browser: Browser, state: str
) -> None:
    for locale, size in ((LOCALES[0], ORDINARY), (LOCALES[1], SMALL)):
        context, page, _ = await opened(browser, **STATES[state], locale=locale, size=size)
        assert await complaints(page) == [], (locale, size)
        await context.close()


@pytest.mark.parametrize("state", STATES)
async def test_in_the_elders_version_no_text_is_below_18_px_and_no_target_below_60(
    browser: Browser, state: str
) -> None:
    context, page, _ = await opened(browser, **STATES[state], size=SMALL, elder=True)
    assert await complaints(page, target_px=60) == []
    assert await small_text(page, 18) == []
    await context.close()


async def test_the_elders_version_is_one_tap_away_and_remembered(browser: Browser) -> None:
    _, page, _ = await opened(browser, day.family(day.relative()))
    await page.get_by_test_id("elder").click()
    await expect(page.get_by_test_id("elder")).to_have_attribute("aria-checked", "true")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-elder", "")


async def test_whoever_needs_help_is_shown_first_and_the_others_are_one_tap_away(
    browser: Browser,
) -> None:
    answer = day.family(day.relative("李建国"), day.in_need("received"))
    _, page, _ = await opened(browser, answer)
    await expect(page.get_by_test_id("status")).to_contain_text("王秀英")
    await page.get_by_role("button", name="李建国").click()
    await expect(page.get_by_test_id("status")).to_have_attribute("data-status", "green")


async def test_an_answer_that_was_not_sent_is_said_and_sent_again_under_the_same_id(
    browser: Browser,
) -> None:
    _, page, centre = await opened(browser, day.family(day.in_need("answered")))
    centre.status = 0
    await page.get_by_test_id("seen").click()
    await expect(page.get_by_test_id("alert").get_by_role("alert")).to_contain_text("12349")
    centre.status = 200
    async with page.expect_response("**/seen"):
        await page.get_by_test_id("seen").click()
    assert [path for path, _ in centre.tried] == ["family/incidents/i1/seen"] * 2
    assert len({body["event_id"] for _, body in centre.tried}) == 1


async def test_the_hotline_is_always_one_tap_away(browser: Browser) -> None:
    for how in STATES.values():
        context, page, _ = await opened(browser, **how)
        await expect(page.get_by_test_id("hotline")).to_be_in_viewport()
        await expect(page.get_by_test_id("hotline")).to_have_attribute("href", "tel:12349")
        await context.close()
