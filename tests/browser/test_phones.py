"""The phones on the real platform: an alarm on its way to caregiver and family, and work offline.

An operator works the incident over HTTP; the pages are the ones people use.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.ahead import visit_ahead
from tests.browser.desk import Demo, terminal
from tests.browser.phone import LOCALES, complaints, pocket

pytestmark = pytest.mark.browser

API = "/api/v1"
#: The undo time of a one-tap answer, the way to the server, and a busy machine.
SOON_MS = 20_000


class Desk:
    """An operator who works the home's incident without a console."""

    def __init__(self, seat: Page, home_id: str) -> None:
        self._seat = seat
        self._http = seat.context.request
        self._home_id = home_id

    async def incident(self) -> dict[str, Any]:
        """Return the home's open incident, waiting for it to come."""
        for _ in range(SOON_MS // 200):
            answer = await self._http.get(f"{API}/incidents", params={"tab": "open", "limit": 200})
            for one in (await answer.json())["items"]:
                if one["home_id"] == self._home_id:
                    return dict(one)
            await self._seat.wait_for_timeout(200)
        pytest.fail("the press did not reach the desk")

    async def does(self, step: str, **how: Any) -> None:
        """Claim, dispatch, close … the open incident."""
        incident = await self.incident()
        answer = await self._http.post(
            f"{API}/incidents/{incident['id']}/{step}", data={"event_id": str(uuid4()), **how}
        )
        assert answer.ok, await answer.text()


@asynccontextmanager
async def logged_in(
    browser: Browser,
    demo: Demo,
    role: str,
    locale: str = "zh-CN",
    *,
    named: str | None = None,
    **how: Any,
) -> AsyncIterator[Page]:
    """Return a phone with nobody's page open and `role` logged in, `named` so if it matters."""
    context = await pocket(browser, locale=locale, base_url=demo.url, **how)
    await context.add_init_script(f"localStorage.setItem('carebell.locale', '{locale}')")
    username, password = demo.login(role)
    answer = await context.request.post(
        f"{API}/session",
        headers={"Origin": demo.url},
        data={"username": named or username, "password": password},  # a role's is the same
    )
    assert answer.ok, await answer.text()
    await context.request.patch(f"{API}/me", headers={"Origin": demo.url}, data={"locale": locale})
    await context.set_extra_http_headers({"Origin": demo.url})
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def caregiver_of(page: Page) -> str:
    """Return the id of the caregiver who is logged in."""
    answer = await page.context.request.get(f"{API}/me")
    found: str = (await answer.json())["caregiver_id"]
    return found


@pytest.mark.parametrize("locale", LOCALES)
async def test_an_alarm_is_accepted_on_the_phone_and_the_family_follows_each_stage(
    demo: Demo, chromium: Browser, locale: str
) -> None:
    async with (
        logged_in(chromium, demo, "operator") as operator,
        logged_in(chromium, demo, "caregiver", locale) as caregiver,
        logged_in(chromium, demo, "family", locale) as family,
    ):
        desk = Desk(operator, demo.terminals[0]["home_id"])
        await caregiver.goto("/caregiver")
        await family.goto("/family")
        await expect(caregiver.get_by_test_id("sync")).to_be_visible()
        await expect(family.get_by_test_id("status")).to_be_visible()

        async def family_sees(stage: str) -> None:
            alert = family.get_by_test_id("alert")
            await expect(alert).to_have_attribute("data-stage", stage, timeout=SOON_MS)

        with terminal(demo, 0) as button:
            button.press()
            await family_sees("received")
            await expect(family.get_by_test_id("status")).to_have_attribute("data-status", "red")
        await family.get_by_test_id("seen").click()
        await expect(family.get_by_test_id("seen-at")).to_be_visible()
        await desk.does("claim")
        await family_sees("answered")

        await desk.does("dispatch", caregiver_id=await caregiver_of(caregiver))
        job = caregiver.get_by_test_id("job")
        await expect(job).to_contain_text(demo.terminals[0]["resident"], timeout=SOON_MS)
        assert await complaints(caregiver) == []
        await caregiver.get_by_test_id("accept").click()
        await expect(job.locator(".reached")).to_have_count(1)
        await caregiver.get_by_test_id("next-step").click()
        await family_sees("help_coming")
        assert await complaints(family) == []
        await caregiver.get_by_test_id("next-step").click()
        await family_sees("arrived")
        await caregiver.get_by_test_id("next-step").click()
        await expect(job).to_have_count(0)

        await desk.does("close", disposition="real", note="")
        await family_sees("safe")
        await expect(family.get_by_test_id("status")).to_have_attribute("data-status", "green")


async def test_an_offer_taken_back_is_said_and_an_offer_declined_goes_back_to_the_desk(
    demo: Demo, chromium: Browser
) -> None:
    async with (
        logged_in(chromium, demo, "operator") as operator,
        logged_in(chromium, demo, "caregiver") as caregiver,
    ):
        desk = Desk(operator, demo.terminals[1]["home_id"])
        await caregiver.goto("/caregiver")
        await expect(caregiver.get_by_test_id("sync")).to_be_visible()
        with terminal(demo, 1) as button:
            button.press()
            await desk.does("claim")
        me = await caregiver_of(caregiver)

        await desk.does("dispatch", caregiver_id=me)
        await expect(caregiver.get_by_test_id("job")).to_be_visible(timeout=SOON_MS)
        assignment = (await desk.incident())["assignment"]["id"]
        await desk.does("withdraw", assignment_id=assignment)
        await expect(caregiver.get_by_test_id("job-gone")).to_be_visible(timeout=SOON_MS)

        await desk.does("dispatch", caregiver_id=me)
        await caregiver.get_by_test_id("decline").click()
        await caregiver.locator("dialog input[type=radio]").nth(1).check()
        await caregiver.get_by_test_id("reason-submit").click()
        await expect(caregiver.get_by_test_id("job")).to_have_count(0)
        await expect(caregiver.get_by_test_id("sync")).to_contain_text("已同步")
        await operator.wait_for_timeout(500)
        assert (await desk.incident())["assignment"] is None
        await desk.does("claim")
        await desk.does("close", disposition="test", note="")


async def test_work_without_signal_reaches_the_centre_once_though_an_answer_was_lost(
    demo: Demo, chromium: Browser
) -> None:
    number, who = await visit_ahead(demo)
    async with logged_in(chromium, demo, "caregiver", named=who) as phone:
        heard: list[tuple[str, dict[str, Any]]] = []

        async def lose_the_first_answer(route: Route) -> None:
            heard.append((route.request.url, route.request.post_data_json or {}))
            answer = await route.fetch()
            if len(heard) == 1:
                await route.abort("connectionreset")
            else:
                await route.fulfill(response=answer)

        await phone.goto("/caregiver")
        mine = phone.locator(f"[data-visit='{number}']")
        await expect(mine).to_have_class(re.compile("planned"))
        await phone.evaluate("navigator.serviceWorker.ready.then(() => true)")

        await phone.context.set_offline(True)
        await phone.reload()
        await expect(mine).to_be_visible()
        if await mine.get_by_role("button", name="签到").count() == 0:
            await mine.locator("button.face").click()
        await mine.get_by_role("button", name="签到").click()
        # This phone may not tell where it is: the sheet goes on to a check-in by hand.
        await phone.locator("dialog input[type=radio]").first.check()
        await phone.get_by_test_id("check-in").click()
        await expect(mine.locator("[data-sync=waiting]")).to_be_visible()
        await expect(phone.get_by_test_id("sync")).to_contain_text("1 条待同步")

        await phone.route("**/check-in", lose_the_first_answer)
        await phone.context.set_offline(False)
        await expect(mine.locator("[data-sync=synced]")).to_be_visible(timeout=SOON_MS)

        assert len(heard) == 2
        assert len({body["event_id"] for _, body in heard}) == 1
        answer = await phone.context.request.get(f"{API}/caregiver/today")
        told = next(one for one in (await answer.json())["visits"] if one["id"] == number)
        assert told["state"] == "started"
        said = heard[0][1]["device_at"].removesuffix("Z")
        assert told["checked_in_at"].startswith(said[:19])


async def test_logging_out_takes_the_day_off_the_phone(demo: Demo, chromium: Browser) -> None:
    async with logged_in(chromium, demo, "caregiver") as phone:
        await phone.goto("/caregiver#/me")
        await phone.get_by_test_id("logout").click()
        await phone.locator("dialog .danger").click()
        await expect(phone).to_have_url(f"{demo.url}/login?next=%2Fcaregiver")
        kept = await phone.evaluate(
            """new Promise((done) => {
              const open = indexedDB.open('carebell-caregiver');
              open.onsuccess = () => {
                const all = open.result.transaction('kept').objectStore('kept').count();
                all.onsuccess = () => done(all.result);
              };
            })"""
        )
        assert kept == 0
