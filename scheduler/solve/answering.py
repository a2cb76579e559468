"""The child side of `scheduler.solve.resident`: holds days, answers what to do when they change."""

import contextlib
import gc
import os
import pickle
import sys
from dataclasses import dataclass, field
from typing import BinaryIO

from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.solve.changing import apply, apply_plan, changed_plan
from scheduler.solve.process import LENGTH_BYTES
from scheduler.solve.repair import Memory, alternatives
from scheduler.solve.resident import Answer, Done, Forget, Hold, Message, Question
from scheduler.solve.warming import warm_up


@dataclass(slots=True)
class _Held:
    problem: Problem
    plan: Plan
    memory: Memory = field(default_factory=Memory)


def main() -> None:
    """Answer until the parent closes our stdin."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints cannot spoil frames
    warm_up()
    gc.disable()  # a pass over all that is held takes longer than the first answer
    held: dict[str, _Held] = {}
    source = sys.stdin.buffer
    while frame := source.read(int.from_bytes(source.read(LENGTH_BYTES))):
        message: Message = pickle.loads(frame)  # noqa: S301 - our own parent wrote it
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
    if question.problem.travel is not None:
        held.memory.written.clear()
    held.problem = apply(held.problem, question.problem)
    held.plan = apply_plan(held.plan, question.plan)
    for found in alternatives(
        held.problem, held.plan, question.seconds, question.seed, held.memory
    ):
        _write(
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
    _write(out, Done())


def _write(out: BinaryIO, message: Answer | Done) -> None:
    frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    out.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
    out.flush()


if __name__ == "__main__":
    main()
