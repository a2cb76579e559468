"""A row type's columns, named once, in the statements that are built from them at import."""

from collections.abc import Iterable
from typing import Final


class Columns:
    """The columns of one row type, in their order; what a statement says of them is made here."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: Final = tuple(names)

    def without(self, *names: str) -> "Columns":
        """Return the columns but these.

        Raises:
            ValueError: one of them is not among the columns.
        """
        if strangers := set(names) - set(self.names):
            raise ValueError(f"no such columns: {sorted(strangers)}")
        return Columns(name for name in self.names if name not in names)

    def of(self, row: str = "") -> str:
        """Return `a, b`, or `row.a, row.b`."""
        return ", ".join(f"{row}.{name}" if row else name for name in self.names)

    def parameters(self) -> str:
        """Return `$1, $2`: one for each column."""
        return ", ".join(f"${number}" for number in range(1, len(self.names) + 1))

    def taken_from(self, row: str) -> str:
        """Return `a = row.a, b = row.b`, as UPDATE … SET wants it."""
        return ", ".join(f"{name} = {row}.{name}" for name in self.names)


def filled(statement: str, **parts: str) -> str:
    """Return the statement with each `{name}` replaced; other braces stay as they are.

    Raises:
        ValueError: the statement has no place for a part.
    """
    for name, part in parts.items():
        place = f"{{{name}}}"
        if place not in statement:
            raise ValueError(f"the statement has no {place}")
        statement = statement.replace(place, part)
    return statement
