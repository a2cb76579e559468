"""Settings of the planner process."""

from typing import Literal

from pydantic import Field

from kernel.settings import Settings


class PlannerSettings(Settings):
    """What the planner process needs beside the common settings."""

    plan_seconds: int = Field(
        20, ge=1, le=3600, description="Search time for a day's plan that nobody asked for, seconds"
    )
    plan_threads: int = Field(2, ge=1, le=64, description="Cores a search may use")
    week_seconds: float = Field(
        5, ge=1, le=600, description="Search time for the days and people of a week, seconds"
    )
    repair_seconds: float = Field(
        3.0, ge=0, le=60, description="Search time when a caregiver is pulled out, seconds"
    )
    repair_pull_outs: Literal["publish", "ask"] = Field(
        "publish",
        description="What an alarm takes away: repaired and published at once, or offered to a"
        " planner first",
    )
    tomorrow_at: int = Field(
        18 * 60,
        ge=0,
        le=1440,
        description="When tomorrow is planned, minutes of the centre's local day",
    )


class WorkerSettings(Settings):
    """How a worker takes the pieces of a city's plan; the planner process is one, too."""

    worker_pieces: int = Field(
        1, ge=0, le=256, description="Pieces solved at once; 0: the planner leaves them to workers"
    )
    worker_threads: int = Field(2, ge=1, le=64, description="Cores for each piece")
    worker_silence: float = Field(
        30,
        ge=1,
        le=600,
        description="Seconds without a sign of life after which a worker's pieces are taken over;"
        " the same on every machine",
    )
