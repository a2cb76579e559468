"""Bring the whole platform up on one machine, and down again.

Embedded parts stand in for whatever no URL names. The order: database and broker, schema, town,
processes, today's plan, simulator.
"""

import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from carebell.embedded import nats, postgres
from carebell.embedded.files import OPEN_TO_ALL, port_is_free, private_folder
from carebell.embedded.part import Part, StartError, end_orphans
from carebell.parts import process
from carebell.processes import Happening, Supervisor, folder_lock
from devices.ingest import IngestSettings
from kernel.clock import Clock

#: What runs beside database and broker, in `carebell up` and in the demo.
PROCESSES = ("ingest", "beats", "engine", "web", "planner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where things live and listen. Empty URLs mean the embedded parts."""

    data_dir: Path
    host: str
    port: int
    mqtt_host: str
    mqtt_port: int
    database_url: str = ""
    mqtt_url: str = ""

    @classmethod
    def of(
        cls, data_dir: Path, *, host: str, port: int, mqtt_host: str, mqtt_port: int
    ) -> "Options":
        """Return options with the URLs of the environment."""
        settings = IngestSettings()
        return cls(
            data_dir=data_dir,
            host=host,
            port=port,
            mqtt_host=mqtt_host,
            mqtt_port=mqtt_port,
            database_url=settings.database_url.get_secret_value(),
            mqtt_url=settings.mqtt_url.get_secret_value(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform with database and broker up; `start` adds processes."""

    options: Options
    supervisor: Supervisor
    database_url: str
    broker: nats.Broker | None
    mqtt_url: str

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the pages."""
        host = "127.0.0.1" if self.options.host in OPEN_TO_ALL else self.options.host
        return f"http://{host}:{self.options.port}"

    async def start(self, *names: str, **env: str) -> None:
        """Start some of our processes and return once they are ready."""
        await self.supervisor.up(*(self.part(name, env) for name in names))

    def part(self, name: str, env: dict[str, str]) -> Part:
        """Describe one of our processes."""
        folder = self.options.data_dir.resolve()
        whole = {
            "CAREBELL_DATABASE_URL": self.database_url,
            "CAREBELL_MQTT_URL": self.mqtt_url,
            "CAREBELL_DATA_DIR": str(folder),
            "CAREBELL_HOST": self.options.host,
            "CAREBELL_PORT": str(self.options.port),
            **env,
        }
        if self.broker is not None:
            whole["CAREBELL_BROKER_USERS_FILE"] = str(self.broker.users_file)
            whole["CAREBELL_BROKER_PID_FILE"] = str(self.broker.pid_file)
        if name == "web":
            return process(name, folder, whole, answers=lambda: is_serving(f"{self.url}/healthz"))
        return process(name, folder, whole)


def is_serving(url: str) -> bool:
    """Say whether a page answers within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@asynccontextmanager
async def platform(
    options: Options, clock: Clock, tell: Callable[[Happening], None] = lambda _: None
) -> AsyncIterator[Platform]:
    """Hold the data folder, bring database and broker up, and take everything down at the end.

    Raises:
        StartError: the folder is in use, a port is taken, or a part does not start.
    """
    with folder_lock(options.data_dir):
        data_dir = private_folder(options.data_dir)
        cluster = None if options.database_url else postgres.prepare(data_dir)
        broker = (
            None
            if options.mqtt_url
            else nats.prepare(data_dir, options.mqtt_port, listen_on=options.mqtt_host)
        )
        supervisor = Supervisor(clock, tell)
        running = Platform(
            options=options,
            supervisor=supervisor,
            database_url=options.database_url or (cluster.url() if cluster else ""),
            broker=broker,
            mqtt_url=options.mqtt_url or (broker.url if broker else ""),
        )
        embedded = [described.part for described in (cluster, broker) if described]
        ours = [running.part(name, {}) for name in (*PROCESSES, "simulator")]
        for part in (*ours, *embedded):
            end_orphans(part)
        check_port(options.host, options.port, "--port")
        if broker:
            check_port(options.mqtt_host, options.mqtt_port, "--mqtt-port")
        try:
            await supervisor.up(*embedded)
            yield running
        finally:
            await supervisor.down()


def check_port(host: str, port: int, option: str) -> None:
    """Refuse a port that somebody else listens on.

    Raises:
        StartError: it is taken; the detail names a free one.
    """
    if port_is_free(port, host):
        return
    other = next(p for p in range(port + 1, port + 1000) if port_is_free(p, host))
    raise StartError(
        f"Port {port} on {host} is taken by another program. "
        f"Stop that program, or use another port: {option} {other}"
    )
