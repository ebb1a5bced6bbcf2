"""The pictures that the pipelines of these tests work on."""

import pytest

from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample


@pytest.fixture(scope="session")
def photograph() -> Sample:
    """The greeting photograph with every target, 288 px: large enough for every starting value."""
    return shrink(next(iter(photographs().values())).load(), 288)
