"""The garbage collector of a process that must not pause."""

import gc


def calm() -> None:
    """Let the collector leave alone what lives for ever, and look more rarely.

    A full collection of a loaded process stops it for tens of milliseconds; an alarm would wait.
    Call it once everything is imported.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
