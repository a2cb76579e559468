"""What a caregiver's report does to a visit (pure).

Reports are evidence and are never refused for coming late, twice, out of order or from afar: a
phone without signal sends them hours later. The phone's time counts, unless its clock runs ahead.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

from kernel.geo import Position, distance_m
from scheduler.care.model import VisitState

NEAR_M: Final = 200.0
"""A report from further away than this, its fix's accuracy allowed for, is flagged."""
AHEAD: Final = timedelta(minutes=5)
"""A phone's clock this far ahead of ours is not believed."""


class Method(StrEnum):
    """How a caregiver showed to be at the home."""

    QR = "qr"
    GPS = "gps"
    CODE = "code"
    MANUAL = "manual"


class ReportKind(StrEnum):
    """What is reported of a visit as a whole."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A phone's position on WGS-84; accuracy in metres."""

    at: Position
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A check-in or check-out.

    Attributes:
        event_id: made by the phone; the same one again changes nothing.
        device_at: by the phone's clock.
        method: None for a check-out.
        reason: why by hand, or why from afar.
    """

    event_id: UUID
    kind: ReportKind
    by: UUID
    device_at: datetime
    received_at: datetime
    method: Method | None = None
    fix: Fix | None = None
    reason: str = ""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return believed(self.device_at, self.received_at)


def believed(device_at: datetime, received_at: datetime) -> datetime:
    """Return the phone's time, or ours if the phone's is in the future."""
    return received_at if device_at > received_at + AHEAD else device_at


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitProgress:
    """Where a visit stands.

    Attributes:
        came: who checked in or out, in that order.
        inside: who has checked in and not out.
    """

    state: VisitState
    came: tuple[UUID, ...] = ()
    inside: frozenset[UUID] = frozenset()
    started_at: datetime | None = None
    done_at: datetime | None = None


def after(progress: VisitProgress, report: Report) -> VisitProgress:
    """Return where the visit stands once `report` is known.

    It is done when everybody who checked in has checked out. What was missed or cancelled and
    done all the same is done.
    """
    came = progress.came if report.by in progress.came else (*progress.came, report.by)
    started_at = min(progress.started_at or report.at, report.at)
    match report.kind:
        case ReportKind.CHECK_IN:
            if progress.done_at is not None and report.at <= progress.done_at:
                return replace(progress, came=came, started_at=started_at)
            return VisitProgress(
                state=VisitState.STARTED,
                came=came,
                inside=progress.inside | {report.by},
                started_at=started_at,
            )
        case ReportKind.CHECK_OUT:
            inside = progress.inside - {report.by}
            if inside:
                return replace(progress, came=came, inside=inside, started_at=started_at)
            return VisitProgress(
                state=VisitState.DONE,
                came=came,
                started_at=started_at,
                done_at=max(progress.done_at or report.at, report.at),
            )
        case _:
            assert_never(report.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proximity:
    """How far from the home a report was made; unknown without a fix."""

    distance_m: float | None
    far: bool


def proximity(home: Position, fix: Fix | None) -> Proximity:
    """Return the distance and whether a person should look at it."""
    if fix is None:
        return Proximity(distance_m=None, far=False)
    metres = distance_m(home, fix.at)
    return Proximity(distance_m=metres, far=metres - (fix.accuracy_m or 0) > NEAR_M)
