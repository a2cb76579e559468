"""What a fleet sent and what came of it. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from devices.dialects.carebell_v1 import Channel


@dataclass(slots=True)
class Report:
    """Figures of one run.

    Attributes:
        sent: messages handed to the broker, by channel, resends included.
        alarms: different alarms sent at least once.
        confirmed: those that `received` came for.
        latencies_s: from an alarm's first sending to its `received`, real seconds.
    """

    terminals: int = 0
    connected: int = 0
    refused: int = 0
    sent: Counter[Channel] = field(default_factory=Counter)
    resent: int = 0
    alarms: int = 0
    confirmed: int = 0
    commands: int = 0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def unconfirmed(self) -> int:
        """Alarms sent and not confirmed."""
        return self.alarms - self.confirmed

    def quantile_s(self, share: float) -> float | None:
        """Return the latency that `share` of the confirmed alarms stayed within; None without."""
        if not self.latencies_s:
            return None
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def rows(self) -> list[tuple[str, str]]:
        """Return the report as (what, figure), for a table."""

        def shown(seconds: float | None) -> str:
            return "-" if seconds is None else f"{seconds * 1000:.1f} ms"

        return [
            ("terminals connected", f"{self.connected} of {self.terminals}"),
            ("log-ins refused", str(self.refused)),
            *((f"{channel.value} sent", str(count)) for channel, count in self.sent.items()),
            ("alarms", str(self.alarms)),
            ("alarms sent again", str(self.resent)),
            ("alarms confirmed", str(self.confirmed)),
            ("alarms unconfirmed", str(self.unconfirmed)),
            ("commands taken", str(self.commands)),
            ("sent to received, p50", shown(self.quantile_s(0.5))),
            ("sent to received, p99", shown(self.quantile_s(0.99))),
        ]
