"""One page cannot fill the memory of the server with uploads, and there may be so many pages; on a real server."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from explorer.ui.keeping import limits
from tests.ui.serving.asking import Headers, ask, handshake, open_socket

MB = 1024 * 1024


@contextmanager
def page(port: int) -> Iterator[str]:
    """A page that is open, by the id of its session."""
    # max_queue: unread messages would hold up the closing for ten seconds.
    address = f"ws://localhost:{port}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None, max_queue=None) as connection:
        wish = BackMsg()
        wish.rerun_script.query_string = ""
        connection.send(wish.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "new_session":
            message = ForwardMsg.FromString(bytes(connection.recv(timeout=60)))
        yield message.new_session.initialize.session_id


@pytest.fixture
def session(port: int) -> Iterator[str]:
    """The id of the session of a page that is open."""
    with page(port) as found:
        yield found


def allowed(port: int) -> list[tuple[str, str]]:
    """Headers of a friend, with the token against forgery."""
    answer, _ = ask(port, "/_stcore/health", [("Host", f"localhost:{port}")])
    token = re.search(r"_streamlit_xsrf=([^;]+)", answer.headers["Set-Cookie"])
    assert token
    return [("Host", f"localhost:{port}"), ("Cookie", f"_streamlit_xsrf={token[1]}"), ("X-Xsrftoken", token[1])]


def form(size: int) -> tuple[Headers, bytes]:
    """The headers and the body that send a file of so many bytes."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head + bytes(size) + b"\r\n--x--\r\n"
    return [("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", str(len(body)))], body


def send(port: int, session: str, name: str, size: int) -> tuple[int, bytes]:
    """The status and the words that answer an upload."""
    headers, body = form(size)
    answer, words = ask(port, f"/_stcore/upload_file/{session}/{name}", [*allowed(port), *headers], "PUT", body)
    return answer.status, words


def test_one_page_holds_so_many_bytes_of_uploads_and_another_is_not_touched(port: int, session: str) -> None:
    fits = limits.SESSION_UPLOAD_BYTES // (30 * MB)
    assert [send(port, session, f"file-{number}", 30 * MB)[0] for number in range(fits)] == [204] * fits
    status, words = send(port, session, "one-more", 30 * MB)
    assert (status, b"already holds" in words) == (413, True)
    assert send(port, session, "small", 1000)[0] == 204
    answer, _ = ask(port, f"/_stcore/upload_file/{session}/file-0", allowed(port), "DELETE")
    assert answer.status == 204
    assert send(port, session, "one-more", 30 * MB)[0] == 204
    with page(port) as other:
        assert send(port, other, "first", 30 * MB)[0] == 204


def test_a_file_above_the_limit_of_one_is_refused(port: int, session: str) -> None:
    assert send(port, session, "large", 33 * MB)[0] == 413


def begin(port: int, session: str, number: int) -> HTTPConnection:
    """An upload whose content does not come."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("PUT", f"/_stcore/upload_file/{session}/slow-{number}", skip_host=True)
    for name, value in [*allowed(port), *form(1000)[0]]:
        connection.putheader(name, value)
    connection.endheaders(b"--x")
    return connection


def test_one_page_has_so_many_uploads_on_their_way(port: int, session: str) -> None:
    slow = [begin(port, session, number) for number in range(limits.SESSION_UPLOADS)]
    with page(port) as other:
        assert send(port, other, "other", 1000)[0] == 204
        assert send(port, session, "late", 1000) == (429, b"Too many uploads at once. Wait for the others to finish.\n")
        for each in slow:
            each.close()
        send(port, other, "turn", 1000)  # the server sees the ends of connections between two requests
        assert any(send(port, session, "again", 1000)[0] == 204 for _ in range(50))


def test_there_may_be_so_many_pages(port: int) -> None:
    own = [("Host", f"localhost:{port}")]
    sockets: list[socket.socket] = []
    answers = []
    for _ in range(limits.SESSIONS + 1):
        connection, answer = open_socket(port, own)
        sockets.append(connection)
        answers.append(answer)
    assert answers.count(101) == limits.SESSIONS
    assert answers[-1] == 403
    assert ask(port, "/_stcore/health", own)[0].status == 200
    for connection in sockets:
        connection.close()
    assert any(handshake(port, own) == 101 for _ in range(200))
