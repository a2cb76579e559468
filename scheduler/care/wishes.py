"""What residents ask of whoever comes, as skills: a gender, a shared language, the key (pure).

A wish for a language is for somebody who speaks any that the resident does: the skill names them
all, and whoever speaks one of them has it.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

_GENDER: Final = "gender:"
_LANGUAGE: Final = "language:"
_KEY: Final = "key:"
_OR: Final = "/"


def wished(gender: str | None, languages: Iterable[str], key_of: UUID | None) -> frozenset[str]:
    """Return a resident's wishes as skills.

    Args:
        gender: "female" or "male"; None: no wish.
        languages: the resident's, when it matters; none: no wish.
        key_of: the home, when only somebody with its key gets in.
    """
    spoken = sorted(languages)
    return frozenset(
        [
            *([f"{_GENDER}{gender}"] if gender else []),
            *([_LANGUAGE + _OR.join(spoken)] if spoken else []),
            *([f"{_KEY}{key_of}"] if key_of else []),
        ]
    )


def offered(
    gender: str, languages: frozenset[str], keys: frozenset[UUID], *, asked: frozenset[str]
) -> frozenset[str]:
    """Return those of the wishes `asked` that somebody fulfils."""
    return frozenset(wish for wish in asked if _fulfils(wish, gender, languages, keys))


def _fulfils(wish: str, gender: str, languages: frozenset[str], keys: frozenset[UUID]) -> bool:
    kind, _, rest = wish.partition(":")
    match f"{kind}:":
        case "gender:":
            return rest == gender
        case "language:":
            return not languages.isdisjoint(rest.split(_OR))
        case _:
            return rest in {str(home) for home in keys}
