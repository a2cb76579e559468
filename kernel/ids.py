"""Unique ids: UUID version 7, so that they sort by the time they were made; and whose they are."""

from typing import NewType
from uuid import UUID

import uuid_utils

AccountId = NewType("AccountId", UUID)
"""Of somebody who may log in. Every package has to name who acts; who that is, `people` knows."""


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): unique everywhere, ordered by creation time."""
    return UUID(int=uuid_utils.uuid7().int)
