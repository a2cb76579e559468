"""Which tests run on one worker, when several workers run them (`make test`)."""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

#: Pages before a centre that the test plays itself: all other browser tests share the demo town.
WITHOUT_A_TOWN: Final = ("test_caregiver_states.py", "test_family_states.py")


class Sharing(LoadScopeScheduling):  # type: ignore[misc] # pytest-xdist has no types
    """Hands out files in order, so that a file's fixtures are made once, and the town as one.

    The mark `xdist_group` would say the same, but pytest-xdist 3.8 loses it under pytest 9.2.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # short files last, so that all end at once

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/") and not file.endswith(WITHOUT_A_TOWN):
            return "the demo town"
        return file
