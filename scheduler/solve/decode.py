"""From routes in arrays to a plan, and from a plan back."""

import operator
from collections.abc import Sequence

import numpy as np

from scheduler.model.plan import Plan, Route, Stop, StopKind, Unplaced
from scheduler.model.problem import CaregiverId, TaskId
from scheduler.solve.columns import Chain
from scheduler.solve.core.timing import leg
from scheduler.solve.core.types import State
from scheduler.solve.encode import Encoded


def decode(encoded: Encoded, state: State, unplaced: tuple[Unplaced, ...] = ()) -> Plan:
    """Write the routes out as stops with times.

    A chain written before with the same tasks at the same times is not written again, unless it
    has loads or a longest day: those depend on more.
    """
    days: dict[CaregiverId, list[list[Stop]]] = {
        person.id: [] for person in encoded.problem.caregivers
    }
    after, begins = state.op["nxt"].tolist(), state.op["start"].tolist()
    thetas, breaks = state.theta.tolist(), encoded.data.ch["break_at"].tolist()
    for c in np.flatnonzero(state.ch["length"] > 0).tolist():
        chain = encoded.chains[c]
        ops = _walk(encoded, after, c)
        tasks = [encoded.op_task[o] for o in ops if o < encoded.data.tasks]
        if chain.person.max_work is not None or len(tasks) < len(ops):
            days[chain.person.id].append(_Writer(encoded, state, c).stops())
            continue
        key = (
            chain.person.id,
            chain.number,
            chain.shift,
            tuple([(task.id, task.location, task.duration) for task in tasks]),
            tuple([begins[o] for o in ops]),
            (begins[encoded.data.base + c], begins[encoded.data.size + c]),
            tuple(thetas[breaks[c] : breaks[c + 1]]),
        )
        known = encoded.written.get(key)
        if known is None:
            known = encoded.written[key] = _Writer(encoded, state, c).stops()
        days[chain.person.id].append(known)
    return Plan(
        routes=tuple([_route(encoded, who, shifts) for who, shifts in days.items()]),
        unplaced=unplaced,
    )


def _route(encoded: Encoded, who: CaregiverId, shifts: Sequence[list[Stop]]) -> Route:
    """Somebody's day; the same object as before when all of it was written before."""
    key = (who, *map(id, shifts))
    known = encoded.written.get(key)
    if known is not None and all(map(operator.is_, known[0], shifts)):
        route: Route = known[1]
        return route
    route = Route(caregiver=who, stops=tuple([stop for stops in shifts for stop in stops]))
    encoded.written[key] = (shifts, route)  # with what it is made of: numbers of objects pass on
    return route


def left_out(encoded: Encoded, state: State) -> list[TaskId]:
    """Tasks that are in no route."""
    after = state.op["nxt"].tolist()
    return [task for task, ops in encoded.seats.items() if after[ops[0]] < 0]


def _walk(encoded: Encoded, after: list[int], c: int) -> list[int]:
    found, o = [], after[encoded.data.base + c]
    while o < encoded.data.base:
        found.append(o)
        o = after[o]
    return found


class _Writer:
    """Writes one chain."""

    def __init__(self, encoded: Encoded, state: State, c: int) -> None:
        self.encoded = encoded
        self.d = encoded.data
        self.state = state
        self.c = c
        self.chain: Chain = encoded.chains[c]
        self.start = self._starts()

    def _ops(self) -> list[int]:
        found, o = [], int(self.state.op["nxt"][self.d.base + self.c])
        while o < self.d.base:
            found.append(o)
            o = int(self.state.op["nxt"][o])
        return found

    def _starts(self) -> dict[int, int]:
        """Starts of the chain's ops, moved later where that shortens a limited day."""
        d, st, c = self.d, self.state, self.c
        ops = self._ops()
        start = {o: int(st.op["start"][o]) for o in ops}
        person = self.chain.person
        if person.max_work is None or self.chain.shift.breaks:
            return start
        h = d.base + c
        before, wait, slack = h, 0, None
        for o in ops:
            way = int(leg(d, st, c, before, o))
            begun = int(st.op["start"][h]) if before == h else start[before]
            wait += max(0, start[o] - begun - int(d.op["dur"][before]) - way)
            room = wait
            if not d.op["linked"][o] and not d.op["fixed"][o]:
                limit = int(d.op["due"][o] if d.op["late_cost"][o] > 0 else d.op["late"][o])
                room += max(0, limit - start[o])
            slack = room if slack is None else min(slack, room)
            before = o
        end = int(st.op["start"][d.size + c])
        room = wait + max(0, int(d.ch["end_due"][c]) - end)
        leave = int(st.op["start"][h]) + min(wait, room if slack is None else min(slack, room))
        before, go = h, leave
        for o in ops:
            start[o] = max(start[o], go + int(leg(d, st, c, before, o)))
            before, go = o, start[o] + int(d.op["dur"][o])
        return start

    def stops(self) -> list[Stop]:
        """DEPART, all in between, RETURN."""
        d, st, c, shift = self.d, self.state, self.c, self.chain.shift
        ops = self._ops()
        h = d.base + c
        first = self._begin(ops[0])
        leave = max(shift.window.start, first - int(leg(d, st, c, h, ops[0])))
        stops = [self._stop(StopKind.DEPART, shift.origin, leave, leave, leave)]
        before, go = h, leave
        for o in ops:
            begin = self._begin(o)
            go = self._rests(stops, before, go, begin + int(d.op["dur"][o]))
            arrival = go + int(leg(d, st, c, before, o))
            end = begin + int(d.op["dur"][o])
            if o >= d.tasks:
                end = self._leaving(o)
                stops.append(self._load(o, min(arrival, begin), begin, end))
            else:
                stops.append(self._task(o, min(arrival, begin), begin, end))
            before, go = o, end
        place = stops[-1].location if shift.destination is None else shift.destination
        way = int(leg(d, st, c, before, h))
        go = self._rests(stops, before, go, go + way) + way
        stops.append(self._stop(StopKind.RETURN, place, go, go, go))
        return stops

    def _begin(self, o: int) -> int:
        if o < self.d.tasks:
            return self.start[o]
        point = self.encoded.problem.meal_points[int(self.state.op["point"][o])]
        begin = self._leaving(o) - int(self.d.op["dur"][o])
        return max(self.start[o], min(begin, point.closes))

    def _leaving(self, h: int) -> int:
        o = int(self.state.op["nxt"][h])
        t = self.start[h] + int(self.d.op["dur"][h])
        if o < self.d.tasks and not self._breaks_due(t, self.start[o] + int(self.d.op["dur"][o])):
            t = max(t, self.start[o] - int(leg(self.d, self.state, self.c, h, o)))
        return t

    def _breaks_due(self, go: int, finish: int) -> list[int]:
        """Breaks taken between leaving at `go` and what ends at `finish`."""
        d = self.d
        return [
            k
            for k in range(d.ch["break_at"][self.c], d.ch["break_at"][self.c + 1])
            if go <= self.state.theta[k] < finish
        ]

    def _rests(self, stops: list[Stop], before: int, go: int, finish: int) -> int:
        """Write the breaks due on a leg; those due before leaving home are taken there."""
        if before >= self.d.base:
            return go
        for k in self._breaks_due(go, finish):
            begin = max(go, int(self.d.rest["begin"][k]))
            go = begin + int(self.d.rest["length"][k])
            stops.append(self._stop(StopKind.BREAK, stops[-1].location, begin, begin, go))
        return go

    def _task(self, o: int, arrival: int, start: int, end: int) -> Stop:
        task = self.encoded.op_task[o]
        return Stop(
            kind=StopKind.TASK,
            shift=self.chain.number,
            location=task.location,
            arrival=arrival,
            start=start,
            end=end,
            task=task.id,
        )

    def _load(self, h: int, arrival: int, start: int, end: int) -> Stop:
        point = self.encoded.problem.meal_points[int(self.state.op["point"][h])]
        return Stop(
            kind=StopKind.LOAD,
            shift=self.chain.number,
            location=point.location,
            arrival=arrival,
            start=start,
            end=end,
            meal_point=point.id,
        )

    def _stop(self, kind: StopKind, place: int, arrival: int, start: int, end: int) -> Stop:
        return Stop(
            kind=kind,
            shift=self.chain.number,
            location=place,
            arrival=arrival,
            start=start,
            end=end,
        )
