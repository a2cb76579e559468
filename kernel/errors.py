"""Expected refusals. Whatever is not a `DomainError` is a bug and rises."""

from typing import Any, ClassVar


class DomainError(Exception):
    """An expected refusal: the request was understood and may not be carried out.

    `code` is a stable word for machines (`incident-already-claimed`), `data` says what a person
    needs to act on it. No HTTP here: `web.errors` maps the tree once.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, detail: str, **data: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.data = data


class NotFoundError(DomainError):
    """The thing named does not exist, or is outside what the asker may see."""

    code = "not-found"


class ConflictError(DomainError):
    """The thing is not in a state that allows this."""

    code = "conflict"


class InvalidError(DomainError):
    """The input is well-formed but breaks a rule; `data` names the field."""

    code = "invalid"


class ForbiddenError(DomainError):
    """The asker may see the thing but not do this to it."""

    code = "forbidden"
