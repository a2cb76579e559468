"""The child side of `scheduler.solve.resident`: holds days, answers what to do when they change."""

import contextlib
import gc
import sys
from dataclasses import dataclass, field
from typing import BinaryIO

from scheduler.model.plan import Plan
from scheduler.model.problem import Problem
from scheduler.solve import frames
from scheduler.solve.changing import Grown, apply, apply_plan, changed_plan
from scheduler.solve.repair import RepairMemory, alternatives
from scheduler.solve.resident import Answer, Done, Forget, Hold, Message, Question
from scheduler.solve.warming import warm_up


@dataclass(slots=True)
class _Held:
    problem: Problem
    plan: Plan
    memory: RepairMemory = field(default_factory=RepairMemory)


def main() -> None:
    """Answer until the parent closes our stdin."""
    out = frames.own_stdout()
    warm_up()
    gc.disable()  # a pass over all that is held takes longer than the first answer
    held: dict[str, _Held] = {}
    source = sys.stdin.buffer
    while message := _next(source):
        match message:
            case Hold():
                held[message.key] = _hold(message)
            case Forget():
                held.pop(message.key, None)
            case Question():
                _answer(held[message.key], message, out)
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def _hold(message: Hold) -> _Held:
    """Keep a day; asked once for nothing, so that the first question finds everything there."""
    held = _Held(message.problem, message.plan)
    with contextlib.suppress(StopIteration):
        answers = alternatives(held.problem, held.plan, 0.0, 1, held.memory)
        next(answers)
        next(answers)
    return held


def _answer(held: _Held, question: Question, out: BinaryIO) -> None:
    held.problem = apply(held.problem, question.problem)
    travel = question.problem.travel
    if travel is not None and all(isinstance(matrix, Grown) for matrix in travel.values()):
        held.memory.verdicts.carry_over(held.problem.travel)
    elif travel is not None:
        held.memory.forget_ways()
    held.plan = apply_plan(held.plan, question.plan)
    for found in alternatives(
        held.problem, held.plan, question.seconds, question.seed, held.memory
    ):
        frames.give(
            out,
            Answer(
                reach=found.reach,
                plan=changed_plan(held.plan, found.plan),
                cost=found.cost,
                changes=found.changes,
                seconds=found.seconds,
            ),
        )
        if question.first_only:
            break
    frames.give(out, Done())


def _next(source: BinaryIO) -> Message | None:
    message: Message | None = frames.take(source)
    return message


if __name__ == "__main__":
    main()
