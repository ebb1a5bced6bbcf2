"""A child process whose answer a page waits for, without blocking other pages, and which can be canceled."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence

import explorer
from explorer.base.child import ChildError


class Child:
    """A command under way; what it prints on its standard output is its answer. It has the methods of a `Job`.

    Args:
        command: One of our modules, see `explorer.child_environment`.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._canceled = False
        self._began = time.monotonic()
        self._output, self._error = b"", ""
        self._process: subprocess.Popen[bytes] | None = None
        self._done = threading.Event()
        threading.Thread(target=self._work, args=(list(command),), daemon=True, name="explorer-child").start()

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._done.is_set()

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.monotonic() - self._began

    @property
    def canceled(self) -> bool:
        """Whether it was canceled, so that it has no answer."""
        return self._canceled

    @property
    def failed(self) -> bool:
        """Whether it has ended without an answer."""
        return not self.running and bool(self._error or self._canceled)

    def cancel(self) -> None:
        """End it and all that it has started."""
        self._canceled = True
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until it has ended, and return whether it has."""
        return self._done.wait(timeout)

    def result(self) -> bytes:
        """Return what it has printed, once it has ended. Raises ChildError with its last lines."""
        if self.failed:
            raise ChildError(self._error)
        return self._output

    def _work(self, command: list[str]) -> None:
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=explorer.child_environment(),
                start_new_session=True,
            ) as process:
                self._process = process
                if self._canceled:  # while it was being started
                    self.cancel()
                self._output, errors = process.communicate()
            if process.returncode != 0:
                lines = errors.decode(errors="replace").strip().splitlines()[-1:]
                self._error = "\n".join(lines) or f"it ended with status {process.returncode}"
        except OSError as error:
            self._error = str(error)
        finally:
            self._done.set()
