"""Refusals and bugs as RFC 9457 problem documents. The only place that knows HTTP codes of errors.

Every problem has `type title status detail code`, and the error's own data beside them.
"""

import traceback
from collections.abc import Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.db import UNAVAILABLE
from kernel.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError
from kernel.ids import new_id

_log = structlog.get_logger()


class NotLoggedInError(DomainError):
    """There is no valid session."""

    code = "not-logged-in"


class WrongPasswordError(DomainError):
    """No active account has this name and password."""

    code = "wrong-password"


class TooManyAttemptsError(DomainError):
    """The caller must wait; `data["retry_after_s"]` says how long."""

    code = "too-many-attempts"


class ClaimedByOtherError(ConflictError):
    """Somebody else was first; `data` says who, by name, and when."""

    code = "incident-already-claimed"


class CrossOriginError(ForbiddenError):
    """An unsafe request that does not come from our own pages."""

    code = "cross-origin"


class NotJsonError(InvalidError):
    """The body is not declared as JSON."""

    code = "not-json"


class BodyTooLargeError(InvalidError):
    """The body is larger than any request of ours."""

    code = "too-large"


#: The first class that matches decides; more special classes stand first.
STATUS: Final[Sequence[tuple[type[DomainError], int]]] = (
    (NotLoggedInError, 401),
    (WrongPasswordError, 401),
    (TooManyAttemptsError, 429),
    (NotJsonError, 415),
    (BodyTooLargeError, 413),
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (ConflictError, 409),
    (InvalidError, 422),
    (DomainError, 409),
)
TITLES: Final = {
    400: "The request cannot be read",
    401: "Please log in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    413: "Too large",
    415: "JSON is needed",
    422: "Something in the request is wrong",
    429: "Too many attempts",
    500: "Something went wrong here",
    503: "Not available just now",
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


class Problem(Response):
    """An `application/problem+json` response."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **data: Any,
    ) -> None:
        known = {
            "type": f"urn:carebell:problem:{code}",
            "title": TITLES.get(status, "Error"),
            "status": status,
            "detail": detail,
            "code": code,
        }
        super().__init__(to_json({**data, **known}), status_code=status, headers=headers)


def problem(error: DomainError) -> Problem:
    """Return the response for a refusal."""
    headers = {}
    if "retry_after_s" in error.data:
        headers["Retry-After"] = str(error.data["retry_after_s"])
    return Problem(status_of(error), error.code, error.detail, headers=headers, **error.data)


def unavailable() -> Problem:
    """Return the response for a database that is away."""
    return Problem(
        503,
        "database-unavailable",
        "The database does not answer. Nothing was lost; try again in a moment.",
        headers={"Retry-After": "1"},
    )


#: What to do about a validation error of pydantic's, by its type; else its own message.
_ADVICE: Final = {
    "missing": "is missing: send it",
    "uuid_parsing": "must be a UUID, like 01890a5d-ac96-774b-bcce-b302099a8057",
    "uuid_type": "must be a UUID, like 01890a5d-ac96-774b-bcce-b302099a8057",
    "json_invalid": "is not valid JSON: check the quotes and commas",
    "timezone_aware": "needs a time zone: end it with Z",
    "extra_forbidden": "is not known here: leave it out",
    "datetime_from_date_parsing": "must be a time like 2026-03-02T01:00:00Z",
    "datetime_parsing": "must be a time like 2026-03-02T01:00:00Z",
    "date_from_datetime_parsing": "must be a day like 2026-03-02",
}


def validation_problem(error: RequestValidationError) -> Problem:
    """Return the response that names each wrong field and says what to do."""
    errors = [_advice(item) for item in error.errors()]
    detail = "; ".join(f"{item['field']} {item['message']}" for item in errors)
    return Problem(422, "invalid", detail or "The request is wrong", errors=errors)


def _advice(item: dict[str, Any]) -> dict[str, str]:
    where = [str(part) for part in item["loc"]]
    if item["type"] == "json_invalid":
        where = ["body"]
    field = ".".join(where[1:] if len(where) > 1 else where)
    message = _ADVICE.get(item["type"]) or item["msg"][:1].lower() + item["msg"][1:]
    return {"field": field, "message": message}


def where(error: BaseException) -> list[str]:
    """Return where a bug rose, innermost last; never its message, which may quote the data."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class CatchBugs:
    """Outermost ASGI layer: a bug becomes a 500 with an id that is also in the log.

    The log has the kind of error and where it rose, never its message: messages of databases and
    parsers quote the data.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except UNAVAILABLE as error:
            if scope["type"] != "http" or started:
                raise
            _log.warning("database_unavailable", error=type(error).__name__)
            await unavailable()(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            error_id = str(new_id())
            _log.error(
                "request_failed",
                error_id=error_id,
                error=type(error).__name__,
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                at=where(error),
            )
            response = Problem(
                500,
                "internal-error",
                f"This is a fault of ours, not of yours. Tell support the number {error_id}.",
                error_id=error_id,
            )
            await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Let `app` answer every refusal as a problem document."""

    async def on_refusal(_: Request, error: Exception) -> Response:
        if not isinstance(error, DomainError):
            raise error
        return problem(error)

    async def on_invalid(_: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return validation_problem(error)

    async def on_http(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
        return Problem(
            error.status_code, code, str(error.detail), headers=dict(error.headers or {})
        )

    app.add_exception_handler(DomainError, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
