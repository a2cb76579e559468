"""The database and the broker for a command: named ones, those that run, or ones just for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from carebell.embedded import nats, postgres
from carebell.embedded.files import free_port
from carebell.embedded.part import StartError
from carebell.processes import Supervisor, folder_lock
from devices.ingest import IngestSettings
from kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where database and broker are, and whether they were started only for this command."""

    database_url: str
    mqtt_url: str
    started_here: bool


def running(data_dir: Path) -> Reached | None:
    """Return the embedded parts of the Carebell that runs in `data_dir`; None when none does."""
    if not (data_dir / "lock").is_file():
        return None
    try:
        with folder_lock(data_dir):
            return None
    except StartError:
        folder = data_dir.resolve()
        return Reached(
            database_url=postgres.url_of(folder), mqtt_url=nats.url_of(folder), started_here=False
        )


@asynccontextmanager
async def reached(data_dir: Path, clock: Clock, *, broker: bool = False) -> AsyncIterator[Reached]:
    """Yield a database, and a broker if asked for.

    Raises:
        StartError: the embedded parts do not start.
    """
    settings = IngestSettings()
    named = Reached(
        database_url=settings.database_url.get_secret_value(),
        mqtt_url=settings.mqtt_url.get_secret_value(),
        started_here=False,
    )
    if named.database_url and (named.mqtt_url or not broker):
        yield named
        return
    if found := running(data_dir):
        yield Reached(
            database_url=named.database_url or found.database_url,
            mqtt_url=named.mqtt_url or found.mqtt_url,
            started_here=False,
        )
        return
    with folder_lock(data_dir):
        supervisor = Supervisor(clock)
        cluster = None if named.database_url else postgres.prepare(data_dir)
        started = nats.prepare(data_dir, free_port()) if broker and not named.mqtt_url else None
        try:
            await supervisor.up(*(described.part for described in (cluster, started) if described))
            yield Reached(
                database_url=cluster.url() if cluster else named.database_url,
                mqtt_url=started.url if started else named.mqtt_url,
                started_here=True,
            )
        finally:
            await supervisor.down()
