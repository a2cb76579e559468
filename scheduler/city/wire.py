"""Pieces and plans as bytes for the database: JSON, compressed; nothing that could run."""

import zlib
from typing import Final

from pydantic import TypeAdapter

from scheduler.city.model import Piece
from scheduler.model.plan import Plan

LEVEL: Final = 3
"""Of compression; higher takes longer than it saves."""
_PIECE: Final = TypeAdapter(Piece)
_PLAN: Final = TypeAdapter(Plan)


def pack_piece(piece: Piece) -> bytes:
    """Return a piece as bytes."""
    return zlib.compress(_PIECE.dump_json(piece), LEVEL)


def unpack_piece(data: bytes) -> Piece:
    """Return the piece that `pack_piece` was given."""
    return _PIECE.validate_json(zlib.decompress(data))


def pack_plan(plan: Plan) -> bytes:
    """Return a plan as bytes."""
    return zlib.compress(_PLAN.dump_json(plan), LEVEL)


def unpack_plan(data: bytes) -> Plan:
    """Return the plan that `pack_plan` was given."""
    return _PLAN.validate_json(zlib.decompress(data))
