"""Messages between us and our children: a length, then a pickle, in both directions.

Only what we start ourselves is on the other end, so a pickle is as safe as an import.
"""

import asyncio
import os
import pickle
import sys
from typing import Any, BinaryIO, Final

LENGTH_BYTES: Final = 4


def pack(message: object) -> bytes:
    """Return a message as it goes through a pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(LENGTH_BYTES) + body


async def receive(stream: asyncio.StreamReader) -> Any:
    """Return the child's next message.

    Raises:
        asyncio.IncompleteReadError: it wrote its last.
    """
    size = int.from_bytes(await stream.readexactly(LENGTH_BYTES))
    return pickle.loads(await stream.readexactly(size))  # noqa: S301 - our own child wrote it


def take(source: BinaryIO) -> Any:
    """Return the parent's next message; None: it closed the pipe."""
    body = source.read(int.from_bytes(source.read(LENGTH_BYTES)))
    return pickle.loads(body) if body else None  # noqa: S301 - our own parent wrote it


def give(out: BinaryIO, message: object) -> None:
    """Write a message to the parent."""
    out.write(pack(message))
    out.flush()


def own_stdout() -> BinaryIO:
    """Keep stdout for frames: a library that prints writes to stderr from now on."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out
