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
from explorer.base.confined import PAGE_PID

MOST_SECONDS = 600.0


class Child:
    """A command under way; what it prints on its standard output is its answer. It has the methods of a `Job`.

    Args:
        command: One of our modules, which calls `confined.limit_if_for_page`; see also `explorer.child_environment`.
        limit: Seconds, after which it is ended.
    """

    def __init__(self, command: Sequence[str], limit: float = MOST_SECONDS) -> None:
        self._limit = limit
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
        self._kill()

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until it has ended, and return whether it has."""
        return self._done.wait(timeout)

    def result(self) -> bytes:
        """Return what it has printed, once it has ended. Raises ChildError with its last lines."""
        if self.failed:
            raise ChildError(self._error)
        return self._output

    def _kill(self) -> None:
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _work(self, command: list[str]) -> None:
        # The process ends with the thread that has started it, see `confined.end_with`: never a thread of a script.
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**explorer.child_environment(), PAGE_PID: str(os.getpid())},
                start_new_session=True,
            ) as process:
                self._process = process
                if self._canceled:  # while it was being started
                    self.cancel()
                self._output, errors, late = self._answer(process)
            if late:
                self._error = f"it took longer than {self._limit:.0f} s"
            elif process.returncode != 0:
                lines = errors.decode(errors="replace").strip().splitlines()[-1:]
                self._error = "\n".join(lines) or f"it ended with status {process.returncode}"
        except OSError as error:
            self._error = str(error)
        finally:
            self._done.set()

    def _answer(self, process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes, bool]:
        """Wait for what it prints on both outputs; the last value is whether it was ended because it took too long."""
        try:
            return (*process.communicate(timeout=self._limit), False)
        except subprocess.TimeoutExpired:
            self._kill()
            return (*process.communicate(), True)
