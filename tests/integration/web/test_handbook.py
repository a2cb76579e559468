"""The program in docs/console-protocol.md works as it stands there."""

import asyncio
import re
import sys
from pathlib import Path

from kernel.clock import SystemClock
from kernel.db import Pool
from web.feed.protocol import CloseCode
from web.server import serving
from web.settings import WebSettings

from .conftest import PASSWORD, Town

HANDBOOK = (Path(__file__).parents[3] / "docs" / "console-protocol.md").read_text(encoding="utf-8")


async def test_the_example_follows_an_incident(
    town: Town, settings: WebSettings, pool: Pool
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", HANDBOOK, re.DOTALL)
    async with serving(settings, pool, SystemClock()) as port:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            f"127.0.0.1:{port}",
            "operator",
            PASSWORD,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            pressing = asyncio.ensure_future(_press_until_seen(town))
            line = await asyncio.wait_for(process.stdout.readline(), 60)
            assert re.fullmatch(rb"incident\.(opened|signalled) 1\n", line)
            pressing.cancel()
        finally:
            process.kill()
            await process.wait()


async def _press_until_seen(town: Town) -> None:
    while True:
        await town.press()
        await SystemClock().sleep(0.2)


def test_the_handbook_names_every_code_with_which_a_socket_ends() -> None:
    assert [code for code in CloseCode if f"| {code.value}" not in HANDBOOK] == []
