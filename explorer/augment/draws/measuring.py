"""A measurement under way: its draws are dealt out to measuring processes, and their tallies are added up."""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import explorer
from explorer.augment import files
from explorer.augment.draws import wire
from explorer.augment.draws.tally import Tally, merge
from explorer.augment.pipeline import Pipeline
from explorer.data.sample import Sample

PROCESSES = 2  # of the whole server: others need the cores too
CHUNK_S = 0.4  # of draws at a time: often enough for a progress bar
FIRST_CHUNK, LARGEST_CHUNK = 4, 250
_turns = threading.Semaphore(PROCESSES)
_idle: list["_Child"] = []
_idle_lock = threading.Lock()


class MeasuringError(RuntimeError):
    """A measuring process ended before its work did."""


class _Child:
    """One measuring process. Raises wire.Hangup where it is gone. used: whether it has worked before."""

    def __init__(self) -> None:
        self.used = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "explorer.augment.draws"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the server's terminal is not for it
            env=explorer.child_environment(),
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, samples: Sequence[Sample], pipeline: Pipeline, seed: int, total: int) -> None:
        if not self._ready:
            wire.receive(self._from)
            self._ready = True
        wire.send(self._to, {"pipeline": files.dumps(pipeline), "seed": seed, "total": total})
        wire.send_samples(self._to, samples)

    def measure(self, draws: range) -> Tally:
        wire.send(self._to, [draws.start, draws.stop])
        answer = wire.receive(self._from)
        if "error" in answer:
            raise MeasuringError(answer["error"])
        found: Tally = answer["tally"]
        return found

    def finish(self) -> None:
        self.used = True
        wire.send(self._to, None)

    def kill(self) -> int:
        """Its exit code: minus the number of the signal that ended it."""
        self._process.kill()
        for stream in (self._to, self._from):
            with suppress(OSError):  # what was still to be sent has nobody to take it
                stream.close()
        return self._process.wait()


@dataclass(frozen=True)
class Progress:
    """done: draws so far. seconds: since the first was begun, 0.0 while it waits or its processes start."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Draws per second, 0.0 where it is not known yet."""
        return self.done / self.seconds if self.done and self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate else None


class Measuring:
    """Draws that are being counted. tally: of those that are done; `error`: why it ended early, else None."""

    def __init__(
        self, samples: Sequence[Sample], pipeline: Pipeline, seed: int, total: int, processes: int = PROCESSES
    ) -> None:
        self._job = samples, pipeline, seed, total
        self.total = total
        self.tally: Tally = {}
        self.error: MeasuringError | None = None
        self._lock = threading.Lock()
        self._next = self._done = 0
        self._begun: float | None = None
        self._cancelled = False
        self._children: set[_Child] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(processes)]
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    @property
    def complete(self) -> bool:
        """Whether all draws are counted."""
        return self._done == self.total

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that work on it now."""
        with self._lock:
            return tuple(child.pid for child in self._children)

    def progress(self) -> Progress:
        with self._lock:
            seconds = 0.0 if self._begun is None else time.monotonic() - self._begun
            return Progress(self._done, self.total, seconds)

    def cancel(self) -> None:
        """End it now, also inside of a step; what was counted so far stays."""
        with self._lock:
            self._cancelled = True
            for child in self._children:
                child.kill()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; False where that takes longer."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return not self.running

    # In threads of its own

    def _work(self) -> None:
        with _turns:
            child = None if self._over() else _take()
            while child is not None:
                child = self._work_with(child)

    def _work_with(self, child: _Child) -> _Child | None:
        """Do the work; the process that has to do it instead, where this one has gone home meanwhile."""
        with self._lock:
            self._children.add(child)
        begun = False
        try:
            child.begin(*self._job)
            begun = True
            self._deal(child)
        except wire.Hangup:
            code = child.kill()
            if child.used and not begun:
                return _Child()
            self._failed(f"signal {-code}" if code < 0 else f"exit code {code}")
        except MeasuringError as error:
            child.kill()
            self._failed(str(error))
        else:
            _put_back(child)
        finally:
            with self._lock:
                self._children.discard(child)
        return None

    def _deal(self, child: _Child) -> None:
        size = FIRST_CHUNK
        while draws := self._chunk(size):
            begun = time.monotonic()
            found = child.measure(draws)
            size = max(1, min(LARGEST_CHUNK, round(len(draws) * CHUNK_S / max(time.monotonic() - begun, 1e-3))))
            with self._lock:
                self.tally = merge(self.tally, found)
                self._done += len(draws)
        child.finish()

    def _chunk(self, size: int) -> range:
        with self._lock:
            if self._begun is None:
                self._begun = time.monotonic()
            start = self._next
            self._next = min(self.total, start + size)
            return range(0) if self._cancelled or self.error else range(start, self._next)

    def _over(self) -> bool:
        with self._lock:
            return self._cancelled or self.error is not None or self._next == self.total

    def _failed(self, why: str) -> None:
        with self._lock:
            if not self._cancelled:
                self.error = MeasuringError(f"A measuring process has ended ({why}). Start the measurement again.")


def _take() -> _Child:
    with _idle_lock:
        while _idle:
            child = _idle.pop()
            if child.alive:
                return child
            child.kill()
    return _Child()


def _put_back(child: _Child) -> None:
    with _idle_lock:
        _idle.append(child)
