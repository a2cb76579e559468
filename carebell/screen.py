"""What a person at the terminal sees: steps, progress, and whatever happens to the parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from carebell.processes import Happening, What


class Screen:
    """Prints to a terminal or, in plain lines, to a file."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._quiet = True

    def tell(self, happening: Happening) -> None:
        """Show what happened to a part: once all is up, everything; before, only trouble."""
        if happening.what in {What.READY, What.STOPPED} and self._quiet:
            return
        colour = {What.READY: "green", What.STOPPED: "dim"}.get(happening.what, "yellow")
        self.console.print(
            f"[{colour}]{happening.part} {happening.detail or happening.what}[/{colour}]"
        )

    def watch(self, *, on: bool) -> None:
        """From now on show also that parts are ready again (`on`), or only trouble."""
        self._quiet = not on

    @contextmanager
    def steps(self) -> Iterator["Steps"]:
        """Show a list of steps, the present one with a spinner."""
        with Progress(
            SpinnerColumn(finished_text="[green]✓[/green]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self.console,
        ) as progress:
            yield Steps(progress, plain=None if self.console.is_terminal else self.console)

    def welcome(self, content: dict[str, Any], took_s: float) -> None:
        """Print addresses, log-ins and terminals."""
        table = Table(title="Log-ins of the demo town", title_justify="left")
        for column in ("role", "user", "password", "page"):
            table.add_column(column, no_wrap=column != "page")
        for login in content["logins"]:
            table.add_row(login["role"], login["username"], login["password"], login["url"])
        self.console.print(table)
        table = Table(title="Terminals to press", title_justify="left")
        for column in ("terminal = user", "password", "area", "resident"):
            table.add_column(column, no_wrap=True)
        for terminal in content["terminals"]:
            table.add_row(*(terminal[key] for key in ("terminal", "password", "area", "resident")))
        self.console.print(table)
        mqtt = content["mqtt"]
        self.console.print(
            f"[bold green]Carebell is ready[/bold green] after {took_s:.0f} s at "
            f"[bold]{content['url']}[/bold], MQTT at {mqtt['host']}:{mqtt['port']}. "
            "Ctrl-C stops everything."
        )


class Steps:
    """The steps of one start."""

    def __init__(self, progress: Progress, plain: Console | None) -> None:
        self._progress = progress
        self._plain = plain

    @contextmanager
    def step(self, words: str, total: float | None = None) -> Iterator["Step"]:
        """Show a step while the block runs."""
        task = self._progress.add_task(words, total=total)
        if self._plain:
            self._plain.print(words)
        yield Step(self._progress, task)
        self._progress.update(task, total=total or 1, completed=total or 1)


class Step:
    """One step on the screen."""

    def __init__(self, progress: Progress, task: Any) -> None:
        self._progress = progress
        self._task = task

    def reached(self, amount: float, words: str | None = None) -> None:
        """Move the bar, and say it in other words."""
        if words is None:
            self._progress.update(self._task, completed=amount)
        else:
            self._progress.update(self._task, completed=amount, description=words)
