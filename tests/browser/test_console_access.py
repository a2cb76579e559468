"""Everybody gets in where they belong, in their language, and can use what they see."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.desk import Demo, axe, log_in, overflow, seat, terminal

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


async def _dialogs_are_clean(page: Page, locale: str) -> None:
    for opener in ("help", "terminals", "note", "close"):
        await page.get_by_test_id(opener).click()
        dialog = page.get_by_role("dialog")
        await dialog.wait_for()
        assert await axe(page) == [], (opener, locale)
        await page.keyboard.press("Escape")
        await dialog.wait_for(state="hidden")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_every_view_of_the_console_is_clean_to_axe_in_both_themes(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    async with seat(chromium, demo, "supervisor", locale=locale) as page:
        await page.locator('[data-testid=map][data-ready="true"]').wait_for()
        assert await axe(page) == [], "quiet"
        with terminal(demo, 0) as pendant:
            pendant.press()
            await page.get_by_test_id("pop").wait_for()
        await page.get_by_test_id("claim").click()
        await page.get_by_test_id("responder").first.wait_for()
        for _ in range(2):
            await expect(page.get_by_test_id("release")).to_be_enabled()
            assert await axe(page) == [], "incident"
            await _dialogs_are_clean(page, locale)
            await page.get_by_test_id("nav-plan").click()
            await page.get_by_test_id("versions").locator("tbody tr").first.wait_for()
            assert await axe(page) == [], "planner"
            await page.get_by_test_id("nav-desk").click()
            await page.get_by_test_id("theme").click()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_the_log_in_page_is_clean_and_says_what_is_wrong(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    context = await chromium.new_context(locale=locale, base_url=demo.url)
    page = await context.new_page()
    await log_in(page, "operator", "not the password")
    await expect(page.get_by_test_id("login-error")).to_have_text(
        {"zh-CN": "用户名或密码不正确。", "en": "The user name or the password is wrong."}[locale]
    )
    assert await axe(page) == []


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("operator", "/console"),
        ("planner", "/console"),
        ("caregiver", "/caregiver"),
        ("family", "/family"),
    ],
)
async def test_after_log_in_everybody_is_where_they_work(
    demo: Demo, chromium: Browser, role: str, path: str
) -> None:
    context = await chromium.new_context(base_url=demo.url)
    page = await context.new_page()
    await log_in(page, *demo.login(role))
    await page.wait_for_url(f"**{path}*")


async def test_nobody_sees_the_console_without_logging_in(demo: Demo, chromium: Browser) -> None:
    context = await chromium.new_context(base_url=demo.url)
    page = await context.new_page()
    await page.goto("/console")
    await page.wait_for_url("**/login?next=*")


async def test_the_language_changes_without_a_reload_and_is_kept(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo) as page:
        await page.evaluate("window.kept = true")
        await expect(page.get_by_test_id("tab-waiting")).to_contain_text("待受理")
        await page.get_by_test_id("language").select_option("en")
        await expect(page.get_by_test_id("tab-waiting")).to_contain_text("Waiting")
        assert await page.evaluate("[document.documentElement.lang, window.kept]") == ["en", True]
        await page.reload()
        await expect(page.get_by_test_id("tab-waiting")).to_contain_text("Waiting")
        await page.get_by_test_id("language").select_option("zh-CN")
        await expect(page.get_by_test_id("tab-waiting")).to_contain_text("待受理")


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 450), (320, 640)])
async def test_the_page_never_scrolls_sideways_even_at_twice_the_size(
    demo: Demo, chromium: Browser, size: tuple[int, int]
) -> None:
    async with seat(chromium, demo, locale="en", size=size) as page:
        await page.get_by_test_id("tab-waiting").wait_for()
        for link in ("nav-plan", "nav-desk"):
            await page.get_by_test_id(link).click()
            wider = await overflow(page)
            assert wider <= 0, (size, link)


async def test_a_seat_that_is_not_heard_says_so_until_the_shift_is_started(
    demo: Demo, fresh_chromium: Browser
) -> None:
    async with seat(fresh_chromium, demo) as first:
        # Another tab, never clicked: the browser blocks its sound.
        page = await first.context.new_page()
        await page.goto("/console")
        await expect(page.get_by_test_id("sound-blocked")).to_be_visible()
        await expect(page.get_by_test_id("console")).to_have_attribute("data-sound", "blocked")
        await page.get_by_test_id("start-shift").click()
        await expect(page.get_by_test_id("console")).to_have_attribute("data-sound", "silent")
        await expect(page.get_by_test_id("test-tone")).to_be_visible()
