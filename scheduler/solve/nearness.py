"""Which units are related: what a ruin takes out together."""

import numpy as np

from scheduler.solve.core.types import Data, SmallInts

MOST_NEIGHBOURS = 250
TIME_SHARE = 0.3
"""What a second between two starts weighs against a second of travel."""


def neighbours(data: Data) -> SmallInts:
    """[2, unit, rank]: by travel alone, and by travel and time of day."""
    first = data.un["first"]
    units = len(first)
    kept = max(0, min(MOST_NEIGHBOURS, units - 1))
    table = np.zeros((2, units, kept), np.int32)
    if kept == 0:
        return table
    places = data.op["node"][first]
    travel = data.travel[0]
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
