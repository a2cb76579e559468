"""Which units are related: what a ruin takes out together."""

import numpy as np

from scheduler.solve.core.types import Data, SmallInts

MOST_NEIGHBOURS = 250
TIME_SHARE = 0.3
"""What a second between two starts weighs against a second of travel."""


def by_mode(data: Data) -> SmallInts:
    """[mode, from, to] seconds."""
    places = data.travel.shape[1]
    return data.travel.reshape(-1, places, places)


def neighbours(data: Data) -> SmallInts:
    """[2, unit, rank]: by travel alone, and by travel and time of day."""
    first = data.un["first"]
    units = len(first)
    kept = max(0, min(MOST_NEIGHBOURS, units - 1))
    table = np.zeros((2, units, kept), np.int32)
    if kept == 0:
        return table
    places = data.op["node"][first]
    travel = by_mode(data)[0]
    middle = (
        data.op["ready"][first] + np.minimum(data.op["due"][first], data.op["late"][first])
    ) / 2
    for u in range(units):
        way = (travel[places[u], places] + travel[places, places[u]]) / 2.0
        for kind, distance in enumerate((way, way + TIME_SHARE * np.abs(middle - middle[u]))):
            distance[u] = np.inf
            nearest = np.argpartition(distance, kept - 1)[:kept]
            table[kind, u] = nearest[np.argsort(distance[nearest], kind="stable")]
    return table


def beside(data: Data) -> SmallInts:
    """[unit, rank]: places by travel, with pairs or gaps about by travel and time of day in turn.

    Twice an op stands for behind it, one more for before it. Places that no times within the
    windows of the two would allow are left out; -1 fills the rest of a row.
    """
    first, second = data.un["first"], data.un["second"]
    kept = data.near.shape[2]
    halves = 2 if bool((second >= 0).any()) else 1
    kinds = 2 if len(data.link) else 1
    table = np.full((len(first), 2 * halves * kinds * kept), -1, np.int32)
    travel = by_mode(data).min(axis=0)
    ready, done, late, node = (data.op[name] for name in ("ready", "dur", "late", "node"))
    for u in range(len(first)):
        units = data.near[:kinds, u].T.ravel()
        ops = np.stack([first[units], second[units]][:halves], axis=1).ravel()
        ops = ops[ops >= 0]
        own = [o for o in (first[u], second[u]) if o >= 0]
        behind = np.zeros(len(ops), np.bool_)
        before = np.zeros(len(ops), np.bool_)
        for o in own:
            there, back = travel[node[ops], node[o]], travel[node[o], node[ops]]
            behind |= ready[ops] + done[ops] + there <= late[o]
            before |= ready[o] + done[o] + back <= late[ops]
        places = np.stack([2 * ops, 2 * ops + 1], axis=1)[np.stack([behind, before], axis=1)]
        places = places[np.sort(np.unique(places, return_index=True)[1])]
        table[u, : len(places)] = places
    return table


def detours(data: Data) -> SmallInts:
    """[unit, rank]: seconds to the op of `beside` and back, in the quickest mode."""
    travel = by_mode(data).min(axis=0)
    node = data.op["node"]
    here = node[data.un["first"]][:, None]
    there = node[np.maximum(data.beside, 0) >> 1]
    return np.ascontiguousarray(travel[here, there] + travel[there, here], np.int32)
