"""Settings of the web process."""

from pathlib import Path
from typing import Final

from pydantic import Field

from kernel.settings import Settings

_HERE: Final = Path(__file__).parent


class WebSettings(Settings):
    """What the web process needs beside the common settings."""

    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port of the web server; 0: any free one")
    public_origins: tuple[str, ...] = Field(
        (),
        description="Further origins that pages may be served from, as a JSON list of"
        " `https://host[:port]`; needed only when a proxy changes the `Host` header",
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Proxies whose X-Forwarded-… headers are believed; * for any"
    )
    pool_size: int = Field(10, ge=2, le=100, description="Database connections of one web process")
    session_idle_minutes: int = Field(
        12 * 60, ge=5, description="A log-in unused for so long ends; an open console counts as use"
    )
    session_days: int = Field(
        30, ge=1, le=366, description="A log-in ends after so many days, used or not"
    )
    login_failures_per_minute: int = Field(
        10, ge=1, description="Wrong passwords a minute for one account from one address"
    )
    login_attempts_per_minute: int = Field(
        300, ge=1, description="Log-ins a minute from one address, right or wrong"
    )
    rate_limit_url: str = Field(
        "memory://",
        description="Where log-in counts are kept; several web processes share `redis://host:6379`",
    )
    live_send_deadline_s: float = Field(
        1.5, gt=0, le=10, description="A console that takes nothing for so long is cut off"
    )
    live_queue: int = Field(
        1000, ge=10, description="Frames waiting for one console before it is cut off"
    )
    live_replay: int = Field(
        2000, ge=0, description="A console further behind gets a snapshot, not the missed changes"
    )
    ui_dir: Path = Field(_HERE / "ui" / "dist", description="The built front end")
    map_origins: tuple[str, ...] = Field(
        (), description="Origins of map tiles pages may load, as a JSON list; empty: none needed"
    )
