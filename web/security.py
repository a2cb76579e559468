"""What protects pages and API from other sites: origin checks, headers, tokens, log-in limits."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import DomainError
from web.errors import (
    BodyTooLargeError,
    CrossOriginError,
    NotJsonError,
    TooManyAttemptsError,
    problem,
)

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES: Final = 256 * 1024
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ENCRYPTED: Final = frozenset({"https", "wss"})


def new_token() -> str:
    """Return a random 256-bit session token, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a token: 32 bytes from which it cannot be found again."""
    return hashlib.sha256(token.encode()).digest()


def is_same_origin(
    headers: Mapping[str, str], scheme: str, public_origins: Sequence[str] = ()
) -> bool:
    """Tell whether a browser sent this from one of our own pages.

    `Sec-Fetch-Site` cannot be forged by a page, so where it is present it decides. Else `Origin`
    must name our own host, or one of `public_origins`. A request with neither is refused: what is
    not a browser can send `Origin` itself.
    """
    origin = headers.get("origin")
    if origin is not None and origin in public_origins:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return origin is not None and _is_own(origin, headers.get("host", ""), scheme)


def may_open_socket(
    headers: Mapping[str, str], scheme: str, public_origins: Sequence[str] = ()
) -> bool:
    """Tell whether a websocket was opened by one of our own pages.

    Browsers always send `Origin` here. What they say of `Sec-Fetch-Site` differs between them, as
    `ws:` is not the scheme of the page, so it may help but not harm.
    """
    given = {name: headers[name] for name in ("origin", "host") if name in headers}
    if headers.get("sec-fetch-site") == "same-origin":
        given["sec-fetch-site"] = "same-origin"
    return is_same_origin(given, scheme, public_origins)


def _is_own(origin: str, host: str, scheme: str) -> bool:
    """Tell whether `origin` is a page of `host`, as the `Host` header names it.

    A proxy that ends TLS may leave us thinking that the scheme is plain; a page that is plain may
    never write to a server that is not.
    """
    try:
        page = urlsplit(origin)
        here = urlsplit(f"{page.scheme}://{host}")
        default = _DEFAULT_PORTS[page.scheme]
        same_port = (page.port or default) == (here.port or default)
    except (ValueError, KeyError):
        return False
    downgraded = scheme in _ENCRYPTED and page.scheme not in _ENCRYPTED
    return bool(page.hostname) and page.hostname == here.hostname and same_port and not downgraded


def content_security_policy(map_origins: Sequence[str] = ()) -> str:
    """Return the policy of our pages: own code only; blobs for the map's worker and voice notes.

    Styles may be inline, because the component and chart libraries set them in markup.
    """
    maps = "".join(f" {origin}" for origin in map_origins)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "worker-src 'self' blob:",
            "child-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{maps}",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            f"connect-src 'self'{maps}",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Guard:
    """ASGI layer: refuses foreign and oversized requests, and puts security headers on answers."""

    def __init__(
        self, app: ASGIApp, *, public_origins: Sequence[str], map_origins: Sequence[str]
    ) -> None:
        self._app = app
        self._origins = tuple(public_origins)
        self._headers = {
            "Content-Security-Policy": content_security_policy(map_origins),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; sockets check their origin themselves, to close with a code."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await problem(refusal)(scope, receive, guarded_send)
        else:
            await self._app(scope, receive, guarded_send)

    def _refusal(self, scope: Scope) -> DomainError | None:
        if scope["method"] in SAFE_METHODS:
            return None
        headers = Headers(scope=scope)
        if not is_same_origin(headers, scope["scheme"], self._origins):
            return CrossOriginError(
                "This request does not come from our own pages. Programs: send the header Origin"
                " with the address of this server."
            )
        length = headers.get("content-length")
        if "transfer-encoding" in headers or (length is not None and not length.isdigit()):
            return BodyTooLargeError("Send a Content-Length.", limit_bytes=MAX_BODY_BYTES)
        if int(length or 0) > MAX_BODY_BYTES:
            return BodyTooLargeError(
                f"At most {MAX_BODY_BYTES} bytes are taken.", limit_bytes=MAX_BODY_BYTES
            )
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if int(length or 0) > 0 and kind != "application/json":
            return NotJsonError("Send the body as application/json.")
        return None


class LoginLimits:
    """Counts log-ins, so that passwords cannot be tried out, nor the hash be used to tire us.

    Wrong passwords count for one account from one address (nobody can lock out an operator from
    elsewhere), every attempt for its address.
    """

    def __init__(self, url: str, *, failures_per_minute: int, attempts_per_minute: int) -> None:
        storage = storage_from_string(url)
        if not isinstance(storage, Storage):
            raise TypeError("rate_limit_url must name a synchronous storage")
        self._limiter = MovingWindowRateLimiter(storage)
        self._failures: RateLimitItem = RateLimitItemPerMinute(failures_per_minute)
        self._attempts: RateLimitItem = RateLimitItemPerMinute(attempts_per_minute)

    def attempt(self, address: str, username: str) -> None:
        """Count an attempt before the password is looked at.

        Raises:
            TooManyAttemptsError: this address, or this address for this account, must wait.
        """
        if not self._limiter.test(self._failures, "failure", address, username):
            raise self._wait(self._failures)
        if not self._limiter.hit(self._attempts, "attempt", address):
            raise self._wait(self._attempts)

    def failed(self, address: str, username: str) -> None:
        """Count a wrong password."""
        self._limiter.hit(self._failures, "failure", address, username)

    @staticmethod
    def _wait(item: RateLimitItem) -> TooManyAttemptsError:
        # The storage's own clock gives the reset time; a moving minute never asks for more.
        return TooManyAttemptsError(
            "Too many attempts. Wait a minute, then try again.",
            retry_after_s=item.get_expiry(),
        )
