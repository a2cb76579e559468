"""From a town to table rows, in the order in which the tables refer to each other (pure)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from carebell.demo import geography, rota
from carebell.demo.people import Home, Ids
from carebell.demo.town import Town
from devices.registry.credentials import Credential

#: Role → user name of the accounts that are not caregivers or relatives.
OFFICE: Final = {
    "operator": ("operator", "operator2", "operator3"),
    "supervisor": ("supervisor",),
    "planner": ("planner",),
    "installer": ("installer",),
    "admin": ("admin",),
}
OFFICE_NAMES: Final = {
    "operator": "坐席员甲",
    "operator2": "坐席员乙",
    "operator3": "坐席员丙",
    "supervisor": "值班长",
    "planner": "排班员",
    "installer": "安装员",
    "admin": "管理员",
}
HEARTBEAT_S: Final = 120
SUPERVISION_S: Final = 600
CONSENT_TEXT: Final = "demo-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows for one table."""

    schema: str
    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def table(name: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> Table:
    """Return rows for `schema.table`; the columns are separated by spaces."""
    schema, _, short = name.partition(".")
    return Table(schema=schema, name=short, columns=tuple(columns.split()), rows=list(rows))


def terminal_of(number: int) -> str:
    """Return the id of the terminal in the home of that number, from 0."""
    return f"AX-{number + 1:05d}"


def username(worker: rota.Worker) -> str:
    """Return the account of a caregiver (`cg…`) or a meal courier (`mc…`)."""
    return f"{'mc' if worker.caregiver.courier else 'cg'}{worker.caregiver.number:03d}"


def places(town: Town, new_id: Ids) -> Iterator[Table]:
    """Yield areas, map, stations and homes."""
    yield table(
        "dispatch.area",
        "id parent name level path boundary",
        (
            (a.id, a.parent, a.name, a.level, list(a.path), json.dumps(a.boundary))
            for a in town.map.areas
        ),
    )
    shown = [
        *(
            ("area", a.name, a.boundary)
            for a in town.map.areas
            if a.level in {"street", "community"}
        ),
        *(("road", name, line) for name, line in town.map.roads),
        *(("station", p.name, _geojson(p.at.lon, p.at.lat)) for p in town.map.stations),
        *(("meal_point", p.name, _geojson(p.at.lon, p.at.lat)) for p in town.map.meal_points),
    ]
    yield table(
        "dispatch.map_feature",
        "layer name geometry",
        ((layer, name, json.dumps(geometry)) for layer, name, geometry in shown),
    )
    yield table(
        "dispatch.station",
        "id area name lat lon",
        ((new_id(), p.area, p.name, p.at.lat, p.at.lon) for p in town.map.stations),
    )
    yield table("dispatch.policy", "area", [(geography.CITY,)])
    yield table(
        "dispatch.home",
        "id area address lat lon way_in door_code",
        ((h.id, h.area, h.address, h.at.lat, h.at.lon, h.way_in, h.door_code) for h in town.homes),
    )


def _geojson(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def people(town: Town, stations: Sequence[UUID], new_id: Ids, now: datetime) -> Iterator[Table]:
    """Yield residents with contacts and consent, caregivers and where they are."""
    gender = {True: "female", False: "male"}
    yield table(
        "dispatch.resident",
        "id home_id name gender born phone care_level conditions languages lives_alone",
        (
            (
                *(r.id, r.home.id, r.name, gender[r.female], r.born, r.phone, r.care_level),
                *(list(r.conditions), list(r.languages), r.lives_alone),
            )
            for r in town.residents
        ),
    )
    yield table(
        "dispatch.contact",
        "id resident_id name relation phone has_key position",
        (
            (c.id, r.id, c.name, c.relation, c.phone, c.has_key, position)
            for r in town.residents
            for position, c in enumerate(r.contacts, start=1)
        ),
    )
    agreed = now - timedelta(days=200)
    yield table(
        "dispatch.consent",
        "id resident_id contact_id purpose text_version giver scope given_at",
        [
            *(
                (new_id(), r.id, None, purpose, CONSENT_TEXT, r.name, scope, agreed)
                for r in town.residents
                for purpose, scope in (("service", "address way_in"), ("health", "conditions"))
            ),
            *(
                (
                    new_id(),
                    r.id,
                    c.id,
                    "alerts",
                    CONSENT_TEXT,
                    r.name,
                    "incidents visits meals",
                    agreed,
                )
                for r in town.residents
                for c in r.contacts
                if c.told
            ),
        ],
    )
    yield table(
        "dispatch.caregiver",
        "id area station_id kind name phone gender languages skills travel_mode base_lat base_lon",
        (
            (
                *(c.id, c.area, stations[c.station], "courier" if c.courier else "caregiver"),
                *(c.name, c.phone, gender[c.female], list(c.languages), list(c.skills)),
                *(c.travel_mode, c.base.lat, c.base.lon),
            )
            for c in (worker.caregiver for worker in town.workers)
        ),
    )


CERTIFIED: Final = "nursing"
"""The demo's skill with dated certificates."""


def certificates(town: Town, new_id: Ids, today: date) -> Iterator[Table]:
    """Yield certificates: the first ends in two days, the second begins then, the others go on."""
    nurses = [w.caregiver for w in town.workers if CERTIFIED in w.caregiver.skills]
    soon, year = timedelta(days=2), timedelta(days=365)
    spans = {0: (today - year, today + soon), 1: (today + soon, today + year)}
    yield table(
        "dispatch.certificate",
        "id caregiver_id skill number valid_from valid_to",
        (
            (
                *(new_id(), nurse.id, CERTIFIED, f"N-{nurse.number:04d}"),
                *spans.get(place, (today - year, today + 2 * year)),
            )
            for place, nurse in enumerate(nurses)
        ),
    )


def accounts(town: Town, hashes: Mapping[str, str], new_id: Ids, now: datetime) -> Iterator[Table]:
    """Yield accounts: the office, one for each caregiver, one for each first contact."""
    office = [
        (new_id(), name, OFFICE_NAMES[name], hashes[role], role, None, now)
        for role, names in OFFICE.items()
        for name in names
    ]
    staff = [
        (
            new_id(),
            username(w),
            w.caregiver.name,
            hashes["caregiver"],
            "caregiver",
            w.caregiver.id,
            now,
        )
        for w in town.workers
    ]
    relatives = [
        (
            (new_id(), f"family{n:04d}", r.contacts[0].name, hashes["family"], "family", None, now),
            r.contacts[0].id,
        )
        for n, r in enumerate(town.residents, start=1)
    ]
    yield table(
        "dispatch.account",
        "id username name password_hash role caregiver_id created_at",
        [*office, *staff, *(account for account, _ in relatives)],
    )
    yield table(
        "dispatch.account_area",
        "account_id area",
        [
            *((account[0], geography.CITY) for account in office),
            *((a[0], w.caregiver.area) for a, w in zip(staff, town.workers, strict=True)),
        ],
    )
    yield table(
        "dispatch.account_contact",
        "account_id contact_id",
        ((account[0], contact) for account, contact in relatives),
    )


def terminals(
    homes: Sequence[Home], credentials: Sequence[Credential], now: datetime
) -> Iterator[Table]:
    """Yield one installed terminal for each home."""
    since = now - timedelta(days=90)
    yield table(
        "devices.terminal",
        "id area home_id model state bcrypt_hash pbkdf2_hash heartbeat_s supervision_s enrolled_at"
        " installed_at changed_at",
        (
            (
                *(terminal_of(n), home.area, home.id, "K3" if n % 3 else "K5", "installed"),
                *(
                    kept.bcrypt_hash,
                    kept.pbkdf2_hash,
                    HEARTBEAT_S,
                    SUPERVISION_S,
                    since,
                    since,
                    now,
                ),
            )
            for n, (home, kept) in enumerate(zip(homes, credentials, strict=True))
        ),
    )
    yield table(
        "devices.terminal_state", "terminal", ((terminal_of(n),) for n in range(len(homes)))
    )
