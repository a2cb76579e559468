"""Days that together hold some services twice, brought down to holding each once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from scheduler.solve.core.tails import keeps_limits
from scheduler.solve.core.types import Data, allocate
from scheduler.solve.pool import Column, Pool, assemble


def may_cover(data: Data) -> bool:
    """Whether days may be chosen that hold a service twice, to be taken out of one of them.

    Not where times are linked across days, or boxes are carried from a meal point.
    """
    return len(data.link) == 0 and data.base == data.tasks


def each_once(data: Data, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Take out what is in two days where that saves the longest way.

    Returns:
        The days; none if one can no longer be done, as ways need not be shorter without a stop.
    """
    chains = [[list(row) for row in column.chains] for column in columns]
    holders: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for n, rows in enumerate(chains):
        for k, row in enumerate(rows):
            for o in row:
                holders[o].add((n, k))
    twice = {o: where for o, where in holders.items() if len(where) > 1}
    if not twice:
        return tuple(columns)
    changed = set()
    while twice:
        _, o, n, k = max(
            (detour(data, columns[n].person, k, chains[n][k], o), o, n, k)
            for o, where in twice.items()
            for n, k in where
        )
        chains[n][k].remove(o)
        changed.add(n)
        twice[o].remove((n, k))
        if len(twice[o]) == 1:
            del twice[o]
    shorter = [
        replace(columns[n], chains=tuple(tuple(row) for row in chains[n])) for n in sorted(changed)
    ]
    state = assemble(data, allocate(data, 1), shorter)
    for column in shorter:
        for c in range(*data.per["chains_at"][column.person : column.person + 2].tolist()):
            if not keeps_limits(data, state, c):
                return ()
    same = (column for n, column in enumerate(columns) if n not in changed)
    return (*same, *Pool(data).days(state))


def detour(data: Data, person: int, k: int, row: Sequence[int], o: int) -> int:
    """Seconds of travel that o adds to the k-th chain of a person."""
    c = int(data.per["chains_at"][person]) + k
    at = row.index(o)
    here = data.op["node"][[row[at - 1] if at else data.base + c, o]].tolist()
    there = int(data.op["node"][row[at + 1]]) if at + 1 < len(row) else int(data.ch["dest"][c])
    first = int(data.ch["row"][c])
    way = int(data.travel[first + here[0], here[1]])
    if there < 0:
        return way
    return way + int(data.travel[first + here[1], there] - data.travel[first + here[0], there])
