"""Settings of the roof."""

from pydantic import Field

from kernel.settings import Settings


class RoofSettings(Settings):
    """What `carebell up` and every process need beside the common settings."""

    metrics_ports: dict[str, int] = Field(
        {},
        description="Ports on 127.0.0.1 for Prometheus, as JSON:"
        ' `{"ingest": 9101, "engine": 9102, "planner": 9103}`; empty: none',
    )
