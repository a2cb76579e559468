"""paho, but for QoS 0 messages: those of one `recv` are taken at once (docs/adr/0016).

paho reads a packet's first bytes one by one and makes an object with locks of each message, which
is most of what a heartbeat costs. It reads through one method, `_sock_recv`: here that method
takes what the socket has, keeps the QoS 0 messages, and gives paho the other packets unchanged.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode

from devices.mqtt.packets import Loose, Stream

AT_ONCE: Final = 65_536


class BulkClient(mqtt.Client):
    """A client of paho's whose QoS 0 messages go to `on_loose`, in paho's thread.

    Everything arrives in the order the broker sent it. `on_message` gets no QoS 0 message but those
    with properties of MQTT 5 and those that are not well-formed.
    """

    def __init__(
        self, *arguments: Any, on_loose: Callable[[Sequence[Loose]], None], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._on_loose = on_loose
        self._read_from: Any = None
        self._stream = self._new_stream()

    def _new_stream(self) -> Stream:
        return Stream(version5=self.protocol == mqtt.MQTTv5)

    def _sock_recv(self, bufsize: int) -> bytes:
        """Return bytes of a packet that is paho's; hand over the QoS 0 messages before it.

        Raises:
            BlockingIOError: there is none yet.
        """
        if self._sock is not self._read_from:  # another connection
            self._read_from, self._stream = self._sock, self._new_stream()
        given = self._stream.rest(bufsize)
        if given:
            return given
        given = self._hand_over(bufsize)
        if given:
            return given
        data = super()._sock_recv(AT_ONCE)
        if not data:
            return data  # the broker has closed the connection
        self._stream.feed(data)
        given = self._hand_over(bufsize)
        if not given:
            raise BlockingIOError
        return given

    def _hand_over(self, bufsize: int) -> bytes:
        loose = self._stream.loose()
        if loose:
            with self._msgtime_mutex:
                self._last_bytes_received = time.monotonic()
            self._on_loose(loose)
        return self._stream.rest(bufsize)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read as paho does, and what is left of it: `select` does not know that we have it."""
        code = super().loop_read(max_packets)
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and self._stream.is_waiting:
            code = super().loop_read(max_packets)
        return code
