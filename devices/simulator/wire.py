"""Many MQTT clients on one event loop: paho with its sockets watched by asyncio, no threads."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from devices.dialects.carebell_v1 import Channel, topic_of
from devices.mqtt.address import Address

KEEPALIVE_S: Final = 120
MISC_EVERY_S: Final = 20.0


class Loss(StrEnum):
    """Why there is no connection."""

    BROKEN = "broken"
    REFUSED = "refused"  # the broker does not accept the log-in


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A terminal as the simulator knows it."""

    terminal: str
    area: str
    secret: str = field(repr=False)


class Wire:
    """One terminal's connection, driven by the running event loop.

    Args:
        address: the broker; its own user and password are not used.
        login: who connects.
        on_ready: subscribed; may publish now.
        on_command: a message on the command topic.
        on_lost: there is no connection any more, or none came about.
    """

    def __init__(
        self,
        address: Address,
        login: Login,
        *,
        on_ready: Callable[[], None],
        on_command: Callable[[bytes], None],
        on_lost: Callable[[Loss], None],
    ) -> None:
        self._address = address
        self._login = login
        self._on_ready = on_ready
        self._on_command = on_command
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._topics = {
            channel: topic_of(login.area, login.terminal, channel) for channel in Channel
        }
        self.is_ready = False
        self._client: mqtt.Client | None = None

    def connect(self) -> None:
        """Begin to connect; `on_ready` or `on_lost` tells how it went."""
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._login.terminal,
            clean_session=None if self._address.version5 else True,
            protocol=mqtt.MQTTv5 if self._address.version5 else mqtt.MQTTv311,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._login.terminal, self._login.secret)
        if self._address.tls:
            client.tls_set(ca_certs=self._address.ca)
        client.will_set(self._topics[Channel.STATUS], b'{"online":false}', 1, retain=True)
        client.on_socket_open = self._watch
        client.on_socket_close = self._unwatch
        client.on_socket_register_write = self._watch_write
        client.on_socket_unregister_write = self._unwatch_write
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        self._client = client
        try:
            client.connect(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        except OSError:
            self._drop()
            self._on_lost(Loss.BROKEN)

    def publish(self, channel: Channel, payload: bytes, qos: int, *, retain: bool = False) -> bool:
        """Publish; False when there is no connection."""
        if self._client is None or not self.is_ready:
            return False
        self._client.publish(self._topics[channel], payload, qos, retain=retain)
        return True

    def misc(self) -> None:
        """Keep the connection alive; call every `MISC_EVERY_S`."""
        if self._client is not None:
            self._client.loop_misc()

    def cut(self) -> None:
        """Break the connection as a lost network would: the broker publishes the last will."""
        client = self._client
        self._drop()
        if client is not None and (sock := client.socket()) is not None:
            self._unwatch(client, None, sock)
            sock.close()

    def close(self) -> None:
        """Say good-bye."""
        client = self._client
        self._drop()
        if client is not None:
            client.disconnect()

    def _drop(self) -> None:
        self.is_ready = False
        if self._client is not None:
            self._client.on_disconnect = None
            self._client = None

    def _connected(self, client: mqtt.Client, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self._drop()
            self._on_lost(Loss.REFUSED)
        else:
            # QoS 0 will do, since commands are repeated until answered; and a subscription with
            # QoS 1 costs the embedded broker a stored consumer, for each of a whole district.
            client.subscribe(self._topics[Channel.COMMAND], 0)

    def _subscribed(self, client: mqtt.Client, _d: Any, _m: Any, _r: Any, _p: Any) -> None:
        if client is self._client:
            self.is_ready = True
            self._on_ready()

    def _disconnected(self, client: mqtt.Client, _d: Any, _f: Any, _r: Any, _p: Any) -> None:
        if client is self._client:
            self._drop()
            self._on_lost(Loss.BROKEN)

    def _message(self, client: mqtt.Client, _d: Any, message: mqtt.MQTTMessage) -> None:
        if client is self._client:
            self._on_command(bytes(message.payload))

    def _watch(self, client: mqtt.Client, _d: Any, sock: Any) -> None:
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._loop.add_reader(sock, client.loop_read)

    def _unwatch(self, _client: mqtt.Client, _d: Any, sock: Any) -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def _watch_write(self, client: mqtt.Client, _d: Any, sock: Any) -> None:
        self._loop.add_writer(sock, client.loop_write)

    def _unwatch_write(self, _client: mqtt.Client, _d: Any, sock: Any) -> None:
        self._loop.remove_writer(sock)
