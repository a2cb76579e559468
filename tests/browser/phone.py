"""A phone for tests: Chromium in a pocket's size, axe, and a centre that says what it is told."""

import json
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright

UI: Final = Path(__file__).parents[2] / "web" / "ui"
#: Never connected to: every request is answered by the test. Counts as secure, like HTTPS.
ORIGIN: Final = "http://localhost:9"
CHROMIUM: Final = (
    "--no-sandbox",
    "--autoplay-policy=document-user-activation-required",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ORDINARY: Final = (390, 844)
SMALL: Final = (320, 640)
LOCALES: Final = ("zh-CN", "en")
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE: Final = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`));
}"""
_SMALL_TARGETS: Final = """(least) =>
  [...document.querySelectorAll('button, a[href], select, summary, [role=switch]')]
    .filter((each) => each.checkVisibility() && !each.closest('[inert]'))
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, box]) => box.width < least || box.height < least)
    .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`)"""
_SMALL_TEXT: Final = """(least) =>
  [...document.querySelectorAll('body *')]
    .filter((each) => each.checkVisibility() && !each.closest('.visually-hidden'))
    .filter((each) => [...each.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((each) => parseFloat(getComputedStyle(each).fontSize) < least)
    .map((each) => `${each.outerHTML.slice(0, 90)} ${getComputedStyle(each).fontSize}`)"""


def chromium() -> str | None:
    """Return the machine's own Chromium; None lets Playwright look for its own."""
    found = Path("/usr/bin/chromium")
    return str(found) if found.exists() else None


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Run a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM])
        try:
            yield browser
        finally:
            await browser.close()


async def pocket(
    browser: Browser,
    *,
    locale: str = "zh-CN",
    size: tuple[int, int] = ORDINARY,
    at: tuple[float, float] | None = None,
    base_url: str = ORIGIN,
) -> BrowserContext:
    """Return a phone; `at` is where it is (latitude, longitude), None when it must not tell."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=locale,
        is_mobile=True,
        has_touch=True,
        reduced_motion="reduce",
        base_url=base_url,
    )
    if at is not None:
        await context.grant_permissions(["geolocation"])
        await context.set_geolocation({"latitude": at[0], "longitude": at[1], "accuracy": 12})
    return context


@dataclass
class Centre:
    """Answers a page's requests from memory, so that rare states can be looked at."""

    answers: dict[str, Any]
    #: The status of every answer; 0 cuts the line.
    status: int = 200
    #: What the page has posted: all that it tried, and what was taken.
    tried: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def serve(self, page: Page) -> None:
        """Take over all that the page asks for."""
        await page.route("**/*", self._answer)
        await page.route_web_socket("**/ws/phone", lambda _: None)

    async def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        post = (path.removeprefix("/api/v1/"), route.request.post_data_json or {})
        if route.request.method == "POST":
            self.tried.append(post)
        if not path.startswith("/api/v1/"):
            await self._file(route, path)
        elif self.status == 0:
            await route.abort()
        elif self.status != 200:
            await route.fulfill(status=self.status, json={"code": "broken", "title": "Broken"})
        elif route.request.method == "POST":
            self.posts.append(post)
            await route.fulfill(json=self.answers.get(post[0], {}))
        else:
            await route.fulfill(json=self.answers[path.removeprefix("/api/v1/")])

    @staticmethod
    async def _file(route: Route, path: str) -> None:
        file = UI / "dist" / (f"{path[1:]}.html" if "." not in path else path[1:])
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if path.endswith("-sw.js") or not file.is_file():
            await route.fulfill(status=404)
        else:
            await route.fulfill(body=file.read_bytes(), content_type=kind)


async def complaints(page: Page, *, target_px: int = 44) -> list[str]:
    """Return what is wrong with the page as it stands: axe, small targets, sideways scrolling."""
    await page.evaluate((UI / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found: list[str] = await page.evaluate(_AXE, _RULES)
    small: list[str] = await page.evaluate(_SMALL_TARGETS, target_px)
    wide: bool = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(f"small target: {each}" for each in small), *["scrolls sideways"] * wide]


async def small_text(page: Page, least_px: float) -> list[str]:
    """Return the texts smaller than `least_px`."""
    found: list[str] = await page.evaluate(_SMALL_TEXT, least_px)
    return found


def copied(data: dict[str, Any]) -> dict[str, Any]:
    """Return a deep copy, as after a trip over the wire."""
    copy: dict[str, Any] = json.loads(json.dumps(data))
    return copy
