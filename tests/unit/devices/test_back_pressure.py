"""What a link does when messages come faster than they are settled."""

from devices.mqtt.address import Address
from devices.mqtt.link import Link
from devices.mqtt.packets import Loose
from kernel.clock import FakeClock


def beats(count: int) -> list[Loose]:
    return [Loose(f"t/{n}", b"{}", retained=False) for n in range(count)]


async def test_beyond_its_limit_qos_0_is_dropped_and_counted() -> None:
    link = Link(
        Address(host="127.0.0.1", port=1),
        client_id="test",
        subscriptions=[],
        clock=FakeClock(),
        limit=5,
    )
    link._on_loose(beats(8))
    assert (link.unsettled, link.dropped) == (5, 3)
    link._on_loose(beats(2))
    assert (link.unsettled, link.dropped) == (5, 5)
    taken = link.take(100)
    assert [message.topic for message in taken] == [f"t/{n}" for n in range(5)]
    assert {(message.qos, message.retained) for message in taken} == {(0, False)}
    link.ack(taken[:4])
    link._on_loose(beats(3))
    assert (link.unsettled, link.dropped) == (4, 5)
