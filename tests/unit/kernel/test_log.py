import json

import pytest
import structlog

from kernel import log


def test_personal_data_never_reaches_a_log_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("test")
    structlog.get_logger().info(
        "resident_seen", name="王秀英", phone="13900000000", lat=31.2, home="h1"
    )
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "resident_seen"
    assert (line["name"], line["phone"], line["lat"]) == ("***", "***", "***")
    assert line["home"] == "h1"
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
