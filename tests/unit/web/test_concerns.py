"""Which facts wake which phone."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.outbox import Fact, RecordedFact
from web.live.concerns import of_caregiver, of_family

ME, SOMEBODY = uuid4(), uuid4()
MOTHER, HOME = uuid4(), uuid4()


def told(topic: str, **payload: Any) -> RecordedFact:
    plain = {
        name: str(value) if isinstance(value, UUID) else value for name, value in payload.items()
    }
    fact = Fact(topic=topic, area="a", subject="x", payload=plain)
    return RecordedFact(seq=1, at=datetime(2026, 3, 2, tzinfo=UTC), fact=fact)


@pytest.mark.parametrize(
    ("fact", "what"),
    [
        (told("assignment.offered", caregiver_id=ME), "job"),
        (told("assignment.offered", caregiver_id=SOMEBODY), None),
        (told("visit.started", caregiver_ids=[str(SOMEBODY), str(ME)]), "today"),
        (told("visit.started", caregiver_ids=[str(SOMEBODY)]), None),
        (told("plan.published", changed=[{"caregiver_id": str(ME), "visits": []}]), "today"),
        (told("plan.published", changed=[{"caregiver_id": str(SOMEBODY)}]), None),
        (told("plan.published", changed=[]), None),
        (told("incident.opened", home_id=HOME), None),
        (told("planning.progress", job_id=ME), None),
    ],
)
def test_a_caregiver_hears_of_their_own_work(fact: RecordedFact, what: str | None) -> None:
    assert of_caregiver(ME)(fact) == what


@pytest.mark.parametrize(
    ("fact", "concerned"),
    [
        (told("incident.opened", home_id=HOME), True),
        (told("incident.opened", home_id=uuid4()), False),
        (told("incident.opened", home_id=None), False),
        (told("assignment.en_route", home_id=HOME), True),
        (told("visit.done", resident_id=MOTHER, home_id=HOME), True),
        (told("visit.done", resident_id=SOMEBODY, home_id=HOME), False),
        (told("meal.delivered", resident_id=MOTHER), True),
        (told("plan.published", residents=[str(MOTHER)]), True),
        (told("plan.published", residents=[str(SOMEBODY)]), False),
        (told("planning.progress"), False),
    ],
)
def test_a_family_hears_of_its_own_people(fact: RecordedFact, concerned: bool) -> None:
    assert of_family({MOTHER}, {HOME})(fact) == ("status" if concerned else None)
