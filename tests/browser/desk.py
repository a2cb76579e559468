"""An operator's desk for tests: Chromium on the console, and a terminal to press."""

import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.async_api import Browser, Page, WebSocketRoute, async_playwright, expect

UI: Final = Path(__file__).parents[2] / "web" / "ui"
#: The map is drawn by the processor: test machines have no graphics card.
CHROMIUM: Final = (
    "--no-sandbox",
    "--autoplay-policy=document-user-activation-required",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
AXE_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_AXE: Final = """async (rules) => (await axe.run(document, { runOnly: rules })).violations
  .flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary}`))"""
#: Test machines are small and busy; what must be quick says so itself.
expect.set_options(timeout=20_000)
#: Chromium would ask which program dials; the question would take the keys.
_NO_DIALLING: Final = """addEventListener('click', (event) => {
  if (event.target.closest?.('a[href^="tel:"]')) event.preventDefault();
}, true)"""


#: Notes in the page itself when the console first rings, lists and pops up.
WATCH: Final = """() => {
  window.first = {}
  const look = () => {
    const desk = document.querySelector('[data-testid=console]')
    if (desk.dataset.sound === 'ringing' && desk.dataset.priority === '1') first.ring ??= Date.now()
    if (document.querySelector('[data-testid=row][data-priority="1"]')) first.row ??= Date.now()
    if (document.querySelector('[data-testid=pop]')) first.pop ??= Date.now()
  }
  const all = { subtree: true, childList: true, attributes: true }
  new MutationObserver(look).observe(document.body, all)
  return Date.now()
}"""


@dataclass(frozen=True, slots=True)
class Demo:
    """What `demo.json` tells of a running town, and where its data are."""

    data: Path
    url: str
    mqtt: dict[str, Any]
    logins: list[dict[str, str]]
    terminals: list[dict[str, str]]

    @classmethod
    def of(cls, file: Path) -> "Demo":
        """Read `demo.json`."""
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return cls(file.parent, told["url"], told["mqtt"], told["logins"], told["terminals"])

    def login(self, role: str) -> tuple[str, str]:
        """Return user name and password of a role."""
        found = next(one for one in self.logins if one["role"] == role)
        return found["username"], found["password"]


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Run the machine's own Chromium, or the one Playwright brought."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*CHROMIUM]
        )
        try:
            yield browser
        finally:
            await browser.close()


class Terminal:
    """A terminal whose button a test presses."""

    def __init__(self, client: mqtt.Client, told: dict[str, str]) -> None:
        self.resident = told["resident"]
        self.heard: list[dict[str, Any]] = []
        self._client = client
        self._topic = told["topic"]
        self._boot = str(uuid4())
        self._seq = 0

    def press(self, kind: str = "sos", signal: str | None = None) -> str:
        """Send an alarm and return its id; `signal` repeats one."""
        self._seq += 1
        body = {"id": signal or str(uuid4()), "seq": self._seq, "boot": self._boot, "kind": kind}
        self._client.publish(self._topic, json.dumps(body | {"battery": 77}), qos=1)
        return str(body["id"])


@contextmanager
def terminal(demo: Demo, number: int) -> Iterator[Terminal]:
    """Connect one of the demo's terminals with its own credentials."""
    told = demo.terminals[number]
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{told['terminal']}-{uuid4()}")
    client.username_pw_set(told["username"], told["password"])
    made = Terminal(client, told)

    def on_message(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        made.heard.append(json.loads(message.payload))

    client.on_message = on_message
    client.connect(demo.mqtt["host"], demo.mqtt["port"])
    client.subscribe(told["topic"].removesuffix("alarm") + "command", qos=1)
    client.loop_start()
    try:
        yield made
    finally:
        client.disconnect()
        client.loop_stop()


@dataclass  # no slots: Playwright marks the object whose method it is given
class Cable:
    """The console's live connection, which a test may pull out."""

    pulled: bool = False
    muted: bool = False
    hellos: list[dict[str, Any]] = field(default_factory=list)
    _ends: list[WebSocketRoute] = field(default_factory=list)

    async def pull(self) -> None:
        """Cut the connection and let no other be made."""
        self.pulled = True
        for end in self._ends:
            await end.close(code=1011)
        self._ends.clear()

    def plug_in(self) -> None:
        """Let the console connect again."""
        self.pulled = False

    async def carry(self, end: WebSocketRoute) -> None:
        """Stand between the console and the platform."""
        if self.pulled:
            await end.close(code=1013)
            return
        self._ends.append(end)
        server = end.connect_to_server()

        def up(message: str | bytes) -> None:
            told = json.loads(message)
            if told["type"] == "hello":
                self.hellos.append(told)
            server.send(message)

        def down(message: str | bytes) -> None:
            if not (self.muted and json.loads(message)["type"] == "change"):
                end.send(message)

        end.on_message(up)
        server.on_message(down)


@asynccontextmanager
async def seat(
    browser: Browser,
    demo: Demo,
    role: str = "operator",
    *,
    locale: str = "zh-CN",
    size: tuple[int, int] = (1440, 900),
    cable: Cable | None = None,
) -> AsyncIterator[Page]:
    """Open the console as `role`, who has logged in already; it is live when this returns."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=locale,
        base_url=demo.url,
        reduced_motion="reduce",  # axe must not see a dialog half faded in
    )
    page = await context.new_page()
    await page.add_init_script(_NO_DIALLING)
    if cable is not None:
        await page.route_web_socket("**/ws/console", cable.carry)
    async with log_in_by_http(demo, role) as client:
        (await client.patch("/me", json={"locale": locale})).raise_for_status()  # as a log-in does
        cookies = [*client.cookies.jar]
    await context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": demo.url} for one in cookies]
    )
    await page.goto("/console")
    await page.wait_for_selector('[data-testid=console][data-live="live"]')
    try:
        yield page
    finally:
        await context.close()


async def log_in(page: Page, username: str, password: str) -> None:
    """Fill in the log-in page and send it."""
    await page.goto("/login")
    await page.fill("#username", username)
    await page.fill("#password", password)
    await page.click("button[type=submit]")


async def axe(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, twice.

    It reads a style here and another there while the page lives: a button that was freed in between
    has the colour of one moment on the ground of another. A fault of the page is there both times.
    """
    # Not as a script tag: the pages' policy refuses foreign scripts, as it should.
    await page.evaluate((UI / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    first: list[str] = await page.evaluate(_AXE, AXE_RULES)
    if not first:
        return first
    again: list[str] = await page.evaluate(_AXE, AXE_RULES)
    return [fault for fault in again if fault in first]


async def overflow(page: Page) -> int:
    """Return how many pixels the page is wider than its window."""
    wide: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


async def picture(page: Page, name: str) -> None:
    """Take one, if CAREBELL_TEST_SHOTS names a folder for them."""
    if folder := os.environ.get("CAREBELL_TEST_SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png")


#: Log-ins without a browser, by town and role: a password is checked slowly, on purpose.
_LOG_INS: Final[dict[tuple[str, str], httpx.Cookies]] = {}


@asynccontextmanager
async def log_in_by_http(demo: Demo, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """Log in as `role` without a browser, once for all tests; paths are below `/api/v1`."""
    async with httpx.AsyncClient(
        base_url=f"{demo.url}/api/v1",
        headers={"Origin": demo.url},
        timeout=30,
        cookies=_LOG_INS.get((demo.url, role)),
    ) as client:
        if (await client.get("/me")).status_code != httpx.codes.OK:
            username, password = demo.login(role)
            await _sent(client, "session", username=username, password=password)
            _LOG_INS[demo.url, role] = client.cookies
        yield client


async def quieten(demo: Demo) -> None:
    """Close whatever is open, so that a test finds a quiet desk."""
    for role in ("operator", "supervisor"):
        async with log_in_by_http(demo, role) as client:
            me = (await client.get("/me")).json()["account_id"]
            for one in (await client.get("/incidents", params={"tab": "open"})).json()["items"]:
                path = f"incidents/{one['id']}"
                if one["claimed_by"] is None:
                    await _sent(client, f"{path}/claim", event_id=str(uuid4()))
                elif one["claimed_by"]["id"] != me:
                    continue
                if job := one["assignment"]:
                    await _sent(
                        client, f"{path}/withdraw", event_id=str(uuid4()), assignment_id=job["id"]
                    )
                await _sent(
                    client, f"{path}/close", event_id=str(uuid4()), disposition="test", note=""
                )


async def _sent(client: httpx.AsyncClient, path: str, **body: str) -> dict[str, Any]:
    answer = await client.post(f"/{path}", json=body)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told
