"""Whom a story is told about: a house, a seat at the desk, a caregiver, a relative."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from devices.events import Signal, SignalKind, TerminalId
from dispatch.assignments import events as j
from dispatch.assignments.model import Assignment
from dispatch.ids import AssignmentId, IncidentId
from dispatch.incidents import events as e
from dispatch.incidents import handling
from dispatch.incidents.model import Disposition, Incident
from dispatch.incidents.views import reading as views
from dispatch.incidents.views.reading import IncidentView, Tab
from kernel.ids import new_id
from people.ids import AccountId, CaregiverId, HomeId
from people.residents import store as residents

if TYPE_CHECKING:
    from tests.stories.town import Town

CITY: Final = "town"
NORTH: Final = "north"
SOUTH: Final = "south"
EVERYWHERE: Final = frozenset({CITY, NORTH, SOUTH})


@dataclass
class House:
    """A home with one terminal in it."""

    town: "Town"
    name: str
    id: HomeId
    area: str
    terminal: TerminalId

    async def presses_pendant(self, press: str | None = None) -> str:
        """Press for help; the id of the press is returned, and may be given to repeat it."""
        return await self.sends(SignalKind.SOS, press)

    async def sends(
        self, kind: SignalKind, signal_id: str | None = None, *, test: bool = False, **data: Any
    ) -> str:
        signal = self.signal(kind, signal_id, test=test, **data)
        await self.town.takes_in(signal)
        return signal.id

    def signal(
        self, kind: SignalKind, signal_id: str | None = None, *, test: bool = False, **data: Any
    ) -> Signal:
        return Signal(
            terminal=self.terminal,
            area=self.area,
            home_id=self.id,
            id=signal_id or str(uuid4()),
            kind=kind,
            received_at=self.town.clock.now(),
            test=test,
            data=data,
        )

    async def falls_silent(self) -> None:
        await self.sends(SignalKind.WENT_SILENT)

    async def is_heard_again(self) -> None:
        await self.sends(SignalKind.CAME_BACK)

    async def incidents(self) -> list[IncidentView]:
        """All incidents of this home, the oldest first."""
        async with self.town.pool.acquire() as conn:
            rows = await conn.fetch(
                "SELECT id FROM dispatch.incident WHERE home_id = $1 ORDER BY number", self.id
            )
            return await views.incidents(conn, [row["id"] for row in rows])

    async def incident(self) -> IncidentView:
        """The newest incident of this home."""
        return (await self.incidents())[-1]

    async def timeline(self) -> list[str]:
        incident = await self.incident()
        async with self.town.pool.acquire() as conn:
            detail = await views.detail(conn, incident.id, EVERYWHERE)
        return [line.type for line in detail.timeline]

    async def terminal_was_told(self) -> list[str]:
        """States of the alarm that the terminal is told, in order."""
        rows = await self.town.pool.fetch(
            "SELECT body ->> 'state' AS state FROM devices.command"
            " WHERE terminal = $1 AND type = 'alarm_state' ORDER BY created_at, id",
            self.terminal,
        )
        return [row["state"] for row in rows]


@dataclass
class Seat:
    """An operator at a console."""

    town: "Town"
    name: str
    id: AccountId
    areas: frozenset[str]

    async def queue(self, tab: Tab = Tab.WAITING) -> list[IncidentView]:
        async with self.town.pool.acquire() as conn:
            return await views.listed(conn, tab, self.areas, self.id)

    async def hears(self, house: House) -> int | None:
        """How loudly (0–3) the house rings at this seat; None: it does not."""
        ringing = {one.home_id: one.level for one in await self.queue()}
        return ringing.get(house.id)

    async def does(self, house: House, event: e.Event) -> Incident:
        incident = await house.incident()
        return await handling.apply(self.town.pool, IncidentId(incident.id), event)

    async def claims(self, house: House, event_id: UUID | None = None) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Claimed(id=event_id or uuid4(), at=at, by=self.id))

    async def releases(self, house: House) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Released(id=uuid4(), at=at, by=self.id))

    async def calls_the_supervisor(self, house: House) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Escalated(id=uuid4(), at=at, by=self.id))

    async def notes(self, house: House, text: str) -> Incident:
        at = self.town.clock.now()
        return await self.does(house, e.Noted(id=uuid4(), at=at, by=self.id, text=text))

    async def sends(self, worker: "Worker", house: House) -> Incident:
        return await self.does(
            house,
            e.Dispatched(
                id=uuid4(),
                at=self.town.clock.now(),
                by=self.id,
                assignment_id=AssignmentId(new_id()),
                caregiver_id=worker.id,
            ),
        )

    async def calls_back(self, house: House) -> Incident:
        job = (await house.incident()).assignment
        assert job is not None
        event = j.Withdrawn(
            id=uuid4(),
            at=self.town.clock.now(),
            by=self.id,
            assignment_id=AssignmentId(job.id),
        )
        return await self.does(house, event)

    async def closes(
        self, house: House, disposition: Disposition = Disposition.REAL, note: str = ""
    ) -> Incident:
        at = self.town.clock.now()
        event = e.Closed(id=uuid4(), at=at, by=self.id, disposition=disposition, note=note)
        return await self.does(house, event)


@dataclass
class Worker:
    """A caregiver with a phone."""

    town: "Town"
    name: str
    id: CaregiverId
    account: AccountId

    async def job(self) -> views.JobView | None:
        async with self.town.pool.acquire() as conn:
            return await views.job(conn, self.id)

    async def _does(self, event: type[j.OfJob], **more: Any) -> Assignment:
        job = await self.job()
        assert job is not None, f"{self.name} has no job"
        made = event(
            id=uuid4(),
            at=self.town.clock.now(),
            by=self.account,
            assignment_id=AssignmentId(job.id),
            **more,
        )  # type: ignore[call-arg]
        return await handling.apply_to_job(self.town.pool, made)

    async def accepts(self) -> Assignment:
        return await self._does(j.Accepted)

    async def declines(self, reason: str) -> Assignment:
        return await self._does(j.Declined, reason=reason)

    async def sets_out(self) -> Assignment:
        return await self._does(j.SetOut)

    async def arrives(self) -> Assignment:
        return await self._does(j.Arrived)

    async def finishes(self) -> Assignment:
        return await self._does(j.Finished)


@dataclass
class Relative:
    """A daughter with the family page, to whose being told the resident consents."""

    town: "Town"
    id: AccountId
    contact_id: UUID

    async def alerts(self) -> list[views.AlertView]:
        since = self.town.clock.now() - timedelta(hours=12)
        async with self.town.pool.acquire() as conn:
            known = await residents.of_family(conn, self.id)
            return await views.alerts(conn, [one.home_id for one in known], self.id, since)
