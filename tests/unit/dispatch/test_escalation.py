"""How long an incident may wait for whom."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.incidents.escalation import DEFAULT, SUPERVISOR, Policy, from_json, level_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def marks(priority: int, steps: int = 5) -> list[float]:
    """Return the seconds from waiting to each step."""
    total, found = timedelta(0), []
    for step in range(steps):
        total += DEFAULT.gap(priority, step)
        found.append(total.total_seconds())
    return found


def test_a_first_priority_gets_louder_at_20_rings_everywhere_at_40_and_above_at_60() -> None:
    assert marks(1) == [20, 40, 60, 120, 180]


def test_lesser_priorities_take_the_same_way_in_longer_strides() -> None:
    assert marks(2) == [60, 120, 180, 360, 540]
    assert marks(3)[:3] == [1800, 3600, 5400]


def test_levels_end_at_the_supervisor() -> None:
    assert [level_of(step) for step in range(6)] == [0, 1, 2, 3, 3, 3]


def test_a_step_looked_at_in_time_is_one_step() -> None:
    assert DEFAULT.advance(1, 0, NOW, NOW) == (1, NOW + timedelta(seconds=20))


def test_steps_missed_are_made_up_for_but_repeats_are_not() -> None:
    late = NOW + timedelta(hours=5)
    assert DEFAULT.advance(1, 0, NOW, late) == (3, late + timedelta(seconds=60))


@given(
    priority=st.integers(1, 3),
    step=st.integers(0, 6),
    late=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_however_late_the_next_deadline_lies_ahead_and_no_step_is_lost(
    priority: int, step: int, late: timedelta
) -> None:
    after, due = DEFAULT.advance(priority, step, NOW, NOW + late)
    assert due > NOW + late
    assert step < after <= max(SUPERVISOR, step + 1)


@given(
    st.builds(
        Policy,
        act_within_s=st.integers(1, 9999),
        offer_within_s=st.integers(1, 9999),
        stretch_2=st.integers(1, 9),
    )
)
def test_an_incident_keeps_the_policy_it_was_opened_with(policy: Policy) -> None:
    assert from_json(policy.as_json()) == policy


def test_a_policy_stored_before_a_figure_was_added_takes_its_default() -> None:
    assert from_json({"louder_s": 5}) == Policy(louder_s=5)
