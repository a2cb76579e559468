"""Credentials and rights at the broker, kept in step with the registry."""

from devices import registry
from devices.registry import Enrolment
from kernel.audit import Process
from kernel.clock import SystemClock
from tests.integration.devices.site import AREA, Site, until


async def test_a_wrong_secret_is_refused(site: Site) -> None:
    async with site.ingesting():
        device = site.unconnected("T-1", "wrong").start()
        await device.refused.wait()
    assert not device.connected.is_set()


async def test_nobody_gets_in_without_a_name(site: Site) -> None:
    async with site.ingesting():
        device = site.unconnected("T-1")
        device.client.username_pw_set("", "")
        device.start()
        await device.refused.wait()


async def test_publishing_as_another_has_no_effect(site: Site) -> None:
    async with site.ingesting():
        device = await site.device("T-1")
        body = b'{"id":"forged","kind":"sos"}'
        device.client.publish(f"carebell/v1/{AREA}/T-2/alarm", body, 1)
        device.client.publish("carebell/v1/elsewhere/T-1/alarm", body, 1)
        device.client.publish("$MQTT/sub/anything", body, 0)
        await SystemClock().sleep(0.3)
        again = await site.device("T-1")  # a broker may have thrown the forger out
        again.press("a-1")
        await until(lambda: again.told("a-1"))
    assert site.handler.ids() == ["a-1"]
    assert await site.pool.fetchval("SELECT count(*) FROM devices.quarantine") == 0


async def test_a_terminal_cannot_listen_to_another(site: Site) -> None:
    async with site.ingesting():
        nosy, other = await site.device("T-1"), await site.device("T-2")
        for filter_ in ("#", "carebell/#", f"carebell/v1/{AREA}/T-2/command", "$MQTT/#", "+/#"):
            nosy.client.subscribe(filter_, 0)
        await SystemClock().sleep(0.2)
        other.press("a-1")
        await until(lambda: other.told("a-1"))
        await SystemClock().sleep(0.2)
    assert nosy.commands == []


async def test_a_terminal_enrolled_while_we_run_may_speak_at_once(site: Site) -> None:
    async with site.ingesting():
        async with site.pool.acquire() as conn, conn.transaction():
            site.secrets["T-9"] = await registry.enrol(
                conn,
                Enrolment(terminal="T-9", area=AREA, model="x"),
                SystemClock().now(),
                by=Process.COMMAND_LINE,
            )
        await until(lambda: "T-9" in site.broker.users_file.read_text())
        device = await site.device("T-9")
        device.press("a-1")
        await until(lambda: device.told("a-1"))


async def test_a_retired_terminal_is_cut_off_and_the_others_stay(site: Site) -> None:
    async with site.ingesting():
        gone, other = await site.device("T-1"), await site.device("T-2")
        async with site.pool.acquire() as conn, conn.transaction():
            await registry.retire(conn, "T-1", SystemClock().now(), by=Process.COMMAND_LINE)
        await until(lambda: "T-1" not in site.broker.users_file.read_text())
        if site.broker.name == "nats":  # Mosquitto lets a session live, and takes its rights
            await gone.lost.wait()
        await site.refuses("T-1")
        gone.press("a-1")
        other.press("a-2")
        await until(lambda: other.told("a-2"))
    assert site.handler.ids() == ["a-2"]
    assert not other.lost.is_set()


async def test_a_rotated_secret_replaces_the_old_one(site: Site) -> None:
    async with site.ingesting():
        async with site.pool.acquire() as conn, conn.transaction():
            secret = await registry.rotate(
                conn, "T-1", SystemClock().now(), by=Process.COMMAND_LINE
            )
        await site.refuses("T-1")
        new = await site.unconnected("T-1", secret).ready()
        new.press("a-1")
        await until(lambda: new.told("a-1"))
