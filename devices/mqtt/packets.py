"""A broker's bytes, cut into QoS 0 messages, many at once, and everything else. Pure."""

from typing import Final, NamedTuple

_PUBLISH_QOS_0: Final = 0x30
_TYPE_AND_QOS: Final = 0xF6
_RETAINED: Final = 0x01
_MORE: Final = 0x80  # in a byte of a length: another one follows
_LONGEST_LENGTH: Final = 4  # bytes that say how long a packet is


class Loose(NamedTuple):
    """A QoS 0 message: nobody waits for its acknowledgement."""

    topic: str
    payload: bytes
    retained: bool


class Stream:
    """What a connection has brought and nobody has taken yet, in order.

    `loose` returns the QoS 0 messages in front; `rest` then returns the packet of another kind that
    comes before the next of them, once it is there whole. What is no well-formed QoS 0 message, or
    has properties of MQTT 5, is of another kind: what to make of it is for its reader to say.
    """

    def __init__(self, *, version5: bool) -> None:
        self._version5 = version5
        self._data = b""
        self._at = 0  # what is before it was taken
        self._owed = 0  # bytes in front that are of another kind
        self._is_stuck = True  # nothing more to hand out until more is fed
        self._broken = False  # where the next packet begins cannot be known

    @property
    def is_waiting(self) -> bool:
        """There is something to hand out."""
        return not self._is_stuck

    def feed(self, data: bytes) -> None:
        """Take in the next bytes of the connection."""
        self._is_stuck = False
        self._data = self._data[self._at :] + data if self._at < len(self._data) else data
        self._at = 0

    def rest(self, most: int) -> bytes:
        """Return at most `most` bytes of the packet in front; none when it is not of that kind."""
        if self._broken:
            self._owed = len(self._data) - self._at
            self._is_stuck = True
        end = self._at + min(most, self._owed)
        given = self._data[self._at : end]
        self._owed -= len(given)
        self._at = end
        return given

    def loose(self) -> list[Loose]:
        """Return the complete QoS 0 messages in front."""
        found: list[Loose] = []
        if self._broken or self._owed:
            return found
        data, at, end = self._data, self._at, len(self._data)
        while at + 1 < end:
            size, start = data[at + 1], at + 2
            if size & _MORE:
                measured = self._measure(at + 1)
                if measured is None:
                    break
                size, start = measured
            stop = start + size
            if stop > end:
                break
            message = None
            if data[at] & _TYPE_AND_QOS == _PUBLISH_QOS_0:
                message = self._read(start, stop, retained=bool(data[at] & _RETAINED))
            if message is None:
                self._owed = stop - at
                break
            found.append(message)
            at = stop
        self._at = at
        self._is_stuck = not self._owed
        return found

    def _measure(self, at: int) -> tuple[int, int] | None:
        """Read a length of several bytes; return it and where it ends, or None."""
        size = 0
        for place, byte in enumerate(self._data[at : at + _LONGEST_LENGTH]):
            size |= (byte & ~_MORE) << (7 * place)
            if not byte & _MORE:
                return size, at + place + 1
        self._broken = len(self._data) >= at + _LONGEST_LENGTH
        return None

    def _read(self, start: int, stop: int, *, retained: bool) -> Loose | None:
        data, topic = self._data, start + 2
        if topic >= stop:
            return None
        payload = topic + (data[start] << 8 | data[start + 1])
        if payload == topic or payload > stop:
            return None
        try:
            name = data[topic:payload].decode()
        except UnicodeDecodeError:
            return None
        if self._version5:
            if payload == stop or data[payload]:  # properties, or not even their length
                return None
            payload += 1
        return Loose(name, data[payload:stop], retained)
