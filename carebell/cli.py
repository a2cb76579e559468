"""`carebell`: one command for everything. What is heavy is imported where it is used."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from carebell.work_command import work
from kernel.errors import DomainError

app = typer.Typer(
    name="carebell",
    help="Carebell (安心铃): alarms, visits and meals for a city's home-care centre.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="CAREBELL_DATA_DIR",
        help="Folder of the embedded parts, logs and demo.json.",
    ),
]
Host = Annotated[str, typer.Option("--host", envvar="CAREBELL_HOST", help="Address of the pages.")]
Port = Annotated[int, typer.Option("--port", envvar="CAREBELL_PORT", help="Port of the pages.")]
MqttHost = Annotated[
    str,
    typer.Option(
        "--mqtt-host", help="Address of the embedded broker; 0.0.0.0 lets terminals outside in."
    ),
]
MqttPort = Annotated[int, typer.Option("--mqtt-port", help="Port of the embedded broker.")]
BENCHMARKS = {
    "ingest": "bench.ingest",
    "schedule": "bench.schedule",
    "city": "bench.city",
    "growth": "bench.growth",
    "repair": "bench.repair",
}
HERE = Path(".carebell")
LOCAL = "127.0.0.1"


@app.command()
def demo(
    host: Host = LOCAL,
    port: Port = 8080,
    mqtt_host: MqttHost = LOCAL,
    mqtt_port: MqttPort = 1883,
    data_dir: DataDir = HERE,
    residents: Annotated[int, typer.Option(min=20, max=50_000, help="People in the town.")] = 2000,
    caregivers: Annotated[int, typer.Option(min=6, max=2_000, help="Caregivers.")] = 60,
    seed: Annotated[int, typer.Option(help="Another number, another town.")] = 1,
    speed: Annotated[
        float, typer.Option(min=0.1, max=1000, help="How fast the simulated homes live.")
    ] = 1.0,
    simulator: Annotated[
        bool, typer.Option("--simulator/--no-simulator", help="Let terminals and caregivers act.")
    ] = True,
) -> None:
    """A whole town on this machine: database, broker, people, terminals, today's plan, pages."""
    from zoneinfo import ZoneInfo

    from carebell.demo.running import Demo, run
    from carebell.platform import Options
    from carebell.processes import stop_on_signals
    from carebell.screen import Screen
    from kernel.clock import SystemClock
    from kernel.settings import Settings

    options = Options.of(data_dir, host=host, port=port, mqtt_host=mqtt_host, mqtt_port=mqtt_port)
    town = Demo(
        residents=residents, caregivers=caregivers, seed=seed, speed=speed, simulator=simulator
    )

    async def go() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run(options, town, ZoneInfo(Settings().zone), SystemClock(), Screen(), stop)

    _finish(go())


@app.command()
def up(
    host: Host = LOCAL,
    port: Port = 8080,
    mqtt_host: MqttHost = LOCAL,
    mqtt_port: MqttPort = 1883,
    data_dir: DataDir = HERE,
) -> None:
    """The platform without demo data.

    Database and broker are the embedded ones unless CAREBELL_DATABASE_URL and CAREBELL_MQTT_URL
    name others.
    """
    from carebell.platform import PROCESSES, Options, Platform, platform
    from carebell.processes import stop_on_signals, unless_stopped
    from carebell.screen import Screen
    from kernel import db
    from kernel.clock import SystemClock

    options = Options.of(data_dir, host=host, port=port, mqtt_host=mqtt_host, mqtt_port=mqtt_port)

    async def bring_up(running: Platform) -> bool:
        await asyncio.to_thread(db.migrate, running.database_url)
        await running.start(*PROCESSES)
        return True

    async def go() -> None:
        stop, screen = asyncio.Event(), Screen()
        stop_on_signals(stop)
        async with platform(options, SystemClock(), screen.tell) as running:
            if await unless_stopped(stop, bring_up(running)):
                screen.console.print(f"[bold green]Carebell is ready[/bold green] at {running.url}")
                screen.watch(on=True)
                await stop.wait()
            screen.watch(on=False)
            screen.console.print("Stopping …")

    _finish(go())


@app.command()
def migrate(data_dir: DataDir = HERE) -> None:
    """Bring the database schema up to date."""
    from carebell.reaching import reached
    from kernel import db
    from kernel.clock import SystemClock

    async def go() -> None:
        async with reached(data_dir, SystemClock()) as there:
            await asyncio.to_thread(db.migrate, there.database_url)
        typer.echo("The schema is up to date.")

    _finish(go())


@app.command()
def account(
    username: Annotated[str, typer.Argument(help="Name to log in with.")],
    name: Annotated[str, typer.Option(help="Name to show; default: the user name.")] = "",
    role: Annotated[
        str, typer.Option(help="admin, supervisor, operator, planner or installer.")
    ] = "admin",
    area: Annotated[str, typer.Option(help="Id of the area the account sees.")] = "city",
    area_name: Annotated[
        str, typer.Option(help="Name of that area, when it is the platform's first.")
    ] = "City",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
    data_dir: DataDir = HERE,
) -> None:
    """Make an account: the first one of a platform that `carebell up` has just created."""
    from carebell.reaching import reached
    from kernel import db
    from kernel.audit import Process
    from kernel.clock import SystemClock
    from people.accounts.founding import found

    async def go() -> None:
        clock = SystemClock()
        async with reached(data_dir, clock) as there:
            await asyncio.to_thread(db.migrate, there.database_url)
            connection = await db.connect(there.database_url)
            try:
                await found(
                    connection,
                    username=username,
                    name=name or username,
                    password=password,
                    role=role,
                    area=area,
                    area_name=area_name,
                    now=clock.now(),
                    by=Process.COMMAND_LINE,
                )
            finally:
                await connection.close()
        typer.echo(f"{username} may log in.")

    _finish(go())


@app.command()
def plan(
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="visits or meals; default both.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: today.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Area of the centre.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Search time.")] = 20,
    threads: Annotated[int, typer.Option(min=1, help="Cores.")] = 2,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 1,
    data_dir: DataDir = HERE,
) -> None:
    """Plan a day, publish the plan, and print what was placed, what was not, and why."""
    from carebell.planning_command import plan as run
    from kernel.audit import Process
    from kernel.clock import SystemClock
    from scheduler.centre.model import Kind
    from scheduler.plans.publishing import SolveOptions

    try:
        kinds = [Kind(word) for word in kind or list(Kind)]
    except ValueError:
        _fail("--kind is visits or meals.")

    async def go() -> None:
        good = await run(
            data_dir,
            SystemClock(),
            area=area,
            day=day.date() if day else None,
            kinds=kinds,
            options=SolveOptions(
                seconds=seconds, threads=threads, seed=seed, by=Process.COMMAND_LINE
            ),
        )
        if not good:
            raise typer.Exit(1)

    _finish(go())


app.command()(work)


@app.command()
def solve(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="gzipped or not.")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="mankowska, hhcrsp-json, bredstrom, solomon, cordeau-mdvrptw or vrplib;"
            " default: by its first words.",
        ),
    ] = None,
    seconds: Annotated[float, typer.Option("--time-limit", min=0.1, help="Search time.")] = 10,
    threads: Annotated[int, typer.Option(min=1, help="Cores.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Solve a public benchmark file: objective, routes, times and the verifier's verdict."""
    from carebell.solving_command import solve as run

    try:
        good = run(file, kind=kind, seconds=seconds, threads=threads, seed=seed, as_json=as_json)
    except DomainError as refusal:
        _fail(refusal.detail)
    if not good:
        raise typer.Exit(1)


@app.command()
def simulate(
    terminals: Annotated[int, typer.Option(min=1, help="How many.")] = 100,
    speed: Annotated[
        float, typer.Option(min=0.1, max=10_000, help="Simulated seconds in a real one.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed, the same lives.")] = 1,
    duration: Annotated[
        float | None, typer.Option(min=1, help="Real seconds; default: until Ctrl-C.")
    ] = None,
    heartbeat: Annotated[
        float, typer.Option(min=5, help="Simulated seconds between two heartbeats.")
    ] = 300,
    start_hour: Annotated[
        float, typer.Option(min=0, max=24, help="Hour of the day at which it begins.")
    ] = 8,
    logins: Annotated[
        Path | None, typer.Option(help="JSON list of terminals with area and password.")
    ] = None,
    data_dir: DataDir = HERE,
) -> None:
    """Drive terminals that behave like homes, over real MQTT.

    They are those of the demo that runs in the data folder, or of --logins at CAREBELL_MQTT_URL.
    """
    from carebell.simulating_command import simulate as run
    from devices.simulator.fleet import Plan
    from kernel.clock import SystemClock

    lives = Plan(seed=seed, speed=speed, heartbeat_s=heartbeat, start_hour=start_hour)

    async def go() -> None:
        await run(
            data_dir,
            SystemClock(),
            terminals=terminals,
            plan=lives,
            duration_s=duration,
            logins_file=logins,
        )

    _finish(go())


@app.command()
def press(
    terminal: Annotated[int, typer.Option(min=1, help="Which of the demo's terminals.")] = 1,
    kind: Annotated[str, typer.Option(help="sos, fall, smoke … of the protocol.")] = "sos",
    data_dir: DataDir = HERE,
) -> None:
    """Press a demo terminal's button, and wait until the alarm is safe."""
    from carebell.press_command import press as send

    try:
        pressed = send(data_dir, number=terminal, kind=kind)
    except DomainError as refusal:
        _fail(refusal.detail)
    typer.echo(
        f"{pressed.terminal} ({pressed.resident}): {kind} sent, "
        f"`received` after {pressed.seconds * 1000:.0f} ms."
    )


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(BENCHMARKS)}.")] = "ingest",
) -> None:
    """Measure, against the bare pipe and against limits. What follows the name is passed on."""
    module = BENCHMARKS.get(name)
    if module is None or find_spec(module) is None:
        _fail(f"There is no benchmark {name}. Choose one of: {', '.join(BENCHMARKS)}.")
    os.execv(sys.executable, [sys.executable, "-m", module, *context.args])  # noqa: S606


@app.command()
def doctor(port: Port = 8080, mqtt_port: MqttPort = 1883, data_dir: DataDir = HERE) -> None:
    """Look at ports, versions, database, broker and clock; say what to do."""
    from rich.console import Console
    from rich.table import Table

    from carebell.doctor import Verdict, examine
    from kernel.clock import SystemClock

    ports = {"--port": port, "--mqtt-port": mqtt_port}
    marks = {
        Verdict.GOOD: "[green]✓ good[/green]",
        Verdict.WARNING: "[yellow]! warning[/yellow]",
        Verdict.BAD: "[red]✗ bad[/red]",
    }

    async def go() -> None:
        findings = await examine(data_dir, ports, SystemClock())
        table = Table(show_edge=False)
        for column in ("", "what", "found", "what to do"):
            table.add_column(column, overflow="fold")
        for finding in findings:
            table.add_row(marks[finding.verdict], finding.what, finding.found, finding.remedy)
        Console().print(table)
        if any(finding.verdict is Verdict.BAD for finding in findings):
            raise typer.Exit(1)

    _finish(go())


def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; an expected refusal becomes one message and exit code 1."""
    from kernel import log

    log.configure("carebell", level="WARNING", json=False)
    try:
        asyncio.run(work)
    except DomainError as refusal:
        _fail(refusal.detail)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _fail(message: str) -> NoReturn:
    typer.secho(message, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
