"""What must stay together, and the areas it lies in (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.city.model import AreaPath, City
from scheduler.model.problem import CaregiverId


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Tasks that one part must have together.

    Attributes:
        tasks: by their number in the problem.
        area: of the first of them.
        x: east of their middle, metres.
        y: north of it.
    """

    tasks: tuple[int, ...]
    area: AreaPath
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """An area, or a piece of one that is too large, which is given to a part as a whole."""

    blocks: tuple[Block, ...]
    path: AreaPath

    @property
    def weight(self) -> int:
        """Visits in it."""
        return sum(len(block.tasks) for block in self.blocks)

    @property
    def middle(self) -> tuple[float, float]:
        """Where its visits are in the mean, metres."""
        weights = [len(block.tasks) for block in self.blocks]
        x = np.average([block.x for block in self.blocks], weights=weights)
        y = np.average([block.y for block in self.blocks], weights=weights)
        return float(x), float(y)


class _Groups:
    """Sets that grow together (union and find)."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, n: int) -> int:
        while self._above[n] != n:
            self._above[n] = self._above[self._above[n]]
            n = self._above[n]
        return n

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        self._above[second] = first


def tied(city: City) -> dict[CaregiverId, int]:
    """Return for each caregiver somebody is pinned to one task that is."""
    found: dict[CaregiverId, int] = {}
    for n, task in enumerate(city.problem.tasks):
        for who in () if task.pin is None else task.pin.caregivers:
            found.setdefault(who, n)
    return found


def blocks(city: City) -> list[Block]:
    """Return the tasks of a city, grouped by what ties them: order, gaps and pinned people."""
    problem, points = city.problem, city.points
    number = {task.id: n for n, task in enumerate(problem.tasks)}
    groups, first = _Groups(len(problem.tasks)), tied(city)
    for rule in problem.precedences:
        groups.join(number[rule.first], number[rule.then])
    for n, task in enumerate(problem.tasks):
        for who in () if task.pin is None else task.pin.caregivers:
            groups.join(n, first[who])
    members: dict[int, list[int]] = {}
    for n in range(len(problem.tasks)):
        members.setdefault(groups.of(n), []).append(n)
    found = []
    for tasks in members.values():
        x, y = points[[problem.tasks[n].location for n in tasks]].mean(axis=0)
        area = city.areas.get(problem.tasks[tasks[0]].id, ())
        found.append(Block(tasks=tuple(tasks), area=area, x=float(x), y=float(y)))
    return found


def atoms(found: Sequence[Block], *, fine: int, most: int) -> list[Atom]:
    """Return areas small enough to be dealt out.

    Args:
        found: blocks in any order.
        fine: an area with more visits than this is taken apart into the areas below it.
        most: one without areas below it is taken apart by position only above this.
    """
    return list(_descend(tuple(found), 0, fine, most))


def _descend(found: tuple[Block, ...], depth: int, fine: int, most: int) -> Iterator[Atom]:
    whole = Atom(blocks=found, path=found[0].area[:depth]) if found else None
    if whole is None:
        return
    deeper = any(len(block.area) > depth for block in found)
    if whole.weight > fine and deeper:
        below: dict[AreaPath, list[Block]] = {}
        for block in found:
            below.setdefault(block.area[: depth + 1], []).append(block)
        for path in sorted(below):
            yield from _descend(tuple(below[path]), depth + 1, fine, most)
    elif whole.weight > most and len(found) > 1:
        for half in _halves(found):
            yield from (
                Atom(blocks=piece.blocks, path=whole.path)
                for piece in _descend(half, _deepest(half), fine, most)
            )
    else:
        yield whole


def _deepest(found: tuple[Block, ...]) -> int:
    return max(len(block.area) for block in found)


def _halves(found: tuple[Block, ...]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Cut across the longer side, so that half of the visits are on either side."""
    wide = _extent([block.x for block in found]) >= _extent([block.y for block in found])
    order = sorted(found, key=lambda block: (_at(block, wide=wide), block.tasks[0]))
    total, seen = sum(len(block.tasks) for block in order), 0
    for n, block in enumerate(order[:-1], start=1):
        seen += len(block.tasks)
        if 2 * seen >= total:
            return tuple(order[:n]), tuple(order[n:])
    return tuple(order[:-1]), tuple(order[-1:])


def _at(block: Block, *, wide: bool) -> float:
    return block.x if wide else block.y


def _extent(values: Sequence[float]) -> float:
    return max(values) - min(values)
