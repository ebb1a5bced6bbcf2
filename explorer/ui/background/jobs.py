"""Work that takes long, by a key that identifies what was asked for. All sessions of the server share it."""

import threading
from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

import streamlit as st

LOOK_SECONDS = 0.5
_END_SECONDS = 5.0  # a page waits no longer for a canceled job


class Job(Protocol):
    """Work under way in other threads or processes."""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""

    def cancel(self) -> None:
        """End it soon."""

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until it has ended, and return whether it has."""


Work = TypeVar("Work", bound=Job)


class Jobs(Generic[Work]):
    """The latest job of each key.

    Args:
        most: How many jobs run at once: more are not started.
        kept: The number of ended jobs that are remembered.
    """

    def __init__(self, *, most: int | None = None, kept: int = 16) -> None:
        self._most, self._kept = most, kept
        self._lock = threading.Lock()
        self._latest: dict[str, Work] = {}

    def start(self, key: str, begin: Callable[[], Work]) -> None:
        """Start a job by calling `begin`, unless one runs for this key, or as many as may run at once."""
        with self._lock:
            running = [name for name, job in self._latest.items() if job.running]
            if key in running or self._are_most(len(running)):
                return
            self._latest.pop(key, None)
            ended = [name for name in self._latest if name not in running]
            for name in ended[: max(0, len(ended) - self._kept)]:
                del self._latest[name]
            self._latest[key] = begin()

    @property
    def full(self) -> bool:
        """Whether as many jobs run as may run at once."""
        return self._are_most(sum(job.running for job in self.all().values()))

    def _are_most(self, running: int) -> bool:
        return self._most is not None and running >= self._most

    def all(self) -> Mapping[str, Work]:
        """Return the latest jobs by key."""
        with self._lock:
            return dict(self._latest)

    def get(self, key: str) -> Work | None:
        """Return the latest job of a key, whether it runs or has ended."""
        return self.all().get(key)

    def at_work(self, key: str) -> Work | None:
        """Return the job of a key if it runs."""
        job = self.get(key)
        return job if job is not None and job.running else None

    def cancel(self, key: str) -> None:
        """End the job of a key."""
        if (job := self.at_work(key)) is not None:
            job.cancel()
            job.wait(_END_SECONDS)


def watch(works: bool, at_work: Callable[[], object], draw: Callable[[], None], seconds: float = LOOK_SECONDS) -> None:
    """Draw a fragment that is drawn again periodically while something is at work.

    Buttons belong outside of it: drawing a button again during a click loses the click.

    Args:
        works: Whether there was work under way when the page drew its buttons.
        at_work: Returns something true while there is work under way.
        draw: Draws the content.
        seconds: The time between two looks.
    """

    def body() -> None:
        if bool(at_work()) is not works:
            st.rerun()  # only the whole page can start or stop the timer of a fragment, and change the buttons
        draw()

    st.fragment(body, run_every=seconds if works else None)()
