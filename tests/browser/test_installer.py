"""The installer's page: enrol a terminal, put it into a home, press it and see it arrive."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser import a_day as day
from tests.browser.desk import Demo
from tests.browser.phone import LOCALES, ORDINARY, SMALL, Centre, complaints, pocket

pytestmark = pytest.mark.browser

SOON_MS: Final = 20_000
#: A new terminal may log in once the broker has read its users again.
LOG_IN_TRIES: Final = 60

HOME: Final = {
    "home_id": "h1",
    "area": "north",
    "address": "梧桐路 767 弄 12 号 302",
    "residents": ["王秀英"],
    "terminals": ["AX-00001"],
}
ITEM: Final[dict[str, Any]] = {
    "id": "AX-00001",
    "area": "north",
    "home_id": "h1",
    "address": HOME["address"],
    "resident_name": "王秀英",
    "condition": "online",
    "battery": 82,
    "low_battery": False,
    "last_seen_at": day.at(-1),
}
SPARE: Final = {"home_id": None, "address": None, "resident_name": None, "last_seen_at": None}
COUNTS: Final = {"total": 4, "online": 2, "silent": 1, "low_battery": 1, "unknown": 1}
LISTED: Final = {
    "items": [
        ITEM | SPARE | {"id": "NEW-1", "condition": "unknown", "battery": None},
        ITEM | {"id": "AX-00002", "condition": "silent"},
        ITEM | {"id": "AX-00003", "low_battery": True, "battery": 9},
        ITEM,
    ],
    "counts": COUNTS,
}
DETAIL: Final = ITEM | {
    "model": "K3",
    "rssi": -71,
    "heartbeat_s": 300,
    "installed_at": day.at(-60),
    "alarms": [],
}
PRESSED: Final = {"id": "a1", "kind": "sos", "received_at": day.at(0)}
AREAS: Final = {"items": [{"id": "north", "place": ["本市", "北区"]}]}


async def opened(
    browser: Browser,
    locale: str,
    size: tuple[int, int],
    *,
    way: str = "",
    status: int = 200,
    **answers: Any,
) -> tuple[BrowserContext, Page, Centre]:
    """Open the page on a phone of its own, before a centre that says what it is told."""
    context = await pocket(browser, locale=locale, size=size)
    page = await context.new_page()
    told = {"me": day.me("installer", locale), "terminals": LISTED, "terminals/AX-00001": DETAIL}
    told |= {"areas": AREAS, "homes": {"items": [HOME]}} | answers
    centre = Centre(told, status=status)
    await centre.serve(page)
    await page.goto(f"/installer#/{way}")
    await expect(page.locator("main .state-loading")).to_have_count(0)
    return context, page, centre


async def test_every_state_is_accessible_in_both_languages_and_on_a_small_phone(
    chromium: Browser,
) -> None:
    nothing = {"items": [], "counts": COUNTS}
    for locale, size in ((LOCALES[0], ORDINARY), (LOCALES[1], SMALL)):
        for how in (
            {},
            {"terminals": nothing},
            {"status": 500},
            {"way": "new"},
            {"way": "t/AX-00001"},
            {"way": "t/AX-00001", "terminals/AX-00001": DETAIL | SPARE},
        ):
            context, page, _ = await opened(chromium, locale, size, **how)
            assert await complaints(page) == [], (locale, how)
            await context.close()


async def test_the_steps_of_the_proof_and_of_choosing_a_home_are_accessible(
    chromium: Browser,
) -> None:
    for locale, size in ((LOCALES[0], SMALL), (LOCALES[1], ORDINARY)):
        context, page, centre = await opened(chromium, locale, size, way="t/AX-00001")
        proof = page.get_by_test_id("proof")
        await page.get_by_test_id("prove").click()
        await expect(proof).to_have_attribute("data-phase", "waiting")
        assert await complaints(page) == []
        centre.answers["terminals/AX-00001"] = DETAIL | {"alarms": [PRESSED], "battery": 81}
        await expect(proof).to_have_attribute("data-phase", "arrived", timeout=SOON_MS)
        await expect(page.get_by_test_id("proof-battery")).to_contain_text("81%")
        await expect(page.get_by_test_id("proof-signal")).to_contain_text("-71 dBm")
        assert await complaints(page) == []
        await page.get_by_test_id("choose-home").click()
        await page.get_by_test_id("home-search").fill("王")
        await page.get_by_test_id("home").click()
        assert await complaints(page) == []
        await context.close()


async def test_a_terminal_that_stays_silent_leads_to_what_to_check(chromium: Browser) -> None:
    for locale in LOCALES:
        context = await pocket(chromium, locale=locale, size=SMALL)
        page = await context.new_page()
        await page.clock.install()
        answers = {"me": day.me("installer", locale), "terminals/AX-00001": DETAIL}
        centre = Centre(answers)
        await centre.serve(page)
        await page.goto("/installer#/t/AX-00001")
        await page.get_by_test_id("prove").click()
        proof = page.get_by_test_id("proof")
        await expect(proof).to_have_attribute("data-phase", "waiting")
        await page.clock.fast_forward(95_000)
        await expect(proof).to_have_attribute("data-phase", "late", timeout=SOON_MS)
        await expect(page.get_by_test_id("checks").locator("li")).to_have_count(4)
        assert await complaints(page) == []
        await context.close()


async def test_a_lost_connection_is_said_and_what_was_known_stays(chromium: Browser) -> None:
    _, page, centre = await opened(chromium, "zh-CN", ORDINARY)
    centre.status = 0
    await page.evaluate("dispatchEvent(new Event('offline'))")
    await expect(page.get_by_test_id("offline")).to_be_visible()
    await expect(page.get_by_test_id("terminal")).to_have_count(len(LISTED["items"]))
    assert await complaints(page) == []
    centre.status = 200
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_test_id("offline")).to_have_count(0)


async def test_the_language_changes_without_reloading(chromium: Browser) -> None:
    _, page, _ = await opened(chromium, "zh-CN", ORDINARY)
    await expect(page.get_by_test_id("new")).to_have_text("登记新终端")
    await page.evaluate("window.kept = true")
    await page.get_by_test_id("language").click()
    await expect(page.get_by_test_id("new")).to_have_text("Enrol a new terminal")
    assert await page.evaluate("window.kept")


@asynccontextmanager
async def at_work(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """Log in as the installer and be led to the page."""
    context = await pocket(browser, base_url=demo.url)
    page = await context.new_page()
    username, password = demo.login("installer")
    await page.goto("/login")
    await page.fill("#username", username)
    await page.fill("#password", password)
    await page.click("button[type=submit]")
    await page.wait_for_url("**/installer*")
    yield page
    await context.close()


async def plugged_in(page: Page, demo: Demo, name: str, secret: str) -> mqtt.Client:
    """Connect a terminal with the secret that was shown."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, reconnect_on_failure=False)
    client.username_pw_set(name, secret)
    for _ in range(LOG_IN_TRIES):
        client.connect(demo.mqtt["host"], demo.mqtt["port"])
        client.loop_start()
        await page.wait_for_timeout(500)
        if client.is_connected():
            return client
        client.loop_stop()
    pytest.fail("the new terminal could not log in")


async def test_a_terminal_is_enrolled_put_into_a_home_pressed_and_seen_to_arrive(
    chromium: Browser, demo: Demo, quiet: None
) -> None:
    name = f"NEW-{uuid4().hex[:8]}"
    told = demo.terminals[0]
    async with at_work(chromium, demo) as page:
        await page.get_by_test_id("new").click()
        await page.get_by_test_id("id").fill(name)
        await page.get_by_test_id("model").fill("K5")
        await page.get_by_test_id("area").select_option(told["area"])
        await page.get_by_test_id("enrol").click()
        secret = await page.get_by_test_id("secret").inner_text(timeout=SOON_MS)
        assert await complaints(page) == []
        await page.get_by_test_id("secret-done").click()
        await expect(page.get_by_test_id("condition")).to_have_attribute("data-condition", "never")
        assert secret not in await page.content()

        await page.get_by_test_id("choose-home").click()
        await page.get_by_test_id("home-search").fill(told["resident"])
        await page.get_by_test_id("home").filter(has_text=told["terminal"]).click()
        await page.get_by_test_id("bind").click()
        await expect(page.get_by_test_id("stands")).to_contain_text(told["resident"])

        client = await plugged_in(page, demo, name, secret)
        await page.get_by_test_id("prove").click()
        proof = page.get_by_test_id("proof")
        await expect(proof).to_have_attribute("data-phase", "waiting")
        body = {"id": str(uuid4()), "seq": 1, "boot": str(uuid4()), "kind": "sos"}
        topic = told["topic"].replace(told["terminal"], name)
        client.publish(topic, json.dumps(body | {"battery": 93, "rssi": -66}), qos=1)
        await expect(proof).to_have_attribute("data-phase", "arrived", timeout=SOON_MS)
        await expect(page.get_by_test_id("proof-battery")).to_contain_text("93%", timeout=SOON_MS)
        await expect(page.get_by_test_id("proof-signal")).to_contain_text("-66 dBm")
        client.disconnect()
        client.loop_stop()

        await page.get_by_test_id("back").click()
        await page.get_by_test_id("search").fill(name)
        row = page.get_by_test_id("terminal")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text(told["resident"])
