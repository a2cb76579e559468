"""`carebell simulate`: drive terminals over real MQTT, and count what comes of it."""

import asyncio
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from rich.table import Table

from carebell.embedded.part import StartError
from carebell.parts import shows_life
from carebell.processes import stop_on_signals
from carebell.reaching import running
from carebell.screen import Screen, Step
from carebell.simulating import read_demo, town_logins
from devices.ingest import IngestSettings
from devices.mqtt.address import Address
from devices.simulator.fleet import Plan, run_fleet
from devices.simulator.report import Report
from devices.simulator.wire import Login
from kernel.clock import Clock


class _Terminal(BaseModel):
    """A line of a file of log-ins; `demo.json` has the same fields."""

    model_config = ConfigDict(extra="ignore")
    terminal: str
    area: str
    password: str


async def simulate(
    data_dir: Path,
    clock: Clock,
    *,
    terminals: int,
    plan: Plan,
    duration_s: float | None,
    logins_file: Path | None,
) -> Report:
    """Let terminals live, print the figures, and return them.

    Raises:
        StartError: nothing runs in the data folder and no broker is named, or the file is wrong.
    """
    url = IngestSettings().mqtt_url.get_secret_value()
    there = None if url and logins_file else running(data_dir)
    if there is None and not (url and logins_file):
        raise StartError(
            f"No Carebell runs in {data_dir}. Start one with `carebell demo --no-simulator`, or "
            "name a broker in CAREBELL_MQTT_URL and its terminals with --logins."
        )
    if there and shows_life(data_dir / "run" / "simulator.alive"):
        raise StartError(
            "The demo already simulates these terminals. Start it with --no-simulator, so that "
            "two simulators do not take each other's connections away."
        )
    if logins_file:
        logins = read_logins(logins_file)
    else:
        left = {one["terminal"] for one in read_demo(data_dir).get("terminals", [])}
        known = await town_logins(there.database_url if there else "", data_dir)
        logins = [login for login in known if login.terminal not in left]
    if not logins:
        raise StartError("There are no terminals to simulate.")
    screen, stop = Screen(), asyncio.Event()
    stop_on_signals(stop)
    chosen = logins[:terminals]
    with (
        screen.steps() as steps,
        steps.step(f"{len(chosen)} terminals, {plan.speed:g} x real time") as step,
    ):
        report = await run_fleet(
            chosen,
            Address.parse(url or (there.mqtt_url if there else "")),
            clock,
            stop,
            plan=plan,
            duration_s=duration_s,
            on_progress=lambda so_far: _show(step, so_far),
        )
    table = Table(show_header=False)
    for what, figure in report.rows():
        table.add_row(what, figure)
    screen.console.print(table)
    return report


def _show(step: Step, report: Report) -> None:
    step.reached(
        0,
        f"{report.connected} of {report.terminals} connected, {report.alarms} alarms, "
        f"{report.confirmed} confirmed",
    )


def read_logins(path: Path) -> list[Login]:
    """Read terminals and their secrets from a JSON file: a list, or an object with `terminals`.

    Raises:
        StartError: it is not such a file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lines = content["terminals"] if isinstance(content, dict) else content
        found = TypeAdapter(list[_Terminal]).validate_python(lines)
    except (OSError, ValueError, KeyError, ValidationError):
        raise StartError(
            f"{path} should be JSON: a list of objects with terminal, area and password."
        ) from None
    return [Login(terminal=t.terminal, area=t.area, secret=t.password) for t in found]
