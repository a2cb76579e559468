"""The day changes: what happened is recorded, alternatives are offered, one click publishes one."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from kernel.clock import FakeClock
from kernel.db import Pool
from kernel.errors import ConflictError, InvalidError, NotFoundError
from scheduler.centre.store import every
from scheduler.plans.issuing import OutdatedError
from scheduler.reading import caregiver as phone
from scheduler.repairing import asking, offering, showing
from scheduler.repairing import store as repairing_store
from scheduler.repairing.deciding import dismiss, publish
from scheduler.repairing.model import (
    Absence,
    Cause,
    Happened,
    NewVisit,
    NothingOffered,
    RepairState,
)
from scheduler.solve.resident import ResidentSolver

from .conftest import CENTRE, Street, at
from .repairs import BY, HERE, offered, planned


async def visits_of(pool: Pool, who: UUID, clock: FakeClock) -> set[UUID]:
    return {line.id for line in (await phone.today(pool, who, clock.now())).visits}


async def test_a_sick_call_offers_who_comes_instead_and_one_click_publishes_it_once(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li, sun = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun")]
    one = await street.visit(await street.resident("Wang"), (700, 760), preferred=(li,))
    other = await street.visit(await street.resident("Zhou"), (800, 860), preferred=(sun,))
    await planned(street, clock)
    sick = Absence(caregiver_id=li, starts_at=clock.now(), ends_at=at(1020))
    shown = await offered(pool, clock, resident, Happened(cause=Cause.ABSENCE, absence=sick))
    assert (shown.repair.state, shown.repair.done_at) == (RepairState.OFFERED, clock.now())
    way = shown.ways[0]
    first = way.offer
    (change,) = way.changes
    assert change.visit_id == await street.visit_of(one)
    assert change.resident.name == "Wang"
    assert change.other_person
    assert change.before is not None
    assert [who.name for who in change.before.caregivers] == ["Li"]
    assert change.after is not None
    assert [who.name for who in change.after.caregivers] == ["Sun"]
    assert at(700) <= change.after.start_at <= at(760)
    assert way.total == sum(first.cost.values())
    assert first.unplaced == 0
    event = uuid4()
    for _ in range(2):
        done = await publish(
            pool, clock, HERE, shown.repair.id, event_id=event, number=first.number, by=BY
        )
        assert done.state == RepairState.PUBLISHED
    both = {await street.visit_of(item) for item in (one, other)}
    assert await visits_of(pool, sun, clock) == both
    assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 2
    last = (await street.facts("plan.published"))[-1]
    assert str(await street.visit_of(other)) not in str(last["changed"])
    assert len(last["residents"]) == 1  # type: ignore[arg-type]
    with pytest.raises(ConflictError):
        await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)


async def test_a_cancelled_visit_leaves_the_plan_and_one_that_began_does_not(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    gone = await street.visit(await street.resident("Wang"), (700, 760))
    kept = await street.visit(await street.resident("Zhou"), (800, 860))
    await planned(street, clock)
    visit = await street.visit_of(gone)
    shown = await offered(pool, clock, resident, Happened(cause=Cause.CANCELLED, visit_id=visit))
    await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    assert await visits_of(pool, li, clock) == {await street.visit_of(kept)}
    with pytest.raises(ConflictError):
        await asking.ask(
            pool,
            CENTRE,
            event_id=uuid4(),
            happened=Happened(cause=Cause.CANCELLED, visit_id=visit),
            now=clock.now(),
            by=BY,
        )


async def test_an_urgent_new_visit_is_asked_for_once_and_finds_somebody(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    wang = await street.resident("Wang")
    await street.visit(wang, (800, 860))
    await planned(street, clock)
    new = NewVisit(
        resident_id=wang,
        service="company",
        window_from=at(560),
        window_to=at(640),
        minutes=45,
    )
    event = uuid4()
    happened = Happened(cause=Cause.NEW_VISIT, new_visit=new)
    asked = [
        await asking.ask(pool, CENTRE, event_id=event, happened=happened, now=clock.now(), by=BY)
        for _ in range(2)
    ]
    assert asked[0].id == asked[1].id
    await offering.answer(pool, clock, resident)
    await publish(pool, clock, HERE, asked[0].id, event_id=uuid4(), number=1, by=BY)
    assert event in await visits_of(pool, li, clock)
    assert await pool.fetchval("SELECT minutes FROM scheduler.visit WHERE id = $1", event) == 45


async def test_what_is_urgent_before_midnight_is_placed_after_it_in_the_night_shift(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (1200, 1680))
    wang = await street.resident("Wang")
    await street.visit(wang, (1300, 1330))
    await planned(street, clock)
    await clock.advance(at(1425) - clock.now())
    new = NewVisit(
        resident_id=wang, service="company", window_from=at(1445), window_to=at(1530), minutes=20
    )
    shown = await offered(pool, clock, resident, Happened(cause=Cause.NEW_VISIT, new_visit=new))
    assert shown.ways[0].offer.unplaced == 0
    await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    start, who = await pool.fetchrow(  # type: ignore[misc]
        "SELECT s.start_at, s.caregiver_id FROM scheduler.plan_stop s"
        " JOIN scheduler.plan p ON p.id = s.plan_id AND p.state = 'published'"
        " WHERE s.visit_id = (SELECT subject FROM scheduler.repair WHERE id = $1)",
        shown.repair.id,
    )
    assert who == li
    assert at(1445) <= start <= at(1530)


async def test_what_another_plan_overtook_is_refused_and_says_what_to_do(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    await street.caregiver("Sun", (480, 1020))
    await street.visit(await street.resident("Wang"), (700, 760), preferred=(li,))
    await planned(street, clock)
    sick = Absence(caregiver_id=li, starts_at=clock.now(), ends_at=at(1020))
    shown = await offered(pool, clock, resident, Happened(cause=Cause.ABSENCE, absence=sick))
    await planned(street, clock)
    for _ in range(2):
        with pytest.raises(OutdatedError, match="ask for the repair again"):
            await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    after = await showing.show(pool, HERE, shown.repair.id)
    assert after.repair.state == RepairState.OUTDATED


async def test_asked_again_a_question_is_the_same_and_what_happened_stands_once(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li, sun = [await street.caregiver(name, (480, 1020)) for name in ("Li", "Sun")]
    item = await street.visit(await street.resident("Wang"), (700, 760), preferred=(li,))
    await street.visit(await street.resident("Zhou"), (800, 860), preferred=(sun,))
    await planned(street, clock)
    sick = Absence(caregiver_id=li, starts_at=clock.now(), ends_at=at(1020))
    visit = await street.visit_of(item)
    for happened in (
        Happened(cause=Cause.ABSENCE, absence=sick),
        Happened(cause=Cause.CANCELLED, visit_id=visit),
    ):
        first = await offered(pool, clock, resident, happened)
        event = uuid4()
        again = [
            await asking.ask_again(
                pool, HERE, first.repair.id, event_id=event, now=clock.now(), by=BY
            )
            for _ in range(2)
        ]
        assert again[0].id == again[1].id != first.repair.id
        assert (again[0].cause, again[0].subject) == (happened.cause, first.repair.subject)
        assert await offering.answer(pool, clock, resident) == 1
        assert (await showing.show(pool, HERE, again[0].id)).ways
        before = await showing.show(pool, HERE, first.repair.id)
        assert before.repair.state == RepairState.OUTDATED
    last = again[0].id
    done = await publish(pool, clock, HERE, last, event_id=uuid4(), number=1, by=BY)
    causes = await pool.fetch("SELECT cause FROM scheduler.plan ORDER BY version")
    assert [row["cause"] for row in causes] == ["daily", "cancelled"]
    with pytest.raises(ConflictError):
        await asking.ask_again(pool, HERE, done.id, event_id=uuid4(), now=clock.now(), by=BY)
    await asking.ask(
        pool,
        CENTRE,
        event_id=uuid4(),
        happened=Happened(cause=Cause.ABSENCE, absence=sick),
        now=clock.now(),
        by=BY,
    )
    assert await pool.fetchval("SELECT count(*) FROM scheduler.absence") == 1


async def test_without_a_plan_and_on_too_large_a_day_a_repair_says_so(
    street: Street,
    pool: Pool,
    clock: FakeClock,
    resident: ResidentSolver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (700, 760))
    nothing = Happened(cause=Cause.PULL_OUT)
    shown = await offered(pool, clock, resident, nothing)
    assert (shown.repair.state, shown.repair.why) == (
        RepairState.UNANSWERED,
        NothingOffered.NO_PLAN,
    )
    await planned(street, clock)
    with monkeypatch.context() as large:
        large.setattr(offering, "legs_of", lambda _problem: object())
        shown = await offered(pool, clock, resident, nothing)
    assert (shown.repair.state, shown.repair.why) == (
        RepairState.UNANSWERED,
        NothingOffered.TOO_LARGE,
    )
    (job,) = await pool.fetch("SELECT id, cause, state FROM scheduler.job")
    assert tuple(job) == (shown.repair.job_id, "pull_out", "queued")
    assert await showing.undecided(pool, HERE, clock.now()) == []


async def test_the_only_visit_cancelled_leaves_a_plan_without_it_that_can_be_published(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    item = await street.visit(await street.resident("Wang"), (700, 760))
    await planned(street, clock)
    visit = await street.visit_of(item)
    shown = await offered(pool, clock, resident, Happened(cause=Cause.CANCELLED, visit_id=visit))
    (way,) = shown.ways
    assert way.offer.unplaced == 0
    await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    assert await visits_of(pool, li, clock) == set()
    assert (
        await pool.fetchval("SELECT cause FROM scheduler.plan WHERE state = 'published'")
        == "cancelled"
    )


async def test_the_only_caregiver_ill_leaves_the_visits_out_with_a_reason_and_can_be_published(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    item = await street.visit(await street.resident("Wang"), (700, 760))
    await planned(street, clock)
    sick = Absence(caregiver_id=li, starts_at=at(480), ends_at=at(1020))
    shown = await offered(pool, clock, resident, Happened(cause=Cause.ABSENCE, absence=sick))
    (way,) = shown.ways
    (change,) = way.changes
    assert (change.effect, way.offer.unplaced) == ("left_out", 1)
    await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    assert await visits_of(pool, li, clock) == set()
    (row,) = await pool.fetch(
        "SELECT u.visit_id, u.reason FROM scheduler.plan_unplaced u"
        " JOIN scheduler.plan p ON p.id = u.plan_id WHERE p.state = 'published'"
    )
    assert tuple(row) == (await street.visit_of(item), "nobody_at_work")


async def test_times_that_are_over_or_the_wrong_way_round_are_refused(
    street: Street, pool: Pool, clock: FakeClock
) -> None:
    li = await street.caregiver("Li", (480, 1020))
    wang = await street.resident("Wang")
    now = clock.now()
    hour = timedelta(hours=1)
    for happened in (
        Happened(cause=Cause.ABSENCE, absence=Absence(caregiver_id=li, starts_at=now, ends_at=now)),
        Happened(
            cause=Cause.ABSENCE,
            absence=Absence(caregiver_id=li, starts_at=now - 2 * hour, ends_at=now - hour),
        ),
        Happened(
            cause=Cause.NEW_VISIT,
            new_visit=NewVisit(
                resident_id=wang, service="company", window_from=now + hour, window_to=now
            ),
        ),
        Happened(
            cause=Cause.NEW_VISIT,
            new_visit=NewVisit(
                resident_id=wang,
                service="company",
                window_from=now + 25 * hour,
                window_to=now + 26 * hour,
            ),
        ),
    ):
        with pytest.raises(InvalidError):
            await asking.ask(pool, CENTRE, event_id=uuid4(), happened=happened, now=now, by=BY)
    assert await pool.fetchval("SELECT count(*) FROM scheduler.repair") == 0


async def test_a_plan_and_its_repair_are_published_together_or_not_at_all(
    street: Street,
    pool: Pool,
    clock: FakeClock,
    resident: ResidentSolver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await street.caregiver("Li", (480, 1020))
    item = await street.visit(await street.resident("Wang"), (700, 760))
    await street.visit(await street.resident("Zhou"), (800, 860))
    await planned(street, clock)
    visit = await street.visit_of(item)
    shown = await offered(pool, clock, resident, Happened(cause=Cause.CANCELLED, visit_id=visit))

    async def lost(*_: object) -> None:
        raise ConnectionResetError

    event = uuid4()
    with monkeypatch.context() as broken:
        broken.setattr(repairing_store, "set_published", lost)
        with pytest.raises(ConnectionResetError):
            await publish(pool, clock, HERE, shown.repair.id, event_id=event, number=1, by=BY)
    assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 1
    done = await publish(pool, clock, HERE, shown.repair.id, event_id=event, number=1, by=BY)
    assert done.state == RepairState.PUBLISHED
    assert done.plan_id == await pool.fetchval(
        "SELECT id FROM scheduler.plan WHERE state = 'published'"
    )


async def test_todays_plan_is_held_before_anybody_asks(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (700, 760))
    async with pool.acquire() as conn:
        (centre,) = [one for one in await every(conn) if one.area in HERE]
    assert await offering.hold(pool, clock.now(), resident, centre) is None
    assert resident.pid is None
    await planned(street, clock)
    held = await offering.hold(pool, clock.now(), resident, centre)
    assert held == await pool.fetchval("SELECT id FROM scheduler.plan WHERE state = 'published'")
    assert resident.pid is not None


async def test_a_dismissed_repair_changes_nothing_and_cannot_be_published(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (700, 760))
    await planned(street, clock)
    shown = await offered(pool, clock, resident, Happened(cause=Cause.ROAD_CLOSED))
    for _ in range(2):
        left = await dismiss(pool, clock, HERE, shown.repair.id, by=BY)
        assert left.state == RepairState.DISMISSED
    with pytest.raises(ConflictError):
        await publish(pool, clock, HERE, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    assert await pool.fetchval("SELECT count(*) FROM scheduler.plan") == 1


async def test_another_centre_s_repairs_and_people_do_not_exist(
    street: Street, pool: Pool, clock: FakeClock, resident: ResidentSolver
) -> None:
    await street.caregiver("Li", (480, 1020))
    await street.visit(await street.resident("Wang"), (700, 760))
    await planned(street, clock)
    shown = await offered(pool, clock, resident, Happened(cause=Cause.ROAD_CLOSED))
    elsewhere = frozenset({"elsewhere"})
    with pytest.raises(NotFoundError):
        await showing.show(pool, elsewhere, shown.repair.id)
    with pytest.raises(NotFoundError):
        await publish(pool, clock, elsewhere, shown.repair.id, event_id=uuid4(), number=1, by=BY)
    nobody = Absence(
        caregiver_id=uuid4(), starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1)
    )
    with pytest.raises(NotFoundError):
        await asking.ask(
            pool,
            CENTRE,
            event_id=uuid4(),
            happened=Happened(cause=Cause.ABSENCE, absence=nobody),
            now=clock.now(),
            by=BY,
        )
    assert await pool.fetchval("SELECT count(*) FROM scheduler.repair") == 1
