"""Refusals speak with one voice: a sentence, from its capital to its full stop."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("kernel", "people", "devices", "dispatch", "scheduler", "web", "carebell")
#: A name of a program or a value may stand first, what a program wrote last.
SENTENCE = re.compile(
    "([A-Z\N{REPLACEMENT CHARACTER}]|[a-z-]+ is ).*[.?\N{REPLACEMENT CHARACTER}]", re.DOTALL
)
#: What stands where a value is put in.
VALUE = "\N{REPLACEMENT CHARACTER}"


def refusals(trees: dict[Path, ast.Module]) -> frozenset[str]:
    """Names of `DomainError` and of all that descend from it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found, before = {"DomainError"}, 0
    while len(found) > before:
        before = len(found)
        found |= {name for name, of in bases.items() if of & found}
    return frozenset(found)


def text_of(node: ast.expr) -> str | None:
    """What a literal says; None if it is none."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or VALUE for part in parts)
        case _:
            return None


def said(tree: ast.Module, names: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Each text that a refusal is made with, and its line."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        of_super = name == "__init__" and isinstance(called, ast.Attribute)
        if name in names or of_super:
            text = text_of(node.args[0])
            if text is not None and not (of_super and not text.strip()):
                yield node.lineno, text


def test_every_refusal_is_a_sentence(tracked: list[Path]) -> None:
    ours = [path for path in tracked if path.suffix == ".py" and path.parts[0] in PACKAGES]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in ours}
    names = refusals(trees)
    assert {"NotFoundError", "OutdatedError", "StartError"} <= names
    found = [
        (f"{path}:{line}", text) for path, tree in trees.items() for line, text in said(tree, names)
    ]
    assert len(found) > 100
    assert [each for each in found if not SENTENCE.fullmatch(each[1])] == []
