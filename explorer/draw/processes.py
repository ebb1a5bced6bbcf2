"""Worker processes as the server sees them: forked by a template process, reached by a socket, killed at once."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection

import explorer
from explorer.draw.drawing import Ending, Request
from explorer.draw.protocol import COMMAND, END, FORK, Note, Part, receive

_STARTS_SECONDS = 60.0  # the template imports what drawing needs
_LOOK_SECONDS = 0.1  # between two checks of whether the drawing is still wanted
_HANDED_OVER = ("EXPLORER_HOME", "EXPLORER_DATA_ROOTS")  # sent with each request, since a worker may be older


class TemplateGone(RuntimeError):
    """The template process has ended, and a new one is needed."""


class Template:
    """The process that workers are forked from. Threads may share it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "explorer.draw", str(theirs.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C in the server's terminal is not for it
                env=explorer.child_environment(),
            )  # fmt: skip
        self._socket, self._lines = ours, ours.makefile("rb")
        ours.settimeout(_STARTS_SECONDS)
        self._lock = threading.Lock()
        self._ready = False
        self._count = 0

    @property
    def pid(self) -> int:
        """Of the template itself."""
        return self._process.pid

    def fork(self) -> "Worker":
        """A new worker. Raises TemplateGone."""
        ours, theirs = socket.socketpair()
        note, descriptor = Note.new()
        with self._lock:
            self._count += 1
            number = self._count
            try:
                pid = self._ask(FORK, number, [theirs.fileno(), descriptor])
            finally:
                theirs.close()
                os.close(descriptor)
        return Worker(self, number, pid, Connection(ours.detach()), note)

    def end(self, number: int) -> int:
        """End a worker and return its wait status, or that of a kill if the template is gone too."""
        with self._lock, suppress(TemplateGone):
            return self._ask(END, number)
        return int(signal.SIGKILL)

    def close(self) -> None:
        """End the template and its workers."""
        self._process.kill()
        self._socket.close()
        self._process.wait()

    def _ask(self, command: bytes, number: int, descriptors: list[int] | None = None) -> int:
        try:
            if not self._ready:
                self._line()
                self._ready = True
            socket.send_fds(self._socket, [COMMAND.pack(command, number)], descriptors or [])
            return int(json.loads(self._line()))
        except (OSError, ValueError) as error:
            raise TemplateGone from error

    def _line(self) -> bytes:
        line = self._lines.readline()
        if not line:
            raise OSError("The template has ended.")
        return line


class Worker:
    """A worker process. One thread uses it, but any thread may call `end`."""

    def __init__(self, template: Template, number: int, pid: int, connection: Connection, note: Note) -> None:
        self.pid = pid
        self._template, self._number, self._connection, self._note = template, number, connection, note
        self._lock = threading.Lock()
        self._status: int | None = None

    def is_idle(self) -> bool:
        """Whether it is ready: a worker that has died has closed its side of the socket."""
        return not self._connection.poll(0)

    def ask(self, request: Request[object], seconds: float) -> None:
        """Send a request. Raises OSError if the worker is gone."""
        environment = {name: os.environ.get(name) for name in _HANDED_OVER}
        self._connection.send_bytes(pickle.dumps((request, seconds, environment)))

    def parts(self, look: Callable[[], None]) -> Iterator[Part]:
        """The messages of the worker until it has answered. Raises EOFError or OSError if the worker is gone.

        `look` is called now and then while nothing comes; the waiting ends with the error that it raises.
        """
        while True:
            while not self._connection.poll(_LOOK_SECONDS):
                look()
            part = receive(self._connection)
            yield part
            if part.kind == "end":
                return

    def end(self) -> int:
        """Kill it if it is alive, and return its wait status."""
        with self._lock:
            if self._status is None:
                self._status = self._template.end(self._number)
            return self._status

    def step(self) -> str:
        """The step that it was in last, "" for none."""
        return self._note.read()

    def close(self) -> None:
        """End it and release what belongs to it."""
        self.end()
        self._connection.close()
        self._note.close()


def ending(status: int) -> Ending:
    """Why a worker has died, by its wait status."""
    if os.WIFSIGNALED(status):
        return {signal.SIGKILL: Ending.KILLED, signal.SIGALRM: Ending.TIME, signal.SIGPROF: Ending.TIME}.get(
            signal.Signals(os.WTERMSIG(status)), Ending.CRASHED
        )
    return Ending.CRASHED
