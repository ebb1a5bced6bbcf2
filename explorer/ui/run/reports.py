"""Reports to download, each made by a process of its own, since it decodes images and takes seconds."""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import streamlit as st

import explorer
from explorer.base.words import clock
from explorer.runs.machine.capacity import in_words
from explorer.texts import Report as T
from explorer.ui.background import jobs
from explorer.ui.background.jobs import Jobs
from explorer.ui.components.markdown import escape
from explorer.ui.keeping.places import reports_folder
from explorer.ui.session.keys import widget_key

MOST_SECONDS = 600.0
_KEPT = 10  # files, of at most 15 MB


class Making:
    """A process that makes a report.

    Attributes:
        step: What it does at the moment, in words; "" in its first second.
        problem: Why there is no report; "" while it works and after it has succeeded.
    """

    def __init__(self, ids: Sequence[str], target: Path) -> None:
        self.step, self.problem = "", ""
        self._command = [sys.executable, "-P", "-m", "explorer", "report", *ids, "-o", str(target), "--force"]
        self._target = target
        self._child: subprocess.Popen[str] | None = None
        self._canceled = False
        self._ended = threading.Event()
        threading.Thread(target=self._work, name="explorer-report", daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return not self._ended.is_set()

    def cancel(self) -> None:
        """End it."""
        self._canceled = True
        if self._child is not None:
            self._child.kill()

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until it has ended, and return whether it has."""
        return self._ended.wait(timeout)

    def _work(self) -> None:
        # The process ends with the thread that has started it, see `confined.end_with`: never a thread of a script.
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            with subprocess.Popen(
                [*self._command, "--inside"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, errors="replace", env=explorer.child_environment(),
            ) as self._child:  # fmt: skip
                self._follow(self._child)
        except OSError as error:
            self.problem = str(error)
        finally:
            self._ended.set()

    def _follow(self, child: "subprocess.Popen[str]") -> None:
        assert child.stderr is not None
        if self._canceled:
            child.kill()
        limit = threading.Timer(MOST_SECONDS, child.kill)
        limit.start()
        last: deque[str] = deque(maxlen=3)
        for line in child.stderr:
            self.step = line.strip()
            last.append(self.step)
        late = not limit.is_alive()
        limit.cancel()
        if child.wait() != 0 and not self._canceled:
            self.problem = T.TOO_LONG.format(seconds=MOST_SECONDS) if late else " ".join(last)


JOBS: Jobs[Making] = Jobs(most=1)


def show(ids: Sequence[str]) -> None:
    """Draw the buttons that make the report of a run, or of several runs to compare, and download it.

    Args:
        ids: The runs, in the order of the report. The place is drawn again while the report is made, so it has to be
            outside of any other fragment.
    """
    key = key_of(ids)
    works = JOBS.at_work(key) is not None
    with st.container(horizontal=True, gap="small"):
        if works:
            if st.button(T.CANCEL, key=widget_key("report", key, "cancel"), icon=":material/close:"):
                JOBS.cancel(key)
                st.rerun()
        else:
            _offer(ids, key)
    jobs.watch(works, lambda: JOBS.at_work(key), lambda: _say(key))


def _offer(ids: Sequence[str], key: str) -> None:
    file = reports_folder() / f"{key}.html"
    made = _status_of(file)
    if made is not None:
        size, moment = in_words(made.st_size), clock(made.st_mtime, time.time())
        # A callable, so that the file is read only when it is downloaded.
        st.download_button(
            T.DOWNLOAD.format(size=size, time=moment), file.read_bytes, file_name=_name_of(ids), mime="text/html",
            key=widget_key("report", key, "download"), on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    words = T.MAKE if made is None else T.MAKE_AGAIN
    if st.button(words, key=widget_key("report", key, "make"), icon=":material/description:"):
        _discard_old()
        JOBS.start(key, lambda: Making(ids, file))
        st.rerun()


def _say(key: str) -> None:
    """Draw how far the report is, or why there is none."""
    job = JOBS.get(key)
    if job is None:
        if any(other.running for other in JOBS.all().values()):
            st.caption(T.OTHER)
    elif job.running:
        st.caption(escape(T.MAKING_STEP.format(step=job.step) if job.step else T.MAKING))
    elif job.problem:
        st.error(escape(T.FAILED.format(reason=job.problem)))


def key_of(ids: Sequence[str]) -> str:
    """The key of the report of these runs, and the name of its file."""
    return blake2b("\n".join(ids).encode(), digest_size=8).hexdigest()


def _status_of(file: Path) -> os.stat_result | None:
    """The status of a report; None where there is none. Another tab may discard it at any moment."""
    try:
        return file.stat()
    except OSError:
        return None


def _name_of(ids: Sequence[str]) -> str:
    return f"{ids[0]}.html" if len(ids) == 1 else f"{T.COMPARISON_FILE}-{len(ids)}.html"


def _discard_old() -> None:
    """Keep only the latest reports: they are made again in seconds."""
    files = reports_folder().glob("*.html")
    found = [(made.st_mtime, file) for file in files if (made := _status_of(file)) is not None]
    for _, file in sorted(found, reverse=True)[_KEPT:]:
        with suppress(OSError):
            file.unlink()
