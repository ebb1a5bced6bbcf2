"""A Streamlit server in a process of its own, for browser tests, benchmarks and screenshots."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
START_S = 180


class Server:
    """One script, port and home for all lives of the process.

    home: its EXPLORER_HOME; the log lies beside it. folder: where it runs, and with it which settings apply.
    settings: more of Streamlit's options, as words of its command.
    """

    def __init__(
        self, home: Path, script: Path = PROJECT / "serve.py", folder: Path = PROJECT, settings: Sequence[str] = ()
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = home.parent / f"server-{self.port}.log"
        self.home, self._script, self._folder, self._settings = home, script, folder, settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it answers. Raises RuntimeError with the log where it does not."""
        options = ["--server.port", str(self.port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
        command = [sys.executable, "-m", "streamlit", "run", str(self._script), *options, *self._settings]
        environment = {**os.environ, "EXPLORER_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The server does not answer: {self.log.read_text()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """SIGKILL: it gets no chance to say goodbye to anybody."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
