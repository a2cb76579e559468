"""Ids of what the call centre handles: UUIDs that cannot be mistaken for one another."""

from typing import NewType
from uuid import UUID

IncidentId = NewType("IncidentId", UUID)
AlarmId = NewType("AlarmId", UUID)
AssignmentId = NewType("AssignmentId", UUID)
