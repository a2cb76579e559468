"""Fixtures every test may ask for: a real database, a real broker, a clock that obeys."""

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from carebell.embedded import mosquitto as mosquitto_part
from carebell.embedded import nats, postgres
from carebell.embedded.files import free_port
from carebell.embedded.part import Running
from kernel import db
from kernel.clock import FakeClock

TEMPLATE: Final = "carebell_template"
_numbers = itertools.count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep on one worker what shares something expensive."""
    from tests.sharing import Sharing  # noqa: PLC0415 - tests run without pytest-xdist, too

    return Sharing(config, log)


class LiveBroker:
    """A running broker under a test's thumb. NATS or Mosquitto: the test sees no difference."""

    def __init__(self, broker: nats.Broker) -> None:
        self.broker = broker
        self.running = Running(broker.part)

    @property
    def name(self) -> str:
        return "nats" if self.broker.part.name == "broker" else "mosquitto"

    @property
    def host(self) -> str:
        return self.broker.host

    @property
    def port(self) -> int:
        return self.broker.port

    @property
    def username(self) -> str:
        """The service account, which may do everything."""
        return self.broker.username

    @property
    def password(self) -> str:
        return self.broker.password

    @property
    def url(self) -> str:
        return self.broker.url

    @property
    def users_file(self) -> Path:
        """NATS: `users.conf`; Mosquitto: `passwords`, with `acl` beside it."""
        return self.broker.users_file

    @property
    def pid_file(self) -> Path:
        return self.broker.pid_file

    def start(self) -> None:
        self.running.start()

    def reload(self) -> None:
        """Read users and rights again."""
        self.running.reload()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing moves."""
        os.kill(self.running.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.running.pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.running.kill()

    def stop(self) -> None:
        self.running.stop()


class LivePostgres:
    """The server all tests share, and databases made from the migrated template."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    def url(self, database: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{database}"))

    def execute(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.admin_url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder for the whole session, short enough for any path limit."""
    folder = Path(tempfile.mkdtemp(prefix="carebell-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(scratch: Path) -> Iterator[LivePostgres]:
    """The embedded server, or the one that CAREBELL_TEST_DATABASE_URL names."""
    named = os.environ.get("CAREBELL_TEST_DATABASE_URL")
    if named:
        yield LivePostgres(named)
        return
    # autovacuum would hold on to databases that tests want to drop
    options = (*postgres.HASTY, "autovacuum=off")
    cluster = postgres.prepare(scratch / "pg", options=options)
    with Running(cluster.part):
        yield LivePostgres(cluster.url())


@pytest.fixture(scope="session")
def migrated_template(postgres_server: LivePostgres) -> Iterator[str]:
    """A migrated database from which each test gets its own copy."""
    template = f"{TEMPLATE}_{os.getpid()}"
    postgres_server.execute(f"CREATE DATABASE {template}")
    db.migrate(postgres_server.url(template))
    yield template
    postgres_server.execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")


@pytest.fixture
def database_url(postgres_server: LivePostgres, migrated_template: str) -> Iterator[str]:
    """A fresh migrated database of the test's own."""
    name = f"carebell_test_{os.getpid()}_{next(_numbers)}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[db.Pool]:
    """A pool on the test's own database."""
    async with db.pool(database_url) as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LiveBroker]:
    """A fresh embedded broker with the service account only."""
    yield from _live(nats.prepare(tmp_path, free_port()))


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[LiveBroker]:
    """A fresh Mosquitto with the service account only; mark the test `mosquitto`."""
    yield from _live(mosquitto_part.prepare(tmp_path, free_port()))


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def any_broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveBroker]:
    """Each broker that Carebell supports, in turn."""
    prepare = nats.prepare if request.param == "nats" else mosquitto_part.prepare
    yield from _live(prepare(tmp_path, free_port()))


def _live(described: nats.Broker) -> Iterator[LiveBroker]:
    live = LiveBroker(described)
    live.start()
    yield live
    live.stop()
