"""The server answers to its own names only, and to no foreign page; tried on a real one, with headers by hand."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.server import PROJECT, Server
from tests.ui.serving.asking import ask, handshake, status

# A path of every kind that the server has, with what a friend gets there.
PATHS = {
    "/": 200,
    "/_stcore/health": 200,
    "/_stcore/host-config": 200,
    "/_stcore/metrics": 200,
    "/media/none.png": 404,
    "/app/static/none.js": 404,
    "/component/none": 404,
    "/_stcore/bidi-components/none": 404,
}
FRIENDS = ("localhost", "localhost:{port}", "localhost:9", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST.:{port}")
FOREIGN = (
    "evil.example", "evil.example:{port}", "localhost.evil.example", "127.0.0.1.nip.io:{port}", "localhost.example",
    "localhost@evil.example", "localhost:99999", "localhost/evil", "[::1", "192.0.2.7:{port}", "",
)  # fmt: skip


@pytest.mark.parametrize("host", FRIENDS)
def test_names_of_this_computer_are_answered(port: int, host: str) -> None:
    own = [("Host", host.format(port=port))]
    assert handshake(port, own) == 101
    assert handshake(port, [*own, ("Origin", f"http://{own[0][1]}")]) == 101
    assert {path: status(port, path, own) for path in PATHS} == PATHS


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_is_refused_everywhere(port: int, host: str) -> None:
    foreign = [("Host", host.format(port=port))]
    for headers in (foreign, [*foreign, ("Origin", f"http://{foreign[0][1]}")]):
        assert handshake(port, headers) == 403
        assert {path: status(port, path, headers) for path in PATHS} == dict.fromkeys(PATHS, 403)
        assert status(port, "/_stcore/upload_file/a/b", headers, "PUT") == 403
    answer, body = ask(port, "/", foreign)
    assert (answer.status, b"make run HOST=" in body) == (403, True)


def test_two_names_in_one_request_are_refused(port: int) -> None:
    for second in ("evil.example", "localhost"):
        assert status(port, "/", [("Host", "localhost"), ("Host", second)]) in (400, 403)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "", "http://localhost.evil.example", "http://localhost@evil.example", "file://",
     "chrome-extension://localhost", "http://[::1]:{port}"],
)  # fmt: skip
def test_a_page_of_another_site_is_refused_everywhere(port: int, origin: str) -> None:
    headers = [("Host", f"localhost:{port}"), ("Origin", origin.format(port=port))]
    assert handshake(port, headers) == 403
    assert {path: status(port, path, headers) for path in PATHS} == dict.fromkeys(PATHS, 403)
    assert ask(port, "/_stcore/upload_file/a/b", headers, "PUT")[1].startswith(b"Pages of other sites")


def test_what_a_foreign_page_shows_as_its_own_is_refused_and_its_links_are_welcome(port: int) -> None:
    own = ("Host", f"localhost:{port}")
    for kind in ("image", "script", "iframe", "empty"):
        headers = [own, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", kind)]
        assert status(port, "/_stcore/health", headers) == 403
    link = [own, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document")]
    answer, _ = ask(port, "/", link)
    assert answer.status == 200
    assert "frame-ancestors 'self'" in (answer.headers["Content-Security-Policy"] or "")


def test_the_list_of_pages_alone_refuses_foreign_names_on_its_websocket(home: Path) -> None:
    home.mkdir()
    server = Server(home, script=PROJECT / "app.py")
    server.start()
    try:
        assert handshake(server.port, [("Host", f"localhost:{server.port}")]) == 101
        assert handshake(server.port, [("Host", f"evil.example:{server.port}")]) == 403
    finally:
        server.kill()


@pytest.fixture
def classroom(home: Path) -> Iterator[tuple[int, str]]:
    """`make run` for others: its port, and what it has printed until it is open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = ["make", "run", "HOST=0.0.0.0", "NAMES=lab.example.org, Pult.local", f"PORT={port}", f"DATA={home}"]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if "never run" in line:
            break
    yield port, printed
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_classroom_is_told_where_and_what_and_lets_in_its_names_only(classroom: tuple[int, str], home: Path) -> None:
    port, printed = classroom
    assert f"Others can open it at:\n  http://lab.example.org:{port}\n  http://pult.local:{port}\n" in printed
    assert "start, stop, end, resume and delete all runs" in printed
    assert "read the settings, logs and results of all runs" in printed
    assert f"see the images in these folders, and train on them: {home}" in printed
    addresses = re.findall(rf"http://([0-9.]+):{port}", printed)
    for name in ("lab.example.org", "pult.local", "localhost", *addresses):
        headers = [("Host", f"{name}:{port}"), ("Origin", f"http://{name}:{port}")]
        assert handshake(port, headers) == 101, name
        assert status(port, "/_stcore/health", headers) == 200
    for name in ("evil.example", "other.lab.example.org"):
        assert handshake(port, [("Host", f"{name}:{port}")]) == 403
    foreign = [("Host", f"lab.example.org:{port}"), ("Origin", "http://evil.example")]
    assert handshake(port, foreign) == 403
