"""The second opinion finds what is wrong, on an instance small enough to count by hand."""

import json
from typing import Any

import pytest

from bench.evaluate import evaluate, hhcrsp_json, solomon

PATIENT = {
    "id": "p1",
    "time_window": [10, 20],
    "required_caregivers": [{"service": "s0", "duration": 5}, {"service": "s1", "duration": 5}],
    "synchronization": {"type": "sequential", "distance": [3, 6]},
}
CARE = json.dumps(
    {
        "patients": [PATIENT],
        "services": [{"id": "s0"}, {"id": "s1"}],
        "caregivers": [{"id": "c0", "abilities": ["s0"]}, {"id": "c1", "abilities": ["s0", "s1"]}],
        "distances": [[0, 12], [12, 0]],
    }
)
VEHICLES = """TINY
VEHICLE
NUMBER CAPACITY
1 10
CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE
0 0 0 0 0 100 0
1 3 4 6 10 20 2
2 3 0 4 0 50 2
"""


def stop(node: int, service: int | None, start: float) -> dict[str, Any]:
    return {"node": node, "service": service, "start": start}


def test_travel_and_both_kinds_of_lateness_are_counted_by_hand() -> None:
    verdict = evaluate(hhcrsp_json(CARE), [[stop(1, 0, 18)], [stop(1, 1, 24)]])
    assert verdict.faults == []
    assert verdict.objective == pytest.approx((48 + 4 + 4) / 3)


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([[stop(1, 0, 11)], [stop(1, 1, 15)]], "too early"),
        ([[stop(1, 0, 12)], [stop(1, 1, 19)]], "over 6"),
        ([[stop(1, 0, 12)], [stop(1, 1, 14)]], "under 3"),
        ([[stop(1, 1, 16)], [stop(1, 0, 12)]], "may not do"),
        ([[], [stop(1, 0, 12), stop(1, 1, 17)]], "both services"),
        ([[stop(1, 0, 12)], []], "done 0 times"),
        ([[stop(1, 0, 12)]], "1 routes"),
        ([[stop(1, 0, 12)], [stop(1, 1, 16), stop(9, 0, 90)]], "not asked for"),
    ],
)
def test_a_broken_rule_of_care_is_named(routes: list[list[dict[str, Any]]], fault: str) -> None:
    assert any(fault in found for found in evaluate(hhcrsp_json(CARE), routes).faults)


def test_vehicles_travel_straight_lines_cut_to_a_tenth() -> None:
    verdict = evaluate(solomon(VEHICLES), [[stop(1, None, 10), stop(2, None, 16)]])
    assert verdict.faults == []
    assert verdict.objective == pytest.approx(5 + 4 + 3)


def test_a_vehicle_may_not_be_late() -> None:
    verdict = evaluate(solomon(VEHICLES), [[stop(2, None, 3), stop(1, None, 21)]])
    assert any("too late" in fault for fault in verdict.faults)


def test_a_vehicle_may_not_be_overfull() -> None:
    tight = VEHICLES.replace("1 10\n", "1 9\n")
    verdict = evaluate(solomon(tight), [[stop(1, None, 10), stop(2, None, 16)]])
    assert any("carries 10 of 9" in fault for fault in verdict.faults)
