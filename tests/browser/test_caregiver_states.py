"""Every state of the caregiver's page: accessible in both languages, usable at 320 px."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
    copied,
    pocket,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: The undo time of a one-tap answer, and some patience.
HELD_MS: Final = 6_000
SOON_MS: Final = 5_000
RING_EVERY_MS: Final = 1_800
_LISTEN: Final = """window.heard = { buzzes: 0, tones: 0 };
navigator.vibrate = (pattern) => { heard.buzzes += Number(pattern !== 0); return true };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { heard.tones += 1; return start.call(this, at) };"""

Steps = Callable[[Page, Centre], Awaitable[None]]


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
    at: tuple[float, float] | None = None,
    status: int = 200,
) -> tuple[BrowserContext, Page, Centre]:
    """Open the page on a phone of its own."""
    context = await pocket(browser, locale=locale, size=size, at=at)
    page = await context.new_page()
    centre = Centre({"me": day.me("caregiver", locale), "caregiver/today": answer}, status=status)
    await centre.serve(page)
    await page.goto("/caregiver")
    await expect(page.locator("main .state-loading")).to_have_count(0)
    return context, page, centre


async def ask_again(page: Page) -> None:
    """Make the page ask the centre, as after a message on the websocket."""
    async with page.expect_request("**/caregiver/today"):
        await page.evaluate("dispatchEvent(new Event('online'))")


async def nothing(page: Page, centre: Centre) -> None:
    """Look at the page as it is."""


async def unfold(page: Page, centre: Centre) -> None:
    await page.locator("[data-visit=v3] button.face").click()
    await page.get_by_test_id("finished").locator("summary").click()


async def check_in(page: Page, centre: Centre) -> None:
    button = (
        page.locator(".hand").get_by_text("签到").or_(page.locator(".hand").get_by_text("Check in"))
    )
    await button.first.click()
    await expect(page.get_by_test_id("check-in")).to_be_visible()


async def check_in_for_another_reason(page: Page, centre: Centre) -> None:
    await check_in(page, centre)
    await page.locator("dialog input[type=radio]").last.check()
    await expect(page.locator("dialog textarea")).to_be_visible()


async def say_not_done(page: Page, centre: Centre) -> None:
    await page.locator(".hand li[data-open] .no").first.click()


async def work_without_signal(page: Page, centre: Centre) -> None:
    centre.status = 0
    await page.locator(".hand li[data-open] .yes").first.click()
    await expect(page.locator(".hand [data-sync=waiting]")).to_be_visible()
    await page.evaluate("dispatchEvent(new Event('offline'))")


async def look_at_the_records(page: Page, centre: Centre) -> None:
    await work_without_signal(page, centre)
    await page.get_by_test_id("sync").click()
    await expect(page.get_by_test_id("record")).to_have_count(1)


async def be_refused(page: Page, centre: Centre) -> None:
    centre.status = 409
    await page.locator(".hand li[data-open] .yes").first.click()
    await expect(page.locator("main [data-sync=refused]")).to_be_visible()
    await page.get_by_test_id("sync").click()


async def log_out(page: Page, centre: Centre) -> None:
    await look_at_the_records(page, centre)
    await page.get_by_test_id("logout").click()


async def decline(page: Page, centre: Centre) -> None:
    await page.get_by_test_id("decline").click()


async def put_aside(page: Page, centre: Centre) -> None:
    await page.get_by_test_id("minimise").click()
    await expect(page.get_by_test_id("open-job")).to_be_visible()


async def lose_the_job(page: Page, centre: Centre) -> None:
    centre.answers["caregiver/today"] = day.today()
    await ask_again(page)
    await expect(page.get_by_test_id("job-gone")).to_be_visible()


async def get_a_new_plan(page: Page, centre: Centre) -> None:
    plan = copied(centre.answers["caregiver/today"])
    plan["visits"][2] |= {"start_at": day.at(120), "end_at": day.at(165)}
    centre.answers["caregiver/today"] = plan
    await ask_again(page)
    await expect(page.get_by_test_id("plan-changed")).to_be_visible()


async def deliver(page: Page, centre: Centre) -> None:
    await page.get_by_test_id("delivered").click()
    await expect(page.get_by_test_id("undo")).to_be_visible()


ON_THE_WAY: Final = day.job("en_route", accepted_at=day.at(-3), en_route_at=day.at(-2))
AT_A_VISIT: Final = [day.started(), day.visit("v3", 90)]
STATES: Final[Mapping[str, tuple[dict[str, Any], Steps]]] = {
    "the day": ({"answer": day.today()}, nothing),
    "the day, unfolded": ({"answer": day.today()}, unfold),
    "the day is empty": ({"answer": day.today(visits=[])}, nothing),
    "the day is done": ({"answer": day.today(visits=day.visits()[:1])}, nothing),
    "no answer": ({"answer": None, "status": 500}, nothing),
    "at a visit": ({"answer": day.today(visits=AT_A_VISIT)}, nothing),
    "a task not done": ({"answer": day.today(visits=AT_A_VISIT)}, say_not_done),
    "at the door": ({"answer": day.today(), "at": day.HOME}, check_in),
    "far from the door": ({"answer": day.today(), "at": day.FAR}, check_in),
    "no position": ({"answer": day.today()}, check_in),
    "another reason": ({"answer": day.today()}, check_in_for_another_reason),
    "without signal": ({"answer": day.today(visits=AT_A_VISIT)}, work_without_signal),
    "records": ({"answer": day.today(visits=AT_A_VISIT)}, look_at_the_records),
    "a record refused": ({"answer": day.today(visits=AT_A_VISIT)}, be_refused),
    "logging out": ({"answer": day.today(visits=AT_A_VISIT)}, log_out),
    "a new plan": ({"answer": day.today()}, get_a_new_plan),
    "an alarm": ({"answer": day.today(job=day.job())}, nothing),
    "an alarm declined": ({"answer": day.today(job=day.job())}, decline),
    "an alarm under way": ({"answer": day.today(job=ON_THE_WAY)}, nothing),
    "an alarm put aside": ({"answer": day.today(job=ON_THE_WAY)}, put_aside),
    "an alarm taken back": ({"answer": day.today(job=day.job())}, lose_the_job),
    "a meal run": ({"answer": day.run()}, nothing),
    "a meal delivered": ({"answer": day.run()}, deliver),
}


@pytest.mark.parametrize("state", STATES)
async def test_every_state_is_accessible_in_both_languages_and_on_a_small_phone(
    browser: Browser, state: str
) -> None:
    how, steps = STATES[state]
    for locale, size in ((LOCALES[0], ORDINARY), (LOCALES[1], SMALL)):
        context, page, centre = await opened(browser, **how, locale=locale, size=size)
        await steps(page, centre)
        assert await complaints(page) == [], (locale, size)
        await context.close()


async def test_the_language_changes_without_a_reload(browser: Browser) -> None:
    _, page, _ = await opened(browser, day.today())
    await page.evaluate("window.mark = 'same page'")
    await page.get_by_test_id("language").click()
    await expect(page.get_by_test_id("primary")).to_have_text("Navigate")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await page.evaluate("window.mark") == "same page"


async def test_an_offer_rings_buzzes_and_takes_the_focus(browser: Browser) -> None:
    context = await pocket(browser)
    page = await context.new_page()
    await page.add_init_script(_LISTEN)
    answers = {"me": day.me("caregiver", "zh-CN"), "caregiver/today": day.today(job=day.job())}
    centre = Centre(answers)
    await centre.serve(page)
    await page.goto("/caregiver")
    await expect(page.get_by_test_id("job").get_by_role("heading")).to_be_focused()
    await page.wait_for_function("heard.buzzes > 0 && heard.tones > 0")
    accepted = day.job("accepted", accepted_at=day.at(0))
    centre.answers["caregiver/today"] = day.today(job=accepted)
    centre.answers[f"caregiver/jobs/{accepted['id']}/accept"] = accepted
    await page.get_by_test_id("accept").click()
    await expect(page.get_by_test_id("next-step")).to_be_visible()
    so_far = await page.evaluate("heard.tones")
    await page.wait_for_timeout(RING_EVERY_MS + 500)
    assert await page.evaluate("heard.tones") == so_far


async def test_a_slip_of_the_thumb_on_a_meal_is_taken_back_and_never_sent(browser: Browser) -> None:
    _, page, centre = await opened(browser, day.run())
    await page.get_by_test_id("delivered").click()
    await expect(page.locator("[data-next]")).to_have_attribute("data-order", "m4")
    await page.get_by_test_id("undo").get_by_role("button").click()
    await expect(page.locator("[data-next]")).to_have_attribute("data-order", "m3")
    await page.wait_for_timeout(HELD_MS + 500)
    assert centre.posts == []


async def test_a_meal_answered_in_one_tap_is_sent_once_the_undo_is_over(browser: Browser) -> None:
    _, page, centre = await opened(browser, day.run())
    await page.get_by_test_id("no-answer").click()
    assert centre.posts == []
    await expect(page.locator("[data-order=m3] [data-sync=synced]")).to_have_count(
        1, timeout=HELD_MS + SOON_MS
    )
    assert [path for path, _ in centre.posts] == ["caregiver/meals/m3/no-answer"]


async def test_a_special_diet_is_said_in_words_above_the_name(browser: Browser) -> None:
    _, page, _ = await opened(browser, day.run())
    stop = page.locator("[data-next]")
    await expect(stop.locator("[data-diet=diabetic]")).to_contain_text("糖尿病餐")
    await expect(stop.locator("[data-diet=diabetic]")).to_contain_text("特殊膳食")


async def test_a_check_in_far_from_the_door_is_flagged_and_not_blocked(browser: Browser) -> None:
    _, page, centre = await opened(browser, day.today(), at=day.FAR)
    await check_in(page, centre)
    await expect(page.get_by_test_id("fix")).to_contain_text("2.9 公里")
    await page.get_by_test_id("check-in").click()
    await expect(page.locator("[data-visit=v2] [data-sync=synced]")).to_be_visible()
    path, body = next(post for post in centre.posts if "check-in" in post[0])
    assert path == "caregiver/visits/v2/check-in"
    assert body["method"] == "gps"
    assert body["location"] == {"lat": 31.25, "lon": 121.47, "acc": 12, "crs": "wgs84"}


async def test_records_wait_through_a_reload_and_arrive_in_order(browser: Browser) -> None:
    _, page, centre = await opened(browser, day.today())
    centre.status = 0
    await check_in(page, centre)
    await page.locator("dialog input[type=radio]").first.check()
    await page.get_by_test_id("check-in").click()
    await page.locator("[data-task=pressure] .yes").click()
    await expect(page.get_by_test_id("sync")).to_contain_text("2 条待同步")
    await page.reload()
    await expect(page.locator("[data-task=pressure] .yes")).to_have_attribute(
        "aria-pressed", "true"
    )
    centre.status = 200
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("[data-visit=v2] [data-sync=synced]")).to_be_visible()
    assert [path.rpartition("/")[2] for path, _ in centre.posts] == ["check-in", "pressure"]
    assert len({body["event_id"] for _, body in centre.posts}) == 2
