"""What the tests of the server share: one that runs."""

from collections.abc import Iterator

import pytest

from scripts.server import Server


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a server listens that `make run` would start in the same way."""
    home = tmp_path_factory.mktemp("served") / "home"
    home.mkdir()
    server = Server(home)
    server.start()
    yield server.port
    server.kill()
