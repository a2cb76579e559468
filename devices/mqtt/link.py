"""paho ↔ asyncio: a durable session whose messages we acknowledge ourselves.

paho runs in a thread of its own. What it takes waits in a queue until asyncio takes it, and stays
unacknowledged until `ack`. Every message carries the generation of the connection that brought it:
packet ids are reused, so acknowledging one of an older connection would acknowledge, and lose,
another message.
"""

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Final, Self

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from devices.mqtt.address import Address
from devices.mqtt.bulk import BulkClient
from devices.mqtt.incoming import Incoming
from devices.mqtt.packets import Loose
from kernel.clock import Clock

_log = structlog.get_logger()
KEEPALIVE_S: Final = 20
WATCH_EVERY_S: Final = 2.0
SESSION_EXPIRY_S: Final = 7 * 24 * 3600  # MQTT 5; under 3.1.1 the broker decides


class ThreadDiedError(RuntimeError):
    """paho's thread has ended although nobody asked it to."""


class Link:
    """One connection to the broker. Use as `async with`.

    Back-pressure: with `limit` messages not yet settled (`ack`), QoS 1 waits in the broker, as the
    thread stops reading; QoS 0 is dropped and counted in `dropped`.
    """

    def __init__(
        self,
        address: Address,
        *,
        client_id: str,
        subscriptions: Sequence[tuple[str, int]],
        clock: Clock,
        limit: int = 50_000,
    ) -> None:
        self._address = address
        self._subscriptions = subscriptions
        self._clock = clock
        self._limit = limit
        self._queue: deque[Incoming] = deque()
        self._wake_is_due = False
        self._arrived = asyncio.Event()
        self._ready = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._generation = 0
        self._lock = threading.Lock()  # generation and acknowledgements
        self._in_hand: set[int] = set()  # packet ids of this connection, not acknowledged yet
        self._closing = False
        self._taken = 0  # written by paho's thread only
        self._settled = 0  # written by the event loop only
        self.dropped = 0
        self._client = self._make_client(client_id)
        self._thread_name = f"paho-mqtt-client-{client_id}"  # as paho names it

    def _make_client(self, client_id: str) -> mqtt.Client:
        five = self._address.version5
        client = BulkClient(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if five else False,
            protocol=mqtt.MQTTv5 if five else mqtt.MQTTv311,
            manual_ack=True,
            on_loose=self._on_loose,
        )
        client.username = self._address.username
        client.password = self._address.password
        if self._address.tls:
            client.tls_set(ca_certs=self._address.ca)
        client.suppress_exceptions = True  # one that escapes a callback would end the thread
        client.reconnect_delay_set(min_delay=1, max_delay=8)
        client.max_inflight_messages = 1000
        client.max_queued_messages = 10_000
        client.on_socket_open = self._on_socket_open
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    # --- in paho's thread

    def _on_socket_open(self, _client: Any, _data: Any, sock: Any) -> None:
        self._new_generation()
        if isinstance(sock, socket.socket):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _new_generation(self) -> None:
        with self._lock:
            self._generation += 1
            self._in_hand.clear()

    def _on_connect(
        self, client: mqtt.Client, _data: Any, flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            _log.error("mqtt_refused", reason=str(reason))
            return
        _log.info("mqtt_connected", session_present=bool(flags.session_present))
        if self._address.version5:
            client.subscribe([(t, SubscribeOptions(qos=qos)) for t, qos in self._subscriptions])
        else:
            client.subscribe(list(self._subscriptions))

    def _on_subscribe(
        self, _client: Any, _data: Any, _mid: Any, reasons: Sequence[Any], _properties: Any
    ) -> None:
        refused = sum(reason.is_failure for reason in reasons)
        if refused:
            _log.error("mqtt_subscription_refused", count=refused)
        else:
            self._tell_loop(self._ready.set)

    def _on_disconnect(
        self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        self._new_generation()
        self._tell_loop(self._ready.clear)
        if not self._closing:
            _log.warning("mqtt_disconnected", reason=str(reason))

    def _on_message(self, _client: Any, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.qos and self._is_in_hand(message.mid):
            return  # the broker grew impatient: it sends again what we are still working on
        while self._taken - self._settled >= self._limit:
            if message.qos == 0 or self._closing:
                self.dropped += 1
                return
            self._arrived_in_loop()
            threading.Event().wait(0.01)  # the thread reads nothing: the broker keeps the rest
        try:
            topic = message.topic
        except UnicodeDecodeError:
            _log.error("mqtt_topic_unreadable")
            with self._lock:
                self._in_hand.discard(message.mid)
            self._client.ack(message.mid, message.qos)
            return
        self._taken += 1
        self._queue.append(
            Incoming(
                topic,
                bytes(message.payload),
                self._clock.now(),
                time.perf_counter(),
                message.mid,
                message.qos,
                message.retain,
                self._generation,
            )
        )
        self._arrived_in_loop()

    def _on_loose(self, messages: Sequence[Loose]) -> None:
        room = max(0, self._limit - self.unsettled)
        if room < len(messages):
            self.dropped += len(messages) - room
            messages = messages[:room]
        now, taken, generation = self._clock.now(), time.perf_counter(), self._generation
        self._taken += len(messages)
        self._queue.extend(
            [
                Incoming(topic, payload, now, taken, 0, 0, retained, generation)
                for topic, payload, retained in messages
            ]
        )
        self._arrived_in_loop()

    def _is_in_hand(self, mid: int) -> bool:
        """Note a message of this connection as taken; True when it was."""
        with self._lock:
            if mid in self._in_hand:
                return True
            self._in_hand.add(mid)
            return False

    def _arrived_in_loop(self) -> None:
        if not self._wake_is_due:
            self._wake_is_due = True
            self._tell_loop(self._arrived.set)

    def _tell_loop(self, call: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    # --- in the event loop

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        properties = None
        if self._address.version5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = SESSION_EXPIRY_S
            properties.ReceiveMaximum = min(65_535, self._limit)
        self._client.connect_async(
            self._address.host,
            self._address.port,
            keepalive=KEEPALIVE_S,
            clean_start=False if self._address.version5 else mqtt.MQTT_CLEAN_START_FIRST_ONLY,
            properties=properties,
        )
        self._client.loop_start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def watch(self) -> None:
        """Look after paho's thread until cancelled: without it nothing would ever arrive again.

        Raises:
            ThreadDiedError: it is gone; only a new process helps.
        """
        while any(thread.name == self._thread_name for thread in threading.enumerate()):
            await self._clock.sleep(WATCH_EVERY_S)
        raise ThreadDiedError(self._thread_name)

    @property
    def is_connected(self) -> bool:
        """Connected, with every subscription granted."""
        return self._ready.is_set()

    @property
    def generation(self) -> int:
        """Changes with every connection made or lost."""
        return self._generation

    @property
    def unsettled(self) -> int:
        """Messages taken and not yet settled."""
        return self._taken - self._settled

    async def connected(self) -> None:
        """Wait until every subscription is granted."""
        await self._ready.wait()

    async def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until something has arrived; False when `timeout_s` went by without."""
        if self._queue:
            return True
        try:
            async with asyncio.timeout(timeout_s):
                await self._arrived.wait()
        except TimeoutError:
            return False
        return True

    def take(self, most: int) -> list[Incoming]:
        """Return what has arrived, in order, without waiting."""
        self._arrived.clear()
        self._wake_is_due = False
        queue = self._queue
        taken = [queue.popleft() for _ in range(min(most, len(queue)))]
        if queue:
            self._arrived.set()
        return taken

    def ack(self, messages: Iterable[Incoming]) -> None:
        """Settle messages: acknowledge, in order, those this connection brought."""
        count = 0
        with self._lock:
            for message in messages:
                count += 1
                if message.qos and message.generation == self._generation:
                    self._in_hand.discard(message.mid)
                    self._client.ack(message.mid, message.qos)
        self._settled += count

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> bool:
        """Hand a message to the broker connection; False when there is none or it is full."""
        if not self._ready.is_set():
            return False
        info = self._client.publish(topic, payload, qos=qos)
        return info.rc == mqtt.MQTT_ERR_SUCCESS
