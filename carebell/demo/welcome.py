"""What a newcomer needs: addresses, log-ins, and three terminals to press (`demo.json`).

The caregiver shown is one who is at work now with visits still ahead, and the terminals are in
homes near where that caregiver is: so who tries the way of an alarm finds this caregiver among the
nearest, and can answer on the phone page.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from carebell.demo.rows import OFFICE
from carebell.demo.secrets import Keys
from carebell.embedded.files import write_private
from kernel.db import Connection, connect

# With visits ahead, some hours to go, and nobody else close by: then nearest to the terminals.
ON_DUTY: Final = """
WITH duty AS (
    SELECT c.caregiver_id, p.lat, p.lon, d.ends_at
    FROM dispatch.caregiver_v1 c
    JOIN scheduler.duty_v1 d ON d.caregiver_id = c.caregiver_id
        AND d.starts_at <= $1 AND d.ends_at > $1
    JOIN dispatch.position_v1 p ON p.caregiver_id = c.caregiver_id
    WHERE c.kind = 'caregiver' AND c.active
)
SELECT a.username, a.name, c.caregiver_id, duty.lat, duty.lon
FROM duty
JOIN dispatch.caregiver_v1 c ON c.caregiver_id = duty.caregiver_id
JOIN dispatch.account a ON a.caregiver_id = c.caregiver_id AND a.active
WHERE c.travel_mode <> 'walk' AND 'first_aid' = ANY (c.skills)
  AND NOT EXISTS (SELECT FROM dispatch.away_v1 w WHERE w.caregiver_id = c.caregiver_id)
ORDER BY (SELECT least(count(*), 2) FROM scheduler.stop_v1 s
          WHERE s.caregiver_id = c.caregiver_id AND s.start_at > $1) DESC,
         least(duty.ends_at - $1, interval '3 hours') DESC,
         (SELECT count(*) FROM duty o WHERE o.caregiver_id <> c.caregiver_id
          AND abs(o.lat - duty.lat) < 0.006 AND abs(o.lon - duty.lon) < 0.008),
         a.username
LIMIT 1
"""

ANY_CAREGIVER: Final = """
SELECT a.username, a.name, c.caregiver_id, c.base_lat AS lat, c.base_lon AS lon
FROM dispatch.caregiver_v1 c JOIN dispatch.account a ON a.caregiver_id = c.caregiver_id
WHERE c.kind = 'caregiver' ORDER BY a.username LIMIT 1
"""

# Degrees of longitude are shorter than those of latitude; 0.72 is near enough for an order.
NEARBY: Final = """
SELECT t.terminal_id, t.area, t.home_id, r.name AS resident, f.username AS family
FROM devices.terminal_v1 t
JOIN dispatch.home_v1 h ON h.home_id = t.home_id
JOIN LATERAL (
    SELECT resident_id, name FROM dispatch.resident_v1 r
    WHERE r.home_id = h.home_id AND r.active ORDER BY r.born NULLS LAST, r.resident_id LIMIT 1
) r ON true
JOIN LATERAL (
    SELECT a.username FROM dispatch.contact c
    JOIN dispatch.account_contact ac ON ac.contact_id = c.id
    JOIN dispatch.account a ON a.id = ac.account_id
    WHERE c.resident_id = r.resident_id ORDER BY c.position LIMIT 1
) f ON true
WHERE NOT EXISTS (
    SELECT FROM dispatch.incident i
    WHERE i.subject = 'home:' || t.home_id AND i.state <> 'closed'
)
ORDER BY (h.lat - $1) ^ 2 + (0.72 * (h.lon - $2)) ^ 2
LIMIT $3
"""

TERMINALS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account to try."""

    role: str
    username: str
    password: str
    url: str


async def welcome(
    database_url: str, data_dir: Path, *, url: str, mqtt: tuple[str, int], now: datetime
) -> dict[str, Any]:
    """Write `demo.json`, for its owner only, and return what stands in it."""
    connection = await connect(database_url)
    try:
        content = await _gather(connection, Keys(data_dir), url, now)
    finally:
        await connection.close()
    content["mqtt"] = {"host": mqtt[0], "port": mqtt[1]}
    write_private(data_dir / "demo.json", json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return content


async def _gather(connection: Connection, keys: Keys, url: str, now: datetime) -> dict[str, Any]:
    caregiver = await connection.fetchrow(ON_DUTY, now) or await connection.fetchrow(ANY_CAREGIVER)
    if caregiver is None:
        raise LookupError("this town has no caregiver")
    terminals = await connection.fetch(NEARBY, caregiver["lat"], caregiver["lon"], TERMINALS)
    users = {role: names[0] for role, names in OFFICE.items()}
    users |= {"caregiver": caregiver["username"], "family": terminals[0]["family"]}
    pages = {"caregiver": "/caregiver", "family": "/family", "installer": "/installer"}
    logins = [
        Login(
            role=role,
            username=username,
            password=keys.password(role),
            url=url + pages.get(role, "/console"),
        )
        for role, username in users.items()
    ]
    return {
        "url": url,
        "mqtt": {},
        "logins": [
            {"role": one.role, "username": one.username, "password": one.password, "url": one.url}
            for one in logins
        ],
        "caregiver": {"caregiver_id": str(caregiver["caregiver_id"]), "name": caregiver["name"]},
        "terminals": [
            {
                "terminal": row["terminal_id"],
                "area": row["area"],
                "home_id": str(row["home_id"]),
                "resident": row["resident"],
                "username": row["terminal_id"],
                "password": keys.terminal(row["terminal_id"]),
                "topic": f"carebell/v1/{row['area']}/{row['terminal_id']}/alarm",
            }
            for row in terminals
        ],
    }
