"""Heartbeats as fast as asked, at next to no cost: packets are made once and sent in slices.

    python -m bench.load --broker URL --rate 3500 --seconds 30 TOPICS_FILE

Rate 0: as fast as the broker takes them. Prints how many it sent.
"""

import argparse
import json
import socket
import struct
import time
from pathlib import Path
from typing import Final

from devices.mqtt.address import Address

SLICE_S: Final = 0.01
ROUNDS: Final = 8  # different sequence numbers before packets repeat
BURST: Final = 256


def text(value: str) -> bytes:
    """Return a string as MQTT writes it."""
    raw = value.encode()
    return struct.pack("!H", len(raw)) + raw


def remaining(length: int) -> bytes:
    """Return a remaining length as MQTT writes it."""
    out = bytearray()
    while True:
        length, digit = divmod(length, 128)
        out.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(out)


def publish(topic: str, payload: bytes) -> bytes:
    """Return a QoS 0 PUBLISH."""
    body = text(topic) + payload
    return b"\x30" + remaining(len(body)) + body


def connect(address: Address) -> socket.socket:
    """Log in with MQTT 3.1.1 and a keep-alive of an hour."""
    sock = socket.create_connection((address.host, address.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = text("MQTT") + bytes([4, 0xC2]) + struct.pack("!H", 3600)
    body += text(f"load-{time.perf_counter_ns()}")
    body += text(address.username or "") + text(address.password or "")
    sock.sendall(b"\x10" + remaining(len(body)) + body)
    answer = sock.recv(4)
    if answer[:1] != b"\x20" or answer[3] != 0:
        raise SystemExit("the broker refuses the load generator")
    return sock


def packets(topics: list[str]) -> list[bytes]:
    """Return heartbeats of every terminal, round after round."""
    made = []
    for seq in range(ROUNDS):
        for topic in topics:
            body = {"seq": seq, "boot": "b1", "at": 1772413200000 + seq * 300_000, "battery": 87}
            body |= {"mains": True, "rssi": -71, "fw": "1.4.2"}
            made.append(publish(topic, json.dumps(body, separators=(",", ":")).encode()))
    return made


def main() -> None:
    """Send."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", type=Path)
    parser.add_argument("--broker", required=True)
    parser.add_argument("--rate", type=float, default=3500)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    ready = packets(asked.topics.read_text().split())
    sock = connect(Address.parse(asked.broker))
    sent, began = 0, time.perf_counter()
    while (now := time.perf_counter() - began) < asked.seconds:
        due = int(now * asked.rate) - sent if asked.rate else BURST
        if due > 0:
            at = sent % len(ready)
            chunk = ready[at : at + due]
            sock.sendall(b"".join(chunk))
            sent += len(chunk)
        else:
            time.sleep(SLICE_S)  # noqa: TID251 - paces a load, no platform time
    sock.close()
    print(sent)


if __name__ == "__main__":
    main()
