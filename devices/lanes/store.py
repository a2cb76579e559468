"""SQL of the lanes. Every function runs inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from devices.events import TerminalId
from devices.lanes.reading import Arrival
from devices.messages import Alarm, Reply
from devices.quantities import Reading
from devices.supervision import Hour, State
from kernel.db import Connection, Record


class Whereabouts(NamedTuple):
    """Where a terminal is registered; `area` None: it is not."""

    area: str | None
    home_id: UUID | None
    installed: bool


STATE_COLUMNS: Final = len(State._fields)

TAKE: Final = """
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                         $6::text[], $7::bigint[], $8::bytea[])
        WITH ORDINALITY AS g (terminal, id, kind, received_at, device_at, boot, seq, raw, n)
), put AS (
    INSERT INTO devices.inbox (terminal, id, kind, received_at, device_at, boot, seq, raw)
    SELECT terminal, id, kind, received_at, device_at, boot, seq, raw FROM given
    ORDER BY terminal, id
    ON CONFLICT (terminal, id) DO NOTHING RETURNING terminal, id
)
SELECT put.id IS NOT NULL AS fresh, t.area, t.home_id, t.state = 'installed' AS installed
FROM given g
LEFT JOIN put ON put.terminal = g.terminal AND put.id = g.id
LEFT JOIN devices.terminal t ON t.id = g.terminal
ORDER BY g.n
"""

ANSWERED: Final = """
UPDATE devices.command c
SET replied_at = $6, next_at = NULL, ok = g.ok, error = g.error, reply = g.reply
FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::jsonb[])
    AS g (id, terminal, ok, error, reply)
WHERE c.id = g.id AND c.terminal = g.terminal AND c.replied_at IS NULL
"""

# The columns of `supervision.State`, in its order, and then where the terminal is. Locked in the
# order Python sorts names in, whatever the database's: two processes lock these rows.
LOCK_STATES: Final = """
SELECT s.terminal, t.supervision_s, s.condition, s.last_seen_at, s.silent_due_at, s.silence_told,
       s.connected, s.boot, s.seq, s.seq_window, s.lost, s.clock_skew_s, s.battery, s.low_battery,
       s.mains, s.rssi, s.fw, s.hour, s.hour_beats, s.hour_lost, s.hour_battery_min,
       s.hour_rssi_min, t.area, t.home_id, t.state = 'installed' AS installed
FROM devices.terminal_state s JOIN devices.terminal t ON t.id = s.terminal
WHERE s.terminal = ANY ($1::text[]) ORDER BY s.terminal COLLATE "C" FOR UPDATE OF s
"""

SAVE_STATES: Final = """
UPDATE devices.terminal_state s SET
    condition = g.condition, last_seen_at = g.last_seen_at, silent_due_at = g.silent_due_at,
    silence_told = g.silence_told, connected = g.connected, boot = g.boot, seq = g.seq,
    seq_window = g.seq_window, lost = g.lost, clock_skew_s = g.clock_skew_s, battery = g.battery,
    low_battery = g.low_battery, mains = g.mains, rssi = g.rssi, fw = g.fw, hour = g.hour,
    hour_beats = g.hour_beats, hour_lost = g.hour_lost, hour_battery_min = g.hour_battery_min,
    hour_rssi_min = g.hour_rssi_min
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::boolean[],
            $6::boolean[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::float8[],
            $12::smallint[], $13::boolean[], $14::boolean[], $15::smallint[], $16::text[],
            $17::timestamptz[], $18::integer[], $19::integer[], $20::smallint[], $21::smallint[])
    AS g (terminal, condition, last_seen_at, silent_due_at, silence_told, connected, boot, seq,
          seq_window, lost, clock_skew_s, battery, low_battery, mains, rssi, fw, hour, hour_beats,
          hour_lost, hour_battery_min, hour_rssi_min)
WHERE s.terminal = g.terminal
"""

SAVE_HOURS: Final = """
INSERT INTO devices.heartbeat_hour AS h (terminal, hour, beats, lost, battery_min, rssi_min)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::integer[], $4::integer[], $5::smallint[],
                     $6::smallint[])
ON CONFLICT (terminal, hour) DO UPDATE SET
    beats = h.beats + excluded.beats, lost = h.lost + excluded.lost,
    battery_min = least(h.battery_min, excluded.battery_min),
    rssi_min = least(h.rssi_min, excluded.rssi_min)
"""

SAVE_READINGS: Final = """
INSERT INTO devices.reading_latest AS r (terminal, name, value, unit, at, received_at, in_range)
SELECT DISTINCT ON (g.terminal, g.name) g.terminal, g.name, g.value, g.unit, g.at, g.received_at,
       g.in_range
FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::timestamptz[],
            $6::timestamptz[], $7::boolean[])
    WITH ORDINALITY AS g (terminal, name, value, unit, at, received_at, in_range, n)
JOIN devices.terminal t ON t.id = g.terminal
ORDER BY g.terminal, g.name, g.n DESC
ON CONFLICT (terminal, name) DO UPDATE SET
    value = excluded.value, unit = excluded.unit, at = excluded.at,
    received_at = excluded.received_at, in_range = excluded.in_range
"""

HEARD: Final = """
UPDATE devices.hearing SET
    since = CASE WHEN $2 OR alive_at IS NULL
                      OR alive_at < $1::timestamptz - make_interval(secs => $3)
                 THEN $1 ELSE since END,
    alive_at = $1
"""

HASTY: Final = "SELECT set_config('synchronous_commit', 'off', true)"


async def take(conn: Connection, arrivals: Sequence[Arrival]) -> list[tuple[bool, Whereabouts]]:
    """Note alarms in the inbox; return for each whether it is new, and where its terminal is.

    The alarms must differ from each other in (terminal, id).
    """
    rows = await conn.fetch(TAKE, *inbox_columns(arrivals))
    return [(row["fresh"], whereabouts(row)) for row in rows]


def inbox_columns(arrivals: Sequence[Arrival]) -> list[list[Any]]:
    """Return the columns of the alarms among `arrivals`, as the inbox has them."""
    alarms = [(a, a.message) for a in arrivals if isinstance(a.message, Alarm)]
    return [
        [m.origin.terminal for _, m in alarms],
        [m.id for _, m in alarms],
        [m.kind.value for _, m in alarms],
        [a.incoming.received_at for a, _ in alarms],
        [m.stamp.at for _, m in alarms],
        [m.stamp.boot for _, m in alarms],
        [m.stamp.seq for _, m in alarms],
        [a.incoming.payload for a, _ in alarms],
    ]


def whereabouts(row: Record) -> Whereabouts:
    """Return what a row says of where its terminal is."""
    return Whereabouts(row["area"], row["home_id"], bool(row["installed"]))


async def answered(conn: Connection, replies: Sequence[Reply], at: datetime) -> None:
    """Note the answers to commands; those to nothing we sent change nothing."""
    known = {reply.command: reply for reply in replies if reply.command}
    if known:
        await conn.execute(
            ANSWERED,
            list(known),
            [reply.origin.terminal for reply in known.values()],
            [reply.ok for reply in known.values()],
            [reply.error for reply in known.values()],
            [reply.data for reply in known.values()],
            at,
        )


async def lock_states(
    conn: Connection, terminals: Sequence[str]
) -> list[tuple[State, Whereabouts]]:
    """Lock, in the order of names, and return the hot rows of terminals that are registered."""
    rows = await conn.fetch(LOCK_STATES, terminals)
    return [
        (State._make(row[:STATE_COLUMNS]), Whereabouts._make(row[STATE_COLUMNS:])) for row in rows
    ]


async def save_states(conn: Connection, states: Sequence[State]) -> None:
    """Write hot rows back in one statement."""
    columns = list(zip(*states, strict=True))
    await conn.execute(SAVE_STATES, columns[0], *columns[2:])


async def save_hours(conn: Connection, hours: Mapping[TerminalId, Hour]) -> None:
    """Keep hours that are over."""
    if hours:
        await conn.execute(
            SAVE_HOURS,
            list(hours),
            [hour.start for hour in hours.values()],
            [hour.beats for hour in hours.values()],
            [hour.lost for hour in hours.values()],
            [hour.battery_min for hour in hours.values()],
            [hour.rssi_min for hour in hours.values()],
        )


async def save_readings(
    conn: Connection, readings: Sequence[tuple[TerminalId, Reading, datetime, datetime]]
) -> None:
    """Keep the latest reading of each name: (terminal, reading, measured at, received at)."""
    if readings:
        await conn.execute(
            SAVE_READINGS,
            [terminal for terminal, _, _, _ in readings],
            [reading.name for _, reading, _, _ in readings],
            [reading.value for _, reading, _, _ in readings],
            [reading.unit for _, reading, _, _ in readings],
            [at for _, _, at, _ in readings],
            [received_at for _, _, _, received_at in readings],
            [reading.in_range for _, reading, _, _ in readings],
        )


async def heard(conn: Connection, at: datetime, *, interrupted: bool, patience_s: float) -> None:
    """Note that we hear; a gap of `patience_s`, or `interrupted`, begins a new hearing."""
    await conn.execute(HEARD, at, interrupted, patience_s)


async def hasty(conn: Connection) -> None:
    """Let this transaction's commit not wait for the disk: a lost heartbeat comes again."""
    await conn.execute(HASTY)
