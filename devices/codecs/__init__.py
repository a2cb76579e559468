"""Bytes → messages. One file per dialect and one explicit table; no plug-ins are looked for. Pure.

`decode` raises nothing but `DecodeError`, whatever the bytes.

- `fields` reading untrusted JSON leniently: a flaw beside an alarm must not cost the alarm (pure)
- `v1`     Carebell's own dialect: `docs/protocol.md` (pure)
"""

from datetime import datetime

from devices.codecs import v1
from devices.codecs.fields import DecodeError
from devices.messages import Message
from devices.topics import Topic

__all__ = ["DecodeError", "decode"]


def decode(topic: Topic, payload: bytes, received_at: datetime) -> Message:
    """Return what `payload` says.

    Raises:
        DecodeError: it says nothing we can read; `code` is a constant word.
    """
    return v1.CHANNELS[topic.channel](payload, received_at)
