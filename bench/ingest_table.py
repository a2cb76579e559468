"""What `bench.ingest` has measured: ratios that no bad moment of the bare pipe makes better."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

SIGNS: Final = ("committed", "received", "framed")
QUANTILES: Final = ("p50", "p99")


def ratios(before: Mapping[str, Any], after: Mapping[str, Any], ours: Mapping[str, Any]) -> Any:
    """Return ours ÷ bare for each sign and quantile: ÷ the better of the two bare runs."""
    return {
        sign: {
            quantile: ours[sign][quantile] / min(before[sign][quantile], after[sign][quantile])
            for quantile in QUANTILES
            if all(run[sign].get(quantile) for run in (before, after, ours))
        }
        for sign in SIGNS
    }


def show(figures: Mapping[str, Any]) -> None:
    """Print the figures."""
    console, drain = Console(width=110), figures["drain"]
    parts = (figures, figures["without_heartbeats"])
    for part in parts:
        console.print(_table(part, figures["presses"]))
        taken = ", ".join(f"{name} {share:.0f} %" for name, share in part["cpu"].items())
        console.print(f"of a core while pressing: {taken}\n")
    if drain["bare"]:
        console.print(
            f"heartbeats/s: paho into nothing {drain['bare']:,.0f}, "
            f"Carebell into PostgreSQL {drain['carebell']:,.0f}; ÷ bare {drain['share']:.2f}"
        )
    for part in parts:
        found = part["ratios"]["framed"]
        said = ", ".join(f"{quantile} {found[quantile]:.1f}" for quantile in found)
        console.print(f"press → frame beside {part['heartbeats_beside']:.0f}/s ÷ bare: {said}")


def _table(part: Mapping[str, Any], presses: int) -> Table:
    title = f"press → …, ms, beside {part['heartbeats_beside']:.0f} heartbeats/s"
    table = Table(title=title)
    for name in ("", "p50 bare", "ours", "bare", "÷", "p99 bare", "ours", "bare", "÷", "seen"):
        table.add_column(name, justify="right")
    for sign in SIGNS:
        cells = []
        for quantile in QUANTILES:
            runs = (part["bare_before"], part["carebell"], part["bare_after"])
            cells += [_text(run[sign].get(quantile)) for run in runs]
            cells.append(_text(part["ratios"][sign].get(quantile)))
        table.add_row(sign, *cells, f"{part['carebell'][sign]['count']} of {presses}")
    return table


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
