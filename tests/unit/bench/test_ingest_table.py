"""The alarm path's figures are ratios that noise cannot make better."""

import os
from typing import Any

import pytest

from bench.cpu import Cpu
from bench.ingest_table import SIGNS, ratios, show
from bench.pressing import Times, quantiles


def run(p50: float, p99: float) -> dict[str, Any]:
    return {sign: {"p50": p50, "p99": p99, "max": p99, "count": 9} for sign in SIGNS}


def test_a_ratio_is_to_the_better_of_the_two_bare_runs() -> None:
    found = ratios(run(2, 40), run(4, 10), run(6, 30))
    assert found["framed"] == {"p50": 3, "p99": 3}


def test_a_sign_that_nobody_saw_has_no_ratio() -> None:
    nothing = {sign: {"count": 0} for sign in SIGNS}
    assert ratios(nothing, run(4, 10), run(6, 30))["received"] == {}


def test_a_sign_that_never_came_is_not_counted_as_a_fast_one() -> None:
    times = Times(pressed={"a": 1.0, "b": 2.0}, framed={"a": 1.25})
    assert quantiles(times.late("framed")) == {"p50": 250, "p99": 250, "max": 250, "count": 1}


def test_the_table_says_what_is_asked_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    part = {"bare_before": run(2, 5), "bare_after": run(2, 6), "carebell": run(6, 15)}
    part |= {"ratios": ratios(part["bare_before"], part["bare_after"], part["carebell"])}
    part |= {"cpu": {"ingest": 12.4}}
    drain = {"bare": 40_000.0, "carebell": 36_000.0, "share": 0.9}
    show(
        {
            **part,
            "presses": 9,
            "heartbeats_beside": 3500,
            "drain": drain,
            "without_heartbeats": {**part, "heartbeats_beside": 0},
        }
    )
    said = capsys.readouterr().out
    assert "press → frame beside 3500/s ÷ bare: p50 3.0, p99 3.0" in said
    assert "36,000; ÷ bare 0.90" in said
    assert "ingest 12 %" in said


def test_a_process_that_computes_is_seen_to() -> None:
    watched = Cpu.of(me=os.getpid(), nobody=None)
    sum(n * n for n in range(300_000))
    assert set(watched.percent()) == {"me"}
    assert watched.percent()["me"] > 0
