"""Deals areas out to parts: halves of halves, cut along the highest border near by (pure)."""

from collections.abc import Sequence
from typing import Final

from scheduler.city.blocks import Atom

LEEWAY: Final = 0.2
"""To follow a border, a side may have this share more or fewer visits a part than the city has."""
LENGTH: Final = 0.01
"""What a cut costs though it tears nothing; a cut across the longer side is the shorter one."""
SMALL: Final = 0.25
"""A part with a smaller share of the visits allowed is joined to a neighbour that has room."""


def bisect(atoms: Sequence[Atom], *, parts: int, most: int) -> list[list[Atom]]:
    """Return the atoms of each part, near ones together.

    Args:
        atoms: none with more visits than `most`, if that can be helped.
        parts: wanted; there are more if a part would have too many visits.
        most: visits of a part.
    """
    if not atoms:
        return []
    mean = _weight(atoms) / max(1, parts)
    return _joined(_cut(sorted(atoms, key=_name), max(1, parts), most, mean), most)


def _name(atom: Atom) -> tuple[tuple[str, ...], int]:
    return atom.path, atom.blocks[0].tasks[0]


def _weight(atoms: Sequence[Atom]) -> int:
    return sum(atom.weight for atom in atoms)


def _cut(atoms: list[Atom], parts: int, most: int, mean: float) -> list[list[Atom]]:
    parts = max(parts, -(-_weight(atoms) // most))
    if parts == 1 or len(atoms) == 1:
        return [atoms]
    left = parts // 2
    near, far = _sides(atoms, left, parts - left, mean)
    return _cut(near, left, most, mean) + _cut(far, parts - left, most, mean)


def _sides(atoms: list[Atom], left: int, right: int, mean: float) -> tuple[list[Atom], list[Atom]]:
    """Return two sides for so many parts each.

    Both axes are tried. Close to the wanted place, the cut that tears the fewest and lowest areas
    apart is taken.
    """
    total = _weight(atoms)
    middles = [atom.middle for atom in atoms]
    best: tuple[float, float, int, int] | None = None
    orders = []
    for axis in (0, 1):
        values = [(middle[axis], n) for n, middle in enumerate(middles)]
        order = [atoms[n] for _, n in sorted(values)]
        orders.append(order)
        extent = max(1.0, max(values)[0] - min(values)[0])
        torn, seen = _torn(order), 0
        for n in range(1, len(order)):
            seen += order[n - 1].weight
            off = max(abs(seen / left - mean), abs((total - seen) / right - mean)) / mean
            # beyond the leeway only being near the wanted place counts
            price = ((torn[n - 1] + LENGTH) / extent, off) if off <= LEEWAY else (1e9 + off, off)
            found = (*price, axis, n)
            best = found if best is None or found < best else best
    assert best is not None, "two atoms can be cut"  # noqa: S101 - for the type checker
    order = orders[best[2]]
    return order[: best[3]], order[best[3] :]


def _torn(order: Sequence[Atom]) -> list[float]:
    """Return for each cut of an order how many areas have atoms on both sides, high ones dearer."""
    first: dict[tuple[str, ...], int] = {}
    last: dict[tuple[str, ...], int] = {}
    for n, atom in enumerate(order):
        for depth in range(1, len(atom.path) + 1):
            first.setdefault(atom.path[:depth], n)
            last[atom.path[:depth]] = n
    change = [0.0] * (len(order) + 1)
    for path, start in first.items():
        price = 4.0 ** -len(path)
        change[start + 1] += price
        change[min(last[path] + 1, len(order))] -= price
    torn, running = [], 0.0
    for n in range(1, len(order)):
        running += change[n]
        torn.append(max(0.0, round(running, 9)))
    return torn


def _joined(parts: list[list[Atom]], most: int) -> list[list[Atom]]:
    """Join small parts to the nearest that has room, the smallest first."""
    while len(parts) > 1:
        small = min(range(len(parts)), key=lambda n: (_weight(parts[n]), n))
        weight = _weight(parts[small])
        if weight >= SMALL * most:
            break
        x, y = _middle(parts[small])
        room = [
            ((mx - x) ** 2 + (my - y) ** 2, n)
            for n, part in enumerate(parts)
            if n != small and _weight(part) + weight <= most
            for mx, my in (_middle(part),)
        ]
        if not room:
            break
        into = min(room)[1]
        parts[into] = parts[into] + parts[small]
        del parts[small]
    return parts


def _middle(atoms: Sequence[Atom]) -> tuple[float, float]:
    total = _weight(atoms)
    middles = [(atom.middle, atom.weight) for atom in atoms]
    return (
        sum(x * weight for (x, _), weight in middles) / total,
        sum(y * weight for (_, y), weight in middles) / total,
    )
