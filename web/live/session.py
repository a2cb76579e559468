"""One console's conversation, without sockets: what to send next, given what was said and told.

    greeting ──hello──▶ syncing ──start(seq)──▶ live

A session is told of changes from the moment it joins the hub. Until it has its snapshot or replay,
it keeps them; `start` drops those the snapshot already shows. So nothing is missed between the two
and nothing comes twice, whichever is faster.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from web.feed.protocol import (
    Change,
    Hello,
    Pong,
    ProtocolViolationError,
    Resume,
    change_frame,
    parse,
)


class Phase(StrEnum):
    """How far a conversation has come."""

    GREETING = "greeting"
    SYNCING = "syncing"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Replay:
    """Send what came after `after`."""

    after: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Send everything as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The outbox as a resuming console meets it.

    Attributes:
        oldest: the oldest fact still kept; 0 when none is.
        limit: more facts than this are not replayed: a snapshot is shorter.
    """

    epoch: UUID
    oldest: int
    head: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What came after `after`, up to `upto`."""

    after: int
    changes: Sequence[Change]
    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A snapshot frame that shows everything up to `seq`."""

    frame: str
    seq: int


def how_to_sync(resume: Resume | None, stream: Stream) -> Replay | Snapshot:
    """Decide whether the changes that a console missed can be replayed."""
    if resume is None or resume.epoch != stream.epoch or resume.seq > stream.head:
        return Snapshot()
    missed = stream.head - resume.seq
    all_kept = missed == 0 or (0 < stream.oldest <= resume.seq + 1)
    return Replay(resume.seq) if all_kept and missed <= stream.limit else Snapshot()


class ConsoleSession:
    """The state of one console's conversation."""

    def __init__(self, areas: frozenset[str], *, keep: int) -> None:
        """Begin in greeting.

        Args:
            areas: ids of all areas this console may see.
            keep: changes kept while it has no snapshot yet; more end the session.
        """
        self.areas = areas
        self.phase = Phase.GREETING
        self._keep = keep
        self._kept: list[Change] = []
        self._sent = 0  # seq of the last numbered frame
        self._covered = 0  # everything up to here has been shown or is not for this console

    @property
    def is_live(self) -> bool:
        """Tell whether the snapshot or replay has been sent."""
        return self.phase is Phase.LIVE

    def receive(self, text: str) -> Hello | None:
        """Take a client's frame; the hello is returned once.

        Raises:
            ProtocolViolationError: not a frame, or not its turn.
        """
        match parse(text):
            case Hello() as hello if self.phase is Phase.GREETING:
                self.phase = Phase.SYNCING
                return hello
            case Pong() if self.phase is not Phase.GREETING:
                return None
            case _:
                raise ProtocolViolationError("say hello first, and once")

    def offer(self, changes: Iterable[Change]) -> list[str]:
        """Take new changes, in order, and return the frames to send now.

        Raises:
            OverflowError: too many changes came before the snapshot was sent.
        """
        if self.phase is Phase.LIVE:
            return self._frames(changes)
        self._kept += (told for told in changes if told.area in self.areas)
        if len(self._kept) > self._keep:
            raise OverflowError
        return []

    def caught_up(self, found: Missed | Shown) -> list[str]:
        """Go live with what was read for this console, and return the frames to send.

        Whoever calls this must queue the frames before anything else can be told to the session:
        from now on it takes changes, and they come after these.
        """
        match found:
            case Missed():
                return self.replayed(found.after, found.changes, found.upto)
            case Shown():
                return [found.frame, *self.snapshotted(found.seq)]

    def replayed(self, after: int, changes: Sequence[Change], upto: int) -> list[str]:
        """Return the frames for what was missed after `after` up to `upto`, then go live."""
        self._sent = self._covered = after
        return self._frames(changes) + self._go_live(upto)

    def snapshotted(self, seq: int) -> list[str]:
        """Go live after a snapshot that shows everything up to `seq`."""
        self._sent = seq
        return self._go_live(seq)

    def _go_live(self, upto: int) -> list[str]:
        self.phase = Phase.LIVE
        self._covered = upto
        kept, self._kept = self._kept, []
        return self._frames(kept)

    def _frames(self, changes: Iterable[Change]) -> list[str]:
        frames = []
        for told in changes:
            if told.seq <= self._covered:
                continue  # the hub may still be behind the snapshot
            self._covered = told.seq
            if told.area in self.areas:
                frames.append(change_frame(told, self._sent))
                self._sent = told.seq
        return frames
