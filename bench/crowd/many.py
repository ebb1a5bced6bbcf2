"""The process in which all sessions live but the real browser's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from bench.crowd.clients import Job, Told
from scripts.server import PROJECT


class Crowd:
    """Sessions that are open and at rest, until they may begin."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._to: IO[str] = process.stdin
        self._from: IO[str] = process.stdout

    def say(self, line: str) -> None:
        """Give it a line."""
        self._to.write(f"{line}\n")
        self._to.flush()

    def begin(self) -> None:
        """Let all of them press keys."""
        self.say("go")

    def wait_until_open(self) -> None:
        """Return when all pages are open. Raises RuntimeError where one did not open in time."""
        if self._from.readline().strip() != "ready":
            raise RuntimeError("Not every session could open its page: see the traceback above.")

    def told(self) -> list[Told]:
        """What each session has measured; waits until all are at their end. Raises RuntimeError where one failed."""
        line = self._from.readline()
        if not line:
            raise RuntimeError("A session has failed: see the traceback above.")
        return [Told(**values) for values in json.loads(line)]


@contextmanager
def crowd(job: Job) -> Iterator[Crowd]:
    """All sessions of a job, open until the block ends. Raises RuntimeError where one did not open in time."""
    command = [sys.executable, "-m", "bench.crowd.clients"]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        many = Crowd(process)
        many.say(job.dumps())
        many.wait_until_open()
        yield many
    finally:
        process.kill()
        process.wait()
