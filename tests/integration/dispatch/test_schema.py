"""The invariants that the schema itself keeps, whatever the code does."""

import asyncpg
import pytest

from devices.events import SignalKind
from kernel.db import Pool
from tests.stories.town import Town


async def test_every_view_of_the_contract_can_be_read(pool: Pool) -> None:
    for view in ("home_v1", "resident_v1", "caregiver_v1", "position_v1", "away_v1"):
        assert await pool.fetch(f"SELECT * FROM dispatch.{view}") == []  # noqa: S608


async def test_a_home_cannot_have_two_open_incidents(town: Town) -> None:
    await town.home("Miller").presses_pendant()
    with pytest.raises(asyncpg.UniqueViolationError, match="one_open_incident"):
        await town.pool.execute(
            "INSERT INTO dispatch.incident (id, subject, area, home_id, category, kind, priority,"
            " state, presses, opened_at, last_signal_at, waiting_since, level, step, step_due_at,"
            " policy) SELECT gen_random_uuid(), subject, area, home_id, category, kind, priority,"
            " state, presses, opened_at, last_signal_at, waiting_since, level, step, step_due_at,"
            " policy FROM dispatch.incident"
        )


@pytest.mark.parametrize(
    ("change", "kept_by"),
    [
        ("step_due_at = NULL", "waiting_has_a_deadline"),
        (
            (
                "state = 'closed', waiting_since = NULL, step_due_at = NULL, closed_at = now(),"
                " disposition = 'accidental'"
            ),
            "a_call_for_help_is_closed_by_a_person",
        ),
        ("passing = true", "only_conditions_pass_by_themselves"),
    ],
)
async def test_a_call_for_help_cannot_be_forgotten(town: Town, change: str, kept_by: str) -> None:
    await town.home("Miller").presses_pendant()
    with pytest.raises(asyncpg.CheckViolationError, match=kept_by):
        await town.pool.execute(f"UPDATE dispatch.incident SET {change}")  # noqa: S608


async def test_a_caregiver_has_one_job_at_a_time(town: Town) -> None:
    miller, chen, li = town.home("Miller"), town.home("Chen"), town.seat("Li")
    for home in (miller, chen):
        await home.presses_pendant()
        await li.claims(home)
    await li.sends(town.worker("Zhou"), miller)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_job_per_caregiver"):
        await town.pool.execute(
            "INSERT INTO dispatch.assignment (id, incident_id, caregiver_id, state, offered_at,"
            " offered_by, due_at) SELECT gen_random_uuid(), i.id, a.caregiver_id, 'offered',"
            " now(), a.offered_by, now() FROM dispatch.assignment a, dispatch.incident i"
            " WHERE i.id <> a.incident_id"
        )


async def test_an_alarm_of_an_unknown_area_and_home_is_kept_at_the_root(town: Town) -> None:
    stray = town.home("Miller").signal(SignalKind.SOS)
    await town.pool.execute("DELETE FROM dispatch.resident")
    await town.pool.execute("DELETE FROM dispatch.home")
    await town.takes_in(stray)
    assert await town.pool.fetchval("SELECT area FROM dispatch.incident") == "north"
    elsewhere = type(stray)(
        terminal=None,
        area="nowhere",
        home_id=None,
        id="1",
        kind=SignalKind.AREA_SILENT,
        received_at=town.clock.now(),
    )
    await town.takes_in(elsewhere)
    rows = await town.pool.fetch("SELECT area FROM dispatch.incident WHERE home_id IS NULL")
    assert [row["area"] for row in rows] == ["town"]
