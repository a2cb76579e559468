"""The base of every process's settings: frozen, from `CAREBELL_…` variables, built at the roof."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What every process needs. Subclass it in the package that owns the process."""

    model_config = SettingsConfigDict(env_prefix="CAREBELL_", frozen=True, extra="ignore")

    database_url: SecretStr = Field(
        SecretStr(""), description="PostgreSQL 15 or newer; empty: the embedded one"
    )
    data_dir: Path = Field(
        Path(".carebell"), description="Folder of the embedded parts, logs and demo.json"
    )
    zone: str = Field("Asia/Shanghai", description="IANA zone in which a day begins and ends")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_json: bool = Field(default=True, description="JSON log lines; false: for reading")
