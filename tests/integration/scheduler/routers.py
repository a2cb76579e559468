"""Routers on this machine: a real Valhalla on streets of our own, and one that speaks OSRM.

The streets are a grid, 8 by 8, a block of about 190 m wide and 220 m high. Row 2 is one-way to the
east; columns are faster than rows. `Valhalla` builds its graph with the tools of its wheel and runs
its service. There is no wheel of OSRM: `OsrmTable` answers as OSRM's HTTP documentation says, from
times that it makes up, so it tests our side only.
"""

import json
import math
import re
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import osmium
import valhalla

from kernel.geo import Position

SIDE: Final = 8
STEP: Final = 0.002
SOUTH_WEST: Final = Position(31.80, 119.90)
ONE_WAY_ROW: Final = 2


def corner(row: float, column: float) -> Position:
    """Where a row and a column of the grid cross; fractions lie between."""
    return Position(round(SOUTH_WEST.lat + row * STEP, 6), round(SOUTH_WEST.lon + column * STEP, 6))


def write_streets(path: Path) -> None:
    """Write the grid as an OpenStreetMap file."""

    def node(row: int, column: int) -> int:
        return 1 + row * SIDE + column

    with osmium.SimpleWriter(str(path)) as writer:
        for row in range(SIDE):
            for column in range(SIDE):
                at = corner(row, column)
                writer.add_node(
                    osmium.osm.mutable.Node(
                        id=node(row, column), version=1, location=(at.lon, at.lat)
                    )
                )
        for row in range(SIDE):
            tags = {"highway": "residential", "maxspeed": "30"}
            if row == ONE_WAY_ROW:
                tags["oneway"] = "yes"
            nodes = [node(row, column) for column in range(SIDE)]
            writer.add_way(osmium.osm.mutable.Way(id=100 + row, version=1, nodes=nodes, tags=tags))
        for column in range(SIDE):  # the tools want ways in the order of their ids
            tags = {"highway": "tertiary", "maxspeed": "60"}
            nodes = [node(row, column) for row in range(SIDE)]
            writer.add_way(
                osmium.osm.mutable.Way(id=200 + column, version=1, nodes=nodes, tags=tags)
            )


@dataclass(slots=True)
class Valhalla:
    """A running service."""

    url: str

    def matrix(self, places: list[Position], costing: str) -> list[list[float]]:
        """What it says when asked directly."""
        spots = [{"lat": at.lat, "lon": at.lon} for at in places]
        body = {"sources": spots, "targets": spots, "costing": costing, "verbose": False}
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/sources_to_targets", json.dumps(body).encode()
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
            rows: list[list[float]] = json.load(answer)["sources_to_targets"]["durations"]
        return rows


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@contextmanager
def valhalla_on_the_grid(folder: Path) -> Iterator[Valhalla]:
    """Build a graph of the grid in `folder` and serve it."""
    tools = Path(valhalla.PYVALHALLA_DIR) / "bin"
    streets, tiles, config = folder / "grid.osm.pbf", folder / "tiles", folder / "valhalla.json"
    tiles.mkdir()
    write_streets(streets)
    settings: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
    url = f"http://127.0.0.1:{free_port()}"
    settings["httpd"]["service"]["listen"] = url.replace("http", "tcp")
    for name in ("loopback", "interrupt"):
        settings["httpd"]["service"][name] = f"ipc://{folder}/{name}"
    for part in ("loki", "thor", "odin", "meili"):
        settings[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    config.write_text(json.dumps(settings), encoding="utf-8")
    subprocess.run(
        [tools / "valhalla_build_tiles", "-c", config, streets],
        cwd=folder,  # it leaves a list of duplicate ways where it runs
        check=True,
        capture_output=True,
    )
    with (folder / "valhalla.log").open("wb") as log:
        service = subprocess.Popen(
            [tools / "valhalla_service", config, "1"], stdout=log, stderr=log
        )
        try:
            _wait_for(f"{url}/status", service)
            yield Valhalla(url=url)
        finally:
            service.kill()
            service.wait()


def _wait_for(url: str, service: "subprocess.Popen[bytes]") -> None:
    waiting = threading.Event()
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError):
            assert service.poll() is None, "the service ended"
            waiting.wait(0.05)
    raise AssertionError("the service does not answer")


@dataclass
class OsrmTable:
    """Answers OSRM's table requests: ten seconds for each 0.001° to the east, eleven to the west.

    Attributes:
        most: coordinates in one request; more is "TooBig".
        lakes: places it finds no road near.
        islands: places no road leads to.
        failures: how often it answers 503 before it works.
    """

    most: int = 100
    lakes: set[Position] = field(default_factory=set)
    islands: set[Position] = field(default_factory=set)
    failures: int = 0
    nonsense: bool = False
    asked: list[tuple[int, int]] = field(default_factory=list)
    url: str = ""

    @property
    def pairs(self) -> int:
        """Pairs asked for so far."""
        return sum(sources * targets for sources, targets in self.asked)

    def answer(self, path: str) -> tuple[int, Any]:
        if self.failures:
            self.failures -= 1
            return 503, {"message": "busy"}
        found = re.fullmatch(
            r"/table/v1/(driving|cycling|walking)/([-\d.,;]+)", urlsplit(path).path
        )
        wanted = parse_qs(urlsplit(path).query)
        if found is None or wanted.get("annotations") != ["duration"]:
            return 400, {"code": "InvalidUrl"}
        places = [
            Position(lat, lon)
            for lon, lat in (map(float, each.split(",")) for each in found[2].split(";"))
        ]
        if len(places) > self.most:
            return 400, {"code": "TooBig"}
        if any(at in self.lakes for at in places):
            return 400, {"code": "NoSegment"}
        sources, targets = (
            [places[int(n)] for n in wanted[name][0].split(";")]
            for name in ("sources", "destinations")
        )
        self.asked.append((len(sources), len(targets)))
        if self.nonsense:
            return 200, {"code": "Ok", "durations": [["soon"]]}
        return 200, {
            "code": "Ok",
            "durations": [[self._seconds(one, other) for other in targets] for one in sources],
        }

    def _seconds(self, start: Position, end: Position) -> float | None:
        if start != end and {start, end} & self.islands:
            return None
        east = (end.lon - start.lon) * 10_000
        north = abs(end.lat - start.lat) * 10_000
        return round(math.hypot(max(east, -1.1 * east), north), 1)


@contextmanager
def serving(table: OsrmTable) -> Iterator[OsrmTable]:
    """Serve it on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = table.answer(self.path)
            said = json.dumps(body).encode()
            with suppress(ConnectionError):  # whoever asked has given up
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    table.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield table
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
