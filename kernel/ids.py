"""Unique ids: UUID version 7, so that they sort by the time they were made."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): unique everywhere, ordered by creation time."""
    return UUID(int=uuid_utils.uuid7().int)
