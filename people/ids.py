"""Ids of whom the centre knows: UUIDs that cannot be mistaken for one another."""

from typing import NewType
from uuid import UUID

from kernel.ids import AccountId

__all__ = ["AccountId", "CaregiverId", "ContactId", "HomeId", "ResidentId"]

CaregiverId = NewType("CaregiverId", UUID)
ContactId = NewType("ContactId", UUID)
HomeId = NewType("HomeId", UUID)
ResidentId = NewType("ResidentId", UUID)
