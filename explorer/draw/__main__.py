"""The process that workers are forked from: `python -m explorer.draw DESCRIPTOR`.

It has imported all that drawing needs, so that a worker starts in milliseconds and shares its memory. It has one
thread, draws nothing itself, and ends with the server.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
from multiprocessing.connection import Connection

import cv2

import explorer.draw.requests  # noqa: F401 - imported before workers are forked
from explorer.augment.catalog import catalog
from explorer.draw import memory, worker
from explorer.draw.protocol import COMMAND, FORK, Note

_ended: dict[int, int] = {}  # process id -> wait status


def main(descriptor: int) -> None:
    """Fork and end workers as the server asks, until it is gone."""
    server = socket.socket(fileno=descriptor)
    cv2.setNumThreads(1)  # a worker uses one core
    memory.tune()
    catalog()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dumps: crashes are expected
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, _reap)
    server.sendall(b"\n")
    pids: dict[int, int] = {}
    while True:
        command, descriptors, _, _ = socket.recv_fds(server, COMMAND.size, 2)
        if len(command) < COMMAND.size:
            break  # the workers end with this process, or when their own connections close
        what, number = COMMAND.unpack(command)
        if what == FORK:
            pids[number] = _fork(server, descriptors)
            _reply(server, pids[number])
        else:
            _reply(server, _end(pids.pop(number)))
    for pid in pids.values():
        _kill(pid)


def _fork(server: socket.socket, descriptors: list[int]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.close()
        note = Note(descriptors[1])
        os.close(descriptors[1])
        worker.run(Connection(descriptors[0]), note, parent)
    finally:
        os._exit(0)


def _reply(server: socket.socket, number: int) -> None:
    server.sendall(json.dumps(number).encode() + b"\n")


def _end(pid: int) -> int:
    """End a worker that has not ended by itself, and return its wait status."""
    if pid not in _ended:
        _kill(pid)
        with contextlib.suppress(ChildProcessError):  # `_reap` was faster
            return os.waitpid(pid, 0)[1]
    return _ended.pop(pid)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _reap(*_: object) -> None:
    """Collect workers that have ended, so that no zombies are left; called when one ends."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            _ended[ended[0]] = ended[1]


if __name__ == "__main__":
    main(int(sys.argv[1]))
