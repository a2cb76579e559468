"""The operator's console against a running town: heard, seen, claimed, sent, closed."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import WATCH, Cable, Demo, quieten, seat, terminal

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("quiet")]


async def _shown_after_ms(demo: Demo, chromium: Browser) -> int:
    """Press, and return when the last of sound, row and pop-up had come."""
    async with seat(chromium, demo) as page:
        await page.get_by_test_id("start-shift").click()
        console = page.get_by_test_id("console")
        await expect(console).to_have_attribute("data-sound", "silent")
        with terminal(demo, 0) as pendant:
            before: int = await page.evaluate(WATCH)
            pendant.press()
            await expect(console).to_have_attribute("data-sound", "ringing")
            await page.get_by_test_id("pop").wait_for()
            seen: dict[str, int] = await page.evaluate("first")
            assert set(seen) == {"ring", "row", "pop"}
            name = pendant.resident
            await expect(page.get_by_test_id("row")).to_contain_text(name)
            await expect(page.get_by_test_id("alert")).to_contain_text(name)
            await expect(
                page.get_by_test_id("pop").get_by_role("heading", name=name)
            ).to_be_visible()
            await expect(page.get_by_test_id("pop")).to_contain_text("如何进门")
            await page.get_by_test_id("claim").click()
            await expect(console).to_have_attribute("data-sound", "silent")
    return max(seen.values()) - before


async def test_a_press_rings_shows_its_row_and_pops_up_within_a_second(
    demo: Demo, chromium: Browser
) -> None:
    took = await _shown_after_ms(demo, chromium)
    for _ in range(4):  # other tests use the same machine: what it can do is the quickest of five
        if took < 1000:
            break
        await quieten(demo)
        took = await _shown_after_ms(demo, chromium)
    assert took < 1000


async def test_from_the_press_to_the_closed_case(demo: Demo, chromium: Browser) -> None:
    async with seat(chromium, demo) as page:
        await page.get_by_test_id("start-shift").click()
        console, pop = page.get_by_test_id("console"), page.get_by_test_id("pop")
        with terminal(demo, 0) as pendant:
            first = pendant.press()
            pendant.press(signal=first)  # a resend changes nothing
            pendant.press()
            await expect(page.get_by_test_id("presses")).to_have_text("× 2")
            await page.get_by_test_id("pop-close").click()
            await expect(pop).to_be_hidden()
            await expect(console).to_have_attribute("data-sound", "ringing")
            await page.get_by_test_id("row").locator(".main").click()
            await page.get_by_test_id("claim").click()
            await expect(pop).to_have_attribute("data-state", "claimed")
            await expect(console).to_have_attribute("data-sound", "silent")
            await page.get_by_test_id("call-contact").first.click()
            await page.get_by_test_id("outcome-coming").click()
            await expect(page.locator('[data-type="contact_called"]')).to_be_visible()
            responder = page.get_by_test_id("responder").first
            await expect(responder).to_contain_text(re.compile("分钟|秒"))
            await responder.get_by_test_id("dispatch").click()
            await expect(page.get_by_test_id("assignment")).to_have_attribute(
                "data-state", "offered"
            )
            await page.get_by_test_id("withdraw").click()
            await expect(pop).to_have_attribute("data-state", "claimed")
            await page.get_by_test_id("close").click()
            await page.get_by_test_id("disposition-no_answer").check()
            await page.get_by_test_id("close-save").click()
            await expect(page.locator(".fault")).to_be_visible()  # what was done has to be said
            await page.get_by_test_id("close-note").fill("邻居去看过，老人平安")
            await page.get_by_test_id("close-save").click()
            await page.get_by_test_id("tab-closed").click()
            await expect(
                page.get_by_test_id("row").filter(has_text=pendant.resident).first
            ).to_have_attribute("data-state", "closed")
            assert {told["state"] for told in pendant.heard} >= {"received", "answered"}


async def test_a_lost_connection_is_said_polled_over_and_resumed(
    demo: Demo, chromium: Browser
) -> None:
    cable = Cable()
    async with seat(chromium, demo, cable=cable) as page:
        banner = page.get_by_test_id("offline")
        await expect(banner).to_be_hidden()
        await cable.pull()
        await expect(banner).to_be_visible()
        await expect(banner).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
        with terminal(demo, 1) as pendant:
            pendant.press()
            row = page.get_by_test_id("row").filter(has_text=pendant.resident)
            await expect(row).to_have_count(1, timeout=20_000)  # polled
            cable.plug_in()
            await expect(banner).to_be_hidden(timeout=15_000)
            await expect(row).to_have_count(1)
            assert cable.hellos[0]["resume"] is None
            assert cable.hellos[-1]["resume"]["seq"] >= 0
            pendant.press()
            await expect(row).to_contain_text("× 2")


async def test_of_two_who_claim_one_has_it_and_the_other_is_told_who(
    demo: Demo, chromium: Browser
) -> None:
    cable = Cable()
    async with (
        seat(chromium, demo) as quick,
        seat(chromium, demo, "supervisor", cable=cable) as slow,
    ):
        with terminal(demo, 2) as pendant:
            pendant.press()
            await quick.get_by_test_id("pop").wait_for()
            await slow.get_by_test_id("claim").wait_for()
            cable.muted = True  # the slow one has not heard yet that it is taken
            await quick.get_by_test_id("claim").click()
            await expect(quick.get_by_test_id("owner")).to_have_text("由我处理")
            await slow.get_by_test_id("claim").click()
            await expect(slow.get_by_test_id("toasts")).to_contain_text(
                re.compile(r"坐席员甲 已于 \d\d:\d\d:\d\d 受理")
            )
            await expect(slow.get_by_test_id("owner")).to_contain_text("坐席员甲")


async def test_keys_act_until_somebody_types_or_switches_them_off(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, locale="en") as page:
        with terminal(demo, 0) as pendant:
            pendant.press()
            await page.get_by_test_id("row").first.wait_for()
        await page.keyboard.press("j")
        await page.keyboard.press("c")
        await expect(page.get_by_test_id("pop")).to_have_attribute("data-state", "claimed")
        await page.keyboard.press("n")
        note = page.get_by_test_id("note-text")
        await expect(note).to_be_focused()
        await note.press_sequentially("xenon c")  # x closes, n notes, c claims: not here
        await expect(note).to_have_value("xenon c")
        await page.get_by_test_id("note-save").click()
        await expect(page.locator('[data-type="noted"]')).to_contain_text("xenon c")
        await page.keyboard.press("/")
        await expect(page.get_by_test_id("search")).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("?")
        await page.get_by_test_id("keys-enabled").uncheck()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await page.keyboard.press("x")
        await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_the_planner_watches_the_cost_fall_and_stops_when_it_is_enough(
    demo: Demo, chromium: Browser
) -> None:
    async with seat(chromium, demo, "planner") as page:
        await page.get_by_test_id("nav-plan").click()
        await page.get_by_test_id("gantt").locator("[data-stop]").first.wait_for()
        await expect(page.get_by_test_id("versions").locator("tbody tr").first).to_be_visible()
        run = page.get_by_test_id("plan-run")
        await run.locator("select").select_option("60")
        await page.get_by_test_id("plan-start").click()
        await expect(run.locator("dl dd").first).to_be_visible(timeout=60_000)
        await page.get_by_test_id("plan-stop").click()
        await expect(run).to_have_attribute("data-state", "done", timeout=40_000)
        await expect(page.get_by_test_id("versions")).to_contain_text("人工排班", timeout=10_000)
