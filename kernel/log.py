"""Structured logs: constant event names plus fields, and never personal data."""

import logging
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

#: Field names that would carry personal data; a log line that has one is a bug made harmless here.
FORBIDDEN_FIELDS: Final = frozenset(
    {"name", "phone", "address", "lat", "lon", "loc", "location", "payload", "conditions", "secret"}
)


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for field in FORBIDDEN_FIELDS & event.keys():
        event[field] = "***"
    return event


def configure(process: str, *, level: str = "INFO", json: bool = True) -> None:
    """Set up logging for `process`: JSON lines to stderr, or readable lines when `json` is off."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer()
            if json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
