"""What tests of the page of Augment share."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import APP


@pytest.fixture
def app() -> Iterator[AppTest]:
    """The page as a newcomer finds it; it stays without an exception."""
    page = AppTest.from_file(APP, default_timeout=30).run()
    assert not page.exception
    yield page
    assert not page.exception
