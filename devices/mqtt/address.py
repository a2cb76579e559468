"""A broker's URL: `mqtt://user:password@host:1883?version=5`, `mqtts://…?ca=/path/ca.pem`. Pure."""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from kernel.errors import InvalidError

PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a broker listens and how to log in.

    Attributes:
        version5: speak MQTT 5 instead of 3.1.1.
        ca: file of the authority that signed the broker's certificate; None: the system's.
    """

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca: str | None = None
    version5: bool = False

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the address a URL names.

        Raises:
            InvalidError: it is no MQTT URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InvalidError(f"This is no MQTT URL: {error}.") from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise InvalidError("Begin an MQTT URL with mqtt://host or mqtts://host.")
        options = parse_qs(parts.query)
        version = options.get("version", ["3.1.1"])[-1]
        if version not in {"3.1.1", "5"}:
            raise InvalidError(f"MQTT version {version} is not spoken here: say 3.1.1 or 5.")
        return cls(
            host=parts.hostname,
            port=port or PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=parts.scheme == "mqtts",
            ca=options.get("ca", [None])[-1],
            version5=version == "5",
        )

    def session(self, lane: str) -> str:
        """Return the id of a lane's session: stable, and unguessable without the password.

        Whoever connects with a session's id takes it over, and a broker need not ask who it was. A
        broker keeps a session's messages under this id: it must stay what it is from one version of
        Carebell to the next.
        """
        secret = hashlib.sha256(f"{self.username}:{self.password}:{lane}".encode())
        return f"carebell-{lane}-{secret.hexdigest()[:24]}"
