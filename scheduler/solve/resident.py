"""A process that holds the day and says within a second how to go on when it changes.

Starting Python, loading compiled code, sending a day and laying it out costs seconds; so a child
(`scheduler.solve.answering`) does all that before anybody asks, and a question sends only what
changed. What it holds is a copy: a child that died is replaced, told the day, and asked again.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from scheduler.model.cost import Cost
from scheduler.model.plan import Change, Plan
from scheduler.model.problem import Problem
from scheduler.solve import frames
from scheduler.solve.alternative import Alternative, Reach
from scheduler.solve.changing import PlanDelta, ProblemDelta, apply_plan, changed, changed_plan
from scheduler.solve.process import SolveFailed, start

MOST_HELD: Final = 8
"""Days held at once; the one asked about longest ago goes first."""
MOST_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A day to be kept at hand."""

    key: str
    problem: Problem
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """A day nobody asks about any more."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the day held under `key` is now, and how long to think; see `repair`.

    Attributes:
        first_only: nobody wants more than the first answer.
    """

    key: str
    problem: ProblemDelta
    plan: PlanDelta
    seconds: float
    seed: int
    first_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An `Alternative` as sent: its plan as it differs from the plan in force."""

    reach: Reach
    plan: PlanDelta
    cost: Cost
    changes: tuple[Change, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """That was all."""


Message: TypeAlias = Hold | Forget | Question


def key_of(area: str, day: date, kind: str) -> str:
    """Under what a centre's day is held."""
    return f"{area} {day} {kind}"


class ResidentSolver:
    """The child, started when first needed. Close it, or it ends with this process."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._held: OrderedDict[str, tuple[Problem, Plan]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()
        self._errors: asyncio.Task[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, if one was started."""
        return None if self._child is None else self._child.pid

    def holds(self, key: str) -> bool:
        """Whether a child that lives has this day at hand."""
        return self._child is not None and self._child.returncode is None and key in self._held

    async def hold(self, key: str, problem: Problem, plan: Plan) -> None:
        """Keep a day at hand, so that the first question about it is answered as fast as others.

        Args:
            key: of the day; holding another day under it lets go of the one before.
            problem: the day.
            plan: in force.
        """
        async with self._one_at_a_time:
            with contextlib.suppress(SolveFailed):
                await self._hold(key, problem, plan)

    async def ask(
        self,
        key: str,
        problem: Problem,
        previous: Plan,
        *,
        seconds: float = 0.8,
        seed: int = 1,
        first_only: bool = False,
    ) -> AsyncGenerator[Alternative, None]:
        """Yield up to three alternatives, each as soon as it is there; see `repair`.

        Whoever stops listening before the end costs the child its life and the next question a
        second: ask for the first only instead.

        Args:
            key: of the day; one that is not held yet is sent whole.
            problem: the day as it is now, facts and promises pinned.
            previous: the plan in force.
            seconds: from the question to the last answer.
            seed: of the search.
            first_only: the child stops after the first, which takes no search.

        Raises:
            SolveFailed: three children died over it.
        """
        seen: set[Reach] = set()
        async with self._one_at_a_time:
            for attempt in range(MOST_TRIES):
                try:
                    await self._send_question(key, problem, previous, (seconds, seed, first_only))
                    while (answer := await self._receive()) is not None:
                        if answer.reach not in seen:
                            seen.add(answer.reach)
                            yield _alternative(answer, previous)
                except SolveFailed:
                    if attempt == MOST_TRIES - 1:
                        raise
                except BaseException:
                    # Nobody listens to the rest of the answers: they must not meet the next
                    # question.
                    await self._end()
                    raise
                else:
                    return

    async def close(self) -> None:
        """End the child."""
        async with self._one_at_a_time:
            await self._end()

    async def _hold(self, key: str, problem: Problem, plan: Plan) -> None:
        await self._send(Hold(key=key, problem=problem, plan=plan))
        self._held[key] = (problem, plan)
        self._held.move_to_end(key)
        while len(self._held) > MOST_HELD:
            gone, _ = self._held.popitem(last=False)
            await self._send(Forget(key=gone))

    async def _send_question(
        self, key: str, problem: Problem, previous: Plan, how: tuple[float, int, bool]
    ) -> None:
        seconds, seed, first_only = how
        await self._started()
        if key not in self._held:
            await self._hold(key, problem, previous)
        held, plan = self._held[key]
        question = Question(
            key=key,
            problem=changed(held, problem),
            plan=changed_plan(plan, previous),
            seconds=seconds,
            seed=seed,
            first_only=first_only,
        )
        await self._send(question)
        self._held[key] = (problem, previous)
        self._held.move_to_end(key)

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        await self._end()
        self._child = await start("scheduler.solve.answering")
        self._errors = asyncio.create_task(_read_all(self._child.stderr))
        return self._child

    async def _send(self, message: Message) -> None:
        stdin = (await self._started()).stdin
        if isinstance(message, Hold):
            frame = await asyncio.to_thread(frames.pack, message)
        else:
            frame = frames.pack(message)
        if stdin is None:  # pragma: no cover - we asked for a pipe
            return
        try:
            stdin.write(frame)
            await stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise await self._died() from None

    async def _receive(self) -> Answer | None:
        stdout = None if self._child is None else self._child.stdout
        if stdout is None:  # pragma: no cover - we asked for a pipe
            return None
        try:
            message = await frames.receive(stdout)
        except asyncio.IncompleteReadError:
            raise await self._died() from None
        return message if isinstance(message, Answer) else None

    async def _died(self) -> SolveFailed:
        errors = b"" if self._errors is None else await self._errors
        await self._end()
        return SolveFailed(errors[-2000:].decode(errors="replace"))

    async def _end(self) -> None:
        child, self._child = self._child, None
        errors, self._errors = self._errors, None
        self._held.clear()
        if child is not None:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
            await child.wait()
        if errors is not None:
            errors.cancel()
            await asyncio.gather(errors, return_exceptions=True)


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    """Read what the child complains of, keeping its end."""
    kept = b""
    while stream is not None and (part := await stream.read(4_096)):
        kept = (kept + part)[-4_096:]
    return kept


def _alternative(answer: Answer, previous: Plan) -> Alternative:
    return Alternative(
        reach=answer.reach,
        plan=apply_plan(previous, answer.plan),
        cost=answer.cost,
        changes=answer.changes,
        seconds=answer.seconds,
    )
