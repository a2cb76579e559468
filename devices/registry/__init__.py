"""Which terminals there are, in whose home they stand, and how they log in.

- `model`        a terminal as the registry knows it
- `credentials`  secrets and their hashes
- `store`        SQL
- `enrolment`    enrol, bind, rotate, retire, look up
- `access`       keeps the broker's users in step with the registry
- `commands`     what is to be sent to terminals, durable until answered or expired
"""

from devices.registry.enrolment import (
    Enrolment,
    bind,
    enrol,
    enrol_many,
    find,
    of_home,
    retire,
    rotate,
    unbind,
)
from devices.registry.model import Terminal, TerminalState

__all__ = [
    "Enrolment",
    "Terminal",
    "TerminalState",
    "bind",
    "enrol",
    "enrol_many",
    "find",
    "of_home",
    "retire",
    "rotate",
    "unbind",
]
