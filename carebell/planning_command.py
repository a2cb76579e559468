"""`carebell plan`: plan a day and say what came of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from carebell.embedded.part import StartError
from carebell.reaching import reached
from carebell.screen import Screen, Step
from kernel import db
from kernel.clock import Clock
from kernel.db import Pool
from scheduler.centre import store as centres
from scheduler.centre.localtime import day_of
from scheduler.centre.model import Centre, Kind
from scheduler.plans.issuing import Published
from scheduler.plans.publishing import SolveOptions, plan_day
from scheduler.reading import planner as reading
from scheduler.reading.model import LeftOut
from scheduler.solve.progress import OnProgress, Progress

MOST_SHOWN: Final = 30


async def plan(
    data_dir: Path,
    clock: Clock,
    *,
    area: str | None,
    day: date | None,
    kinds: Sequence[Kind],
    options: SolveOptions,
) -> bool:
    """Plan, publish and print; False when the verifier refused a plan.

    Raises:
        StartError: there is no centre to plan for.
        NotFoundError: no centre in `area`.
    """
    screen, good = Screen(), True
    async with (
        reached(data_dir, clock) as there,
        db.pool(there.database_url, size=4) as pool,
    ):
        centre = await _centre(pool, area)
        when = day or day_of(clock.now(), centre.zone)
        for kind in kinds:
            with (
                screen.steps() as steps,
                steps.step(f"{kind.title()} of {when}", total=options.seconds) as step,
            ):
                published = await plan_day(
                    pool,
                    clock,
                    centre.area,
                    when,
                    kind,
                    cause="manual",
                    options=options,
                    on_progress=_shown_on(step, kind, when),
                )
            shown = await reading.current(pool, centre, kind, clock.now(), when)
            report(screen.console, kind, published, shown.unplaced)
            good &= published.state == "published"
    return good


async def _centre(pool: Pool, area: str | None) -> Centre:
    async with pool.acquire() as connection:
        if area:
            return await centres.find(connection, area)
        known = await centres.every(connection)
    if not known:
        raise StartError("There is nothing to plan: this database has no centre yet.")
    return known[0]


def _shown_on(step: Step, kind: Kind, day: date) -> OnProgress:
    def show(progress: Progress) -> None:
        step.reached(
            progress.seconds,
            f"{kind.title()} of {day}: {progress.phase}, {progress.cost:,} points, "
            f"{progress.unplaced} left out",
        )

    return show


def report(console: Console, kind: Kind, published: Published, unplaced: Sequence[LeftOut]) -> None:
    """Print a plan's figures, and what it leaves out and why."""
    figures = published.figures
    table = Table(show_header=False, title_justify="left")
    table.title = f"{kind.title()}: version {published.version}, {published.state}"
    stops = max(1, figures.placed)
    for name, value in (
        ("asked for", f"{figures.tasks}"),
        ("placed", f"{figures.placed}"),
        ("left out", f"{sum(figures.unplaced.values())}"),
        ("people with something to do", f"{figures.busy}"),
        (
            "travel",
            f"{figures.travel_s / 3600:.1f} h, {figures.travel_s / stops / 60:.1f} min each",
        ),
        ("late", f"{figures.late}, {figures.late_s / 60:.0f} min altogether"),
        (
            "by somebody familiar",
            "nobody knows anybody yet" if figures.continuity is None else f"{figures.continuity} %",
        ),
        ("cost", f"{figures.cost:,} points"),
        ("changed against the plan before", f"{published.changed} stops"),
    ):
        table.add_row(name, value)
    console.print(table)
    for violation in published.violations:
        who = violation.task or violation.caregiver or ""
        console.print(f"[red]breaks {violation.rule}: {who} {dict(violation.data)}[/red]")
    for left in unplaced[:MOST_SHOWN]:
        console.print(f"left out: {left.resident.name}, {left.service.en}: {left.reason.en}")
    if len(unplaced) > MOST_SHOWN:
        console.print(f"… and {len(unplaced) - MOST_SHOWN} more, on the planner's page")
