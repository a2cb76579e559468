"""However a stream of packets is cut, the bulk reader brings what paho alone brings."""

import itertools
import socket
import ssl
import struct
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import paho.mqtt.client as mqtt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from devices.mqtt.bulk import BulkClient
from devices.mqtt.packets import Loose

V3: Final = mqtt.MQTTv311
V5: Final = mqtt.MQTTv5
VERSIONS: Final = pytest.mark.parametrize("version", [V3, V5], ids=["3.1.1", "5"])


class Socket:
    """Gives what it was handed, piece by piece; between two pieces there is nothing to read."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.reads = 0

    def recv(self, most: int) -> bytes:
        self.reads += 1
        if not self.pieces:
            raise BlockingIOError
        piece = self.pieces.pop(0)
        if len(piece) > most:
            self.pieces.insert(0, piece[most:])
        return piece[:most]

    def send(self, data: bytes) -> int:
        return len(data)

    def close(self) -> None:
        pass


class Reader:
    """A client on such a socket, and what it has brought: (topic, payload, qos, retain, mid)."""

    def __init__(self, version: int, *, in_bulk: bool) -> None:
        self.brought: list[tuple[str, bytes, int, bool, int]] = []
        self.batches: list[int] = []
        options: dict[str, Any] = {"protocol": version, "manual_ack": True}
        if in_bulk:
            self.client: mqtt.Client = BulkClient(
                CallbackAPIVersion.VERSION2, on_loose=self._loose, **options
            )
        else:
            self.client = mqtt.Client(CallbackAPIVersion.VERSION2, **options)
        self.client.on_message = self._message
        self.client._sock = self.socket = Socket()  # type: ignore[assignment]

    def _loose(self, messages: Sequence[Loose]) -> None:
        self.batches.append(len(messages))
        self.brought += [(m.topic, m.payload, 0, m.retained, 0) for m in messages]

    def _message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "unreadable"
        payload = bytes(message.payload)
        self.brought.append((topic, payload, message.qos, message.retain, message.mid))

    def reads(self, pieces: Sequence[bytes]) -> MQTTErrorCode:
        """Read as paho's own loop does, whenever the socket has something."""
        for piece in pieces:
            self.socket.pieces.append(piece)
            while self.socket.pieces:
                code = self.client.loop_read()
                if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    return code
        return MQTTErrorCode.MQTT_ERR_SUCCESS


def length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(out)


def publish(
    version: int,
    topic: bytes = b"carebell/v1/north/T-1/heartbeat",
    payload: bytes = b"{}",
    *,
    qos: int = 0,
    flags: int = 0,
    mid: int = 1,
    properties: bytes = b"\x00",
) -> bytes:
    body = struct.pack("!H", len(topic)) + topic
    body += struct.pack("!H", mid) if qos else b""
    body += (properties if version == V5 else b"") + payload
    return bytes([0x30 | qos << 1 | flags]) + length(len(body)) + body


def with_properties() -> bytes:
    said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    said.ContentType = "application/json"
    return bytes(said.pack())  # type: ignore[no-untyped-call]


@st.composite
def packets(draw: st.DrawFn, version: int) -> bytes:
    """A packet as a broker sends it, or nearly."""
    kind = draw(st.sampled_from(["beat"] * 6 + ["alarm", "ping", "ack", "odd", "noise"]))
    topic = draw(st.sampled_from([b"a", b"carebell/v1/north/T-1/heartbeat", b"x" * 200]))
    payload = draw(st.binary(max_size=20) | st.sampled_from([b"y" * 127, b"z" * 20_000]))
    if kind == "beat":
        return publish(version, topic, payload, flags=draw(st.sampled_from([0, 1, 8, 9])))
    if kind == "alarm":
        return publish(version, topic, payload, qos=1, mid=draw(st.integers(1, 65_535)))
    if kind == "ping":
        return b"\xd0\x00"
    if kind == "ack":
        return b"\x40\x02\x00\x07"
    if kind == "odd":
        odd = [publish(version, b"\xff\xfe", payload), publish(version, b"", payload)]
        odd += [publish(version, topic, payload, properties=with_properties())]
        return draw(st.sampled_from(odd))
    return draw(
        st.sampled_from(
            [b"\x30\x00", b"\x30\x01\x00", b"\x30\x02\x00\x09", b"\x31\xff\xff\xff\xff\x01"]
        )
    )


@st.composite
def streams(draw: st.DrawFn, version: int) -> list[bytes]:
    """A stream of packets, cut anywhere."""
    stream = b"".join(draw(st.lists(packets(version), max_size=30)))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(stream) - 1)), max_size=20)))
    edges = [0, *cuts, len(stream)]
    return [stream[a:b] for a, b in itertools.pairwise(edges) if a < b]


@VERSIONS
@given(data=st.data())
def test_any_cutting_of_a_stream_brings_what_paho_alone_brings(
    version: int, data: st.DataObject
) -> None:
    pieces = data.draw(streams(version))
    alone, in_bulk = Reader(version, in_bulk=False), Reader(version, in_bulk=True)
    ends = []
    for reader in (alone, in_bulk):
        try:
            ends.append(str(reader.reads(pieces)))
        except Exception as error:  # noqa: BLE001 - paho stumbles over some noise
            ends.append(type(error).__name__)
    assert in_bulk.brought == alone.brought
    assert ends[0] == ends[1]


@VERSIONS
def test_all_that_one_read_brings_is_taken_at_once_and_in_order(version: int) -> None:
    beats = [publish(version, payload=b"%d" % n) for n in range(300)]
    alarm = publish(version, payload=b"alarm", qos=1, mid=9)
    reader = Reader(version, in_bulk=True)
    reader.reads([b"".join([*beats[:100], alarm, *beats[100:]])])
    assert reader.batches == [100, 200]
    assert [payload for _, payload, _, _, _ in reader.brought] == [
        *(b"%d" % n for n in range(100)),
        b"alarm",
        *(b"%d" % n for n in range(100, 300)),
    ]
    # one that brought everything, one that found no more: paho reads by this method and no other
    assert reader.socket.reads <= 2


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_heartbeat_shows_that_the_broker_is_there(in_bulk: bool) -> None:
    reader = Reader(V3, in_bulk=in_bulk)
    reader.client._last_bytes_received = 0.0
    reader.reads([publish(V3)])
    assert reader.client._last_bytes_received > time.monotonic() - 60


def test_another_connection_begins_with_nothing_of_the_one_before() -> None:
    reader = Reader(V3, in_bulk=True)
    reader.reads([publish(V3, payload=b"whole") + publish(V3, payload=b"cut")[:20]])
    reader.client._sock = reader.socket = Socket()  # type: ignore[assignment]
    reader.reads([publish(V3, payload=b"new")])
    assert [payload for _, payload, _, _, _ in reader.brought] == [b"whole", b"new"]


def test_a_connection_that_the_broker_closes_is_lost() -> None:
    reader = Reader(V3, in_bulk=True)
    assert reader.reads([publish(V3), b""]) == MQTTErrorCode.MQTT_ERR_CONN_LOST
    assert len(reader.brought) == 1


def test_over_tls_nothing_stays_behind_in_the_socket() -> None:
    ours, theirs = socket.socketpair()
    anonymous = "AECDH-AES256-SHA:@SECLEVEL=0"  # without certificates: only the reading matters
    contexts = [ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)]
    for context in contexts:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(anonymous)
    contexts[1].check_hostname, contexts[1].verify_mode = False, ssl.CERT_NONE
    stream = b"".join(publish(V3, payload=b"%d" % n) for n in range(5000))

    def serve() -> None:
        with contexts[0].wrap_socket(theirs, server_side=True) as broker:
            broker.sendall(stream)

    serving = threading.Thread(target=serve)
    serving.start()
    reader = Reader(V3, in_bulk=True)
    with contexts[1].wrap_socket(ours) as sock:
        sock.setblocking(False)
        reader.client._sock = sock
        began = time.monotonic()
        while len(reader.brought) < 5000 and time.monotonic() < began + 30:
            reader.client._loop(timeout=1.0)
    serving.join()
    assert [payload for _, payload, _, _, _ in reader.brought] == [b"%d" % n for n in range(5000)]
