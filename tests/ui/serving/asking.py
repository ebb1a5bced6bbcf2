"""Requests with headers that no browser lets a page choose, over plain sockets."""

import base64
import os
import socket
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPResponse

Headers = Sequence[tuple[str, str]]


def ask(port: int, path: str, headers: Headers, method: str = "GET", body: bytes = b"") -> tuple[HTTPResponse, bytes]:
    """The answer to one request with exactly these headers, and its body; no Host of our own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders(body or None)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def status(port: int, path: str, headers: Headers, method: str = "GET") -> int:
    """The status of the answer to one request."""
    return ask(port, path, headers, method)[0].status


def open_socket(port: int, headers: Headers) -> tuple[socket.socket, int]:
    """A handshake for the websocket, and the status that answers it: 101 where it is open."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    key = base64.b64encode(os.urandom(16)).decode()
    words = [
        "GET /_stcore/stream HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}", *(f"{name}: {value}" for name, value in headers),
    ]  # fmt: skip
    connection.sendall(("\r\n".join(words) + "\r\n\r\n").encode())
    answer = connection.recv(12)  # HTTP/1.1 101
    return connection, int(answer.split()[1])


def handshake(port: int, headers: Headers) -> int:
    """The status that answers a handshake for the websocket."""
    connection, answer = open_socket(port, headers)
    connection.close()
    return answer
