"""The figures every process counts. `web` serves its own at `/metrics`; others on a local port."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20, 60, 180)

RECEIPT_TO_COMMIT: Final = Histogram(
    "carebell_receipt_to_commit_seconds",
    "MQTT receipt to durable commit",
    ["lane"],
    buckets=_SECONDS,
)
COMMIT_TO_FRAME: Final = Histogram(
    "carebell_commit_to_frame_seconds",
    "Outbox commit to console frame handed to the socket",
    buckets=_SECONDS,
)
RING_TO_CLAIM: Final = Histogram(
    "carebell_ring_to_claim_seconds", "Incident opened to claimed", buckets=_SECONDS
)
UNACKED: Final = Gauge(
    "carebell_mqtt_unacked_messages", "Messages taken but not acknowledged", ["lane"]
)
MESSAGES: Final = Counter("carebell_mqtt_messages_total", "Messages taken", ["lane", "outcome"])
OUTBOX_LAG: Final = Gauge("carebell_outbox_lag", "Facts a consumer has not yet seen", ["consumer"])
OVERDUE_STEPS: Final = Gauge("carebell_overdue_steps", "Incident steps past their deadline")
PLAN_VIOLATIONS: Final = Counter(
    "carebell_plan_violations_total", "Violations that blocked a publication", ["rule"]
)
CONSOLES: Final = Gauge("carebell_live_sessions", "Open live sockets", ["kind"])
CONSOLES_CUT: Final = Counter("carebell_live_sessions_cut_total", "Sockets cut off by deadline")
