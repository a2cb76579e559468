"""Settings of the roof."""

from pydantic import Field, SecretStr

from kernel.settings import Settings


class RoofSettings(Settings):
    """What `carebell up` and every process need beside the common settings."""

    metrics_ports: dict[str, int] = Field(
        {},
        description="Ports on 127.0.0.1 for Prometheus, as JSON:"
        ' `{"ingest": 9101, "beats": 9102, "engine": 9103}`; empty: none',
    )


class SimulatorSettings(Settings):
    """How the demo's simulator lives."""

    mqtt_url: SecretStr = Field(SecretStr(""), description="See the ingest process")
    simulator_speed: float = Field(
        1.0, gt=0, le=1000, description="Simulated seconds in one real second"
    )
    simulator_url: str = Field(
        "", description="Web server at which simulated caregivers log in; empty: no caregivers"
    )
    simulator_seed: int = Field(1, description="The same seed, the same lives")
