"""`python -m bench faults`: hurts real runs at random moments, resumes them, and compares their weights.

Each run is hurt up to three times and then let through to its end. A reader polls the state of all of them every
50 ms and holds it against the process table. Asked for: no run lost, no wrong state, no other weights.
"""

import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.runs.injuries import AFTER_A_KILL, ALIVE
from bench.runs.witness import Reader
from explorer.base.processes import Moment
from explorer.runs.life import launcher
from explorer.runs.life.housekeeping import tend
from explorer.runs.queue import queue
from explorer.runs.record.events import last_event
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig, dumps, from_values
from explorer.runs.state.status import RunStatus, State, derive
from scripts.disks import NoSmallDisk, fill, small_disk

RUNS = 200
AT_ONCE = 3
_PATIENCE_S = 240.0
_LONGEST_S = 8.0  # from the start of an attempt to its injury; it takes about as long
_DISK_MB = 220
_FILL_SHARE = 10  # one run in so many meets a full disk
_KILLS = {"kill", "kill_group", "freeze_and_kill", "out_of_memory"}


@dataclass
class Tally:
    """What happened. lost: runs that could not be brought to their end. other: whose weights differ."""

    runs: int = 0
    done: Counter[str] = field(default_factory=Counter)
    too_late: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    resumes: int = 0
    lost: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    polls: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was lost, wrong or different."""
        return not (self.lost or self.wrong or self.other)


def config(workers: int) -> RunConfig:
    """A run of about two seconds after start-up in which all layers learn, with two validations."""
    return from_values(
        {
            "name": f"{workers} workers",
            "dataset": {"kind": "shapes", "num_classes": 3, "train_images": 46, "val_images": 40, "image_size": 32},
            "pipeline": {"nodes": [{"kind": "step", "id": "n1", "transform": "GaussNoise", "p": 0.7}]},
            "image_size": 32,
            "epochs": 3,
            "batch_size": 4,
            "frozen": False,
            "accelerator": "cpu",
            "precision": "32-true",
            "threads": 1,
            "workers": workers,
        }
    )


def main(runs: int = RUNS, seed: int = 0) -> None:
    """Measure and print. Exits with 1 where anything was lost, wrong or different."""
    begun = time.monotonic()
    tally = measure(runs, seed, say=print)
    print(f"\n{tally.runs} runs, {tally.resumes} resumes, {(time.monotonic() - begun) / 60:.0f} min")
    print(f"{'injury':22}{'done':>6}{'too late':>10}")
    for name in (*ALIVE, *AFTER_A_KILL, "full_disk"):
        print(f"{name:22}{tally.done[name]:6}{tally.too_late[name]:10}")
    print("ends: " + ", ".join(f"{count} {name}" for name, count in sorted(tally.ends.items())))
    print(f"runs lost: {len(tally.lost)}")
    print(f"wrong states among {tally.polls:,} that a reader saw: {len(tally.wrong)}")
    print(f"resumed runs whose weights or metrics differ: {len(tally.other)}")
    for line in (*tally.lost, *tally.wrong, *tally.other):
        print(f"  {line}")
    if not tally.good:
        raise SystemExit(1)


def measure(runs: int, seed: int, say: Any = lambda line: None) -> Tally:
    """Hurt `runs` runs: a half with TMPDIR beside them, a half with it on another file system, some on a full disk.

    Where no file systems may be mounted, all of them are hurt in the first way.
    """
    tally = Tally()
    on_full_disk = max(1, runs // _FILL_SHARE)
    plain = (runs - on_full_disk) // 2
    with tempfile.TemporaryDirectory() as scratch, _environment(EXPLORER_SAVE_EVERY_S="0.3"):
        folder = Path(scratch)
        try:
            with small_disk(folder / "tried", 1):
                pass
        except NoSmallDisk as error:
            say(f"No full disk, and no TMPDIR on another one: {error}")
            plain, on_full_disk = runs, 0
        with _environment(EXPLORER_HOME=str(folder / "home")):
            wanted = _reference()
            _hurt(range(plain), seed, wanted, tally, say)
        if plain < runs:
            elsewhere = _environment(EXPLORER_HOME=str(folder / "home2"), TMPDIR=str(folder / "other"))
            with small_disk(folder / "other", _DISK_MB), elsewhere:
                _hurt(range(plain, runs - on_full_disk), seed, wanted, tally, say)
            with small_disk(folder / "small", _DISK_MB) as small, _environment(EXPLORER_HOME=str(small / "home")):
                _hurt(range(runs - on_full_disk, runs), seed, wanted, tally, say, disk=small)
    return tally


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _reference() -> Any:
    """The result of a run that nothing hurts, in this process."""
    # Imported here: the bench starts quickly where it is only asked for its name.
    from explorer.training.__main__ import run
    from explorer.training.stopping import StopRequest

    paths = RunPaths(runs_root() / "20261123-142501-reference-x7k")
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(config(0)))
    run(paths, StopRequest(paths.stop))
    status = derive(paths)
    if status.state is not State.FINISHED:
        raise SystemExit(f"The reference run did not finish: {status}")
    return _result(paths)


def _result(paths: RunPaths) -> Any:
    # Imported here: the bench starts quickly where it is only asked for its name.
    from bench.runs.results import result

    return result(paths)


def _hurt(numbers: range, seed: int, wanted: Any, tally: Tally, say: Any, disk: Path | None = None) -> None:
    queue.set_slots("cpu", AT_ONCE)
    reader = Reader()
    reader.start()
    tending = _Tending()
    tending.start()
    lock = threading.Lock()
    # One at a time where the disk is filled: it is full for all.
    with ThreadPoolExecutor(AT_ONCE if disk is None else 1) as pool:
        for line in pool.map(lambda number: _Case(number, seed, reader, tally, lock, disk).run(wanted), numbers):
            say(line)
    tending.end()
    reader.end()
    tally.polls += sum(reader.polls.values())
    tally.wrong += reader.wrong


class _Tending(threading.Thread):
    """Somebody looks at the runs now and then, as an open page does."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            tend()

    def end(self) -> None:
        self._over.set()
        self.join()


class _Case:
    """One run, its injuries and its end."""

    def __init__(
        self, number: int, seed: int, reader: Reader, tally: Tally, lock: threading.Lock, disk: Path | None
    ) -> None:
        self._dice = random.Random(f"{seed}-{number}")
        self._number, self._reader, self._tally, self._lock, self._disk = number, reader, tally, lock, disk

    def run(self, wanted: Any) -> str:
        """Returns a line that says what happened."""
        paths = launcher.start(config(self._dice.choice((0, 2))))
        self._reader.watch(paths)
        story = [self._injure(paths) for _ in range(self._dice.randint(1, 3))]
        status = self._bring_to_an_end(paths)
        self._reader.forget(paths)
        with self._lock:
            self._tally.runs += 1
            if status.state is not State.FINISHED:
                self._tally.lost.append(f"{paths.id}: {status}; {story}")
            elif _result(paths) != wanted:
                self._tally.other.append(f"{paths.id}: {story}")
        if self._disk:
            _wait_for_its_note(paths)
            shutil.rmtree(paths.root)  # two checkpoints of all layers: the disk has room for two runs
        return f"{self._number:4} {paths.id} {', '.join(filter(None, story))}: {status.state}"

    def _injure(self, paths: RunPaths) -> str:
        if derive(paths).over:
            return ""
        name = "full_disk" if self._disk else self._dice.choice(list(ALIVE))
        if name != "kill_while_it_waits":
            self._wait_for_a_moment(paths)
        done = _fill(self._disk) if self._disk else ALIVE[name](paths, self._dice)
        self._note(name, done)
        if not done:
            return ""
        if name in ("freeze", "kill_while_it_waits", "delete_lock"):
            return name
        status = _wait(paths)
        if self._disk:
            (self._disk / "filling").unlink()
        with self._lock:
            self._tally.ends[str(status.state)] += 1
        if status.state is State.LOST and name in _KILLS and self._dice.random() < 0.6:
            after = self._dice.choice(list(AFTER_A_KILL))
            hurt = AFTER_A_KILL[after](paths, self._dice)
            self._note(after, hurt)
            name += f" + {after}" if hurt else ""
        self._resume(paths, status)
        return name

    def _wait_for_a_moment(self, paths: RunPaths) -> None:
        """Half of the injuries fall anywhere, half in the middle of the work: at a step, a validation or a save."""
        if self._dice.random() < 0.4:
            time.sleep(self._dice.uniform(0, _LONGEST_S))
            return
        wanted = self._dice.choice(("training", "validating", "saving"))
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and not derive(paths).over:
            last = last_event(paths.events(max(paths.attempts(), default=1)))
            if last is not None and last.values.get("phase") == wanted:
                break
            time.sleep(0.02)
        time.sleep(self._dice.uniform(0, 0.6))

    def _note(self, name: str, done: bool) -> None:
        with self._lock:
            (self._tally.done if done else self._tally.too_late)[name] += 1

    def _resume(self, paths: RunPaths, status: RunStatus) -> None:
        if status.over and status.state is not State.FINISHED:
            launcher.resume(paths)
            with self._lock:
                self._tally.resumes += 1

    def _bring_to_an_end(self, paths: RunPaths) -> RunStatus:
        for _ in range(4):
            status = _wait(paths)
            if status.state is State.FINISHED:
                break
            self._resume(paths, status)
        return status


def _wait_for_its_note(paths: RunPaths) -> None:
    """Its launcher, this process, notes how it ended a moment after: not into a folder that is being removed."""
    deadline = time.monotonic() + _PATIENCE_S
    while not paths.ended(paths.latest_attempt).exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def _fill(disk: Path | None) -> bool:
    if disk is not None:
        fill(disk)
    return True


def _wait(paths: RunPaths) -> RunStatus:
    begun = Moment.now()
    while True:
        status = derive(paths)
        if status.over or Moment.now().mono - begun.mono > _PATIENCE_S:
            return status
        time.sleep(0.02)
