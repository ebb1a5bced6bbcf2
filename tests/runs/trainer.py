"""`python -m tests.runs.trainer RUN_DIR`: a real process without torch that behaves as the name of its run says."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import made_home
from explorer.runs.life import announcing
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome, OutcomeState
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import derive, of_outcome
from explorer.training.claim import Claim
from explorer.training.stopping import StopRequest, StopRun
from explorer.training.waiting import wait_for_turn

PATIENCE_S = 300.0  # a child that a failed test forgot goes away by itself
STEPS_PER_EPOCH = 4


@dataclass(frozen=True)
class Work:
    """What a trainer holds while it works: its folder, its number, and the file that it tells its progress to."""

    paths: RunPaths
    attempt: int
    writer: EventWriter


def _ask_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def _end(work: Work, state: OutcomeState, reason: str) -> None:
    outcome.write(work.paths, Outcome(state, reason, time.time(), work.attempt, {"epoch": 1, "auroc": 0.75}))


def save_epoch(paths: RunPaths, attempt: int, epoch: int) -> None:
    """The record of an epoch that can be told from others by its counts."""
    import numpy as np  # here, as in the real one: a run that waits does without

    from explorer.runs.record.epochs import EpochRecord

    confusion = np.array([[epoch + 1, 1], [2, 10 * attempt]])
    histogram = np.ones((2, 16), np.int64)
    logits = np.zeros((3, 2), np.float32)
    EpochRecord(confusion, histogram, histogram, logits, np.array([0, 1, 1])).save(paths.epoch(attempt, epoch))


def train(work: Work, epochs: int) -> None:
    """What a real trainer tells about `epochs` epochs, without the work."""
    total = epochs * STEPS_PER_EPOCH
    work.writer.write(
        "start",
        promise_s=30,
        total_steps=total,
        steps_per_epoch=STEPS_PER_EPOCH,
        epochs=epochs,
        train_images=40,
        val_images=10,
        classes=["ants", "bees"],
        device="Test CPU",
        precision="32-true",
    )
    for epoch in range(epochs):
        for step in range(epoch * STEPS_PER_EPOCH + 1, (epoch + 1) * STEPS_PER_EPOCH + 1):
            work.writer.write(
                "step", epoch=epoch, step=step, promise_s=30, loss=1 / step, lr=0.1, images_per_second=9.5
            )
        work.writer.write("phase", epoch=epoch, step=step, promise_s=30, phase="validating")
        save_epoch(work.paths, work.attempt, epoch)
        values = {"train_loss": 0.5, "val_loss": 0.4, "auroc": 0.7 + epoch / 100, "f1_macro": 0.6, "accuracy": 0.8}
        work.writer.write("epoch", epoch=epoch, step=step, promise_s=30, duration_s=1.5, **values)


def finishes(work: Work) -> None:
    print("training begins")
    train(work, epochs=2)
    _end(work, "finished", "All 2 epochs are done.")


def fails(work: Work) -> None:
    _end(work, "failed", "The loss became nan at step 7.")
    sys.exit(1)


def works_until_stopped(work: Work) -> None:
    train(work, epochs=1)
    work.writer.write("step", epoch=1, step=5, promise_s=30, loss=0.2, lr=0.1)
    _ask_until(work.paths.stop.exists)
    _end(work, "stopped", "Stopped in epoch 2; the work is saved.")


def ignores_stop(work: Work) -> None:
    work.writer.write("step", epoch=2, step=120, promise_s=30, loss=0.2)
    _ask_until(lambda: False)


def obeys_sigterm(work: Work) -> None:
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    work.writer.write("step", epoch=2, step=120, promise_s=30, loss=0.2)
    _ask_until(lambda: bool(asked))
    _end(work, "stopped", "Stopped by SIGTERM; the work is saved.")


def hangs_with_a_worker(work: Work) -> None:
    worker = os.fork()
    if worker:
        (work.paths.root / "worker").write_text(str(worker))
        work.writer.write("step", epoch=2, step=120, promise_s=0.05, loss=0.2)
    _ask_until(lambda: False)


def takes_a_turn(work: Work) -> None:
    _tell_turn("begin", work)
    _ask_until(lambda: (made_home() / "go").exists() or work.paths.stop.exists())
    _tell_turn("end", work)
    _end(work, "finished", "It had its turn.")


def _tell_turn(word: str, work: Work) -> None:
    with (made_home() / "turns.txt").open("a") as file:
        file.write(f"{word} {work.paths.id}\n")


class LosesItsFolder(StopRequest):
    """Somebody deletes the folder of the run at the very moment in which the trainer asks whether to stop."""

    def check(self, code: str, **values: int) -> None:
        shutil.rmtree(self._file.parents[1])
        super().check(code, **values)


def loses_its_folder_while_it_waits(_work: Work) -> None:
    raise AssertionError("It waits behind another run, so that its turn never comes.")


def fills_the_disk(work: Work) -> None:
    with (work.paths.root / "big").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def prints_a_lot(work: Work) -> None:
    print("안녕 first line")
    work.writer.write("step", epoch=0, step=1, promise_s=30, loss=0.2)
    _ask_until(work.paths.stop.exists)
    print("Last LINE")
    _end(work, "stopped", "Stopped.")


def imports_for_ever(_work: Work) -> None:
    _ask_until(lambda: False)


def falls_silent(work: Work) -> None:
    work.writer.write("step", epoch=2, step=120, promise_s=0.05, loss=0.2)
    _ask_until(work.paths.stop.exists)
    _end(work, "stopped", "Stopped.")


def dies_of_memory(work: Work) -> None:
    work.writer.write("step", epoch=2, step=120, promise_s=30, loss=0.2)
    os.kill(os.getpid(), 9)


def forks_a_worker(work: Work) -> None:
    worker = os.fork()
    if worker == 0:
        _ask_until((work.paths.root / "worker may go").exists)
        os._exit(0)
    helper = subprocess.Popen(["sleep", str(PATIENCE_S)])
    other = subprocess.Popen(["sleep", str(PATIENCE_S)], start_new_session=True)  # as EXPLORER_ON_FINISH
    (work.paths.root / "helper").write_text(str(helper.pid))
    (work.paths.root / "other").write_text(str(other.pid))
    (work.paths.root / "worker").write_text(str(worker))
    os.kill(os.getpid(), 9)


def waits_for_its_worker(work: Work) -> None:
    """Saves only with what its worker gives, as a trainer needs the next batch."""
    worker = _works_until(work, work.paths.stop.exists)
    _ask_until(work.paths.stop.exists)
    os.waitpid(worker, 0)
    _end(work, "stopped", "Stopped in epoch 2; the work is saved.")


def ends_before_its_worker(work: Work) -> None:
    """Says how it ended, and then waits for its worker, as Python does for those of torch."""
    worker = _works_until(work, (work.paths.root / "worker may go").exists)
    _ask_until(work.paths.stop.exists)
    _end(work, "stopped", "Stopped in epoch 2; the work is saved.")
    os.waitpid(worker, 0)


def _works_until(work: Work, condition: Callable[[], bool]) -> int:
    worker = os.fork()
    if worker == 0:
        _ask_until(condition)
        os._exit(0)
    (work.paths.root / "worker").write_text(str(worker))
    work.writer.write("step", epoch=1, step=5, promise_s=30, loss=0.2, lr=0.1)
    return worker


def crashes_at_once(_paths: RunPaths) -> None:
    raise ModuleNotFoundError("No module named 'torch'")


def never_takes_its_lock(paths: RunPaths) -> None:
    _ask_until(paths.stop.exists)
    sys.exit(3)


WITHOUT_LOCK = {work.__name__: work for work in (crashes_at_once, never_takes_its_lock)}
WITH_LOCK = {
    work.__name__: work
    for work in (
        finishes,
        fails,
        works_until_stopped,
        ignores_stop,
        imports_for_ever,
        falls_silent,
        dies_of_memory,
        forks_a_worker,
        waits_for_its_worker,
        ends_before_its_worker,
        obeys_sigterm,
        hangs_with_a_worker,
        takes_a_turn,
        loses_its_folder_while_it_waits,
        fills_the_disk,
        prints_a_lot,
    )
}


def main(paths: RunPaths) -> None:
    name = json.loads(paths.config.read_text())["name"].partition(",")[0]
    if name in WITHOUT_LOCK:
        WITHOUT_LOCK[name](paths)
        return
    claim = Claim(paths)
    asks = LosesItsFolder if name == loses_its_folder_while_it_waits.__name__ else StopRequest
    stop = asks(paths.stop, claim)
    stop.listen()
    try:
        with claim.held():
            _work(paths, name, stop)
    finally:
        ended = outcome.read(paths)
        announcing.announce(paths, derive(paths) if ended is None else of_outcome(ended))


def _work(paths: RunPaths, name: str, stop: StopRequest) -> None:
    """As the real trainer does: wait for a device, work, say how it ended."""
    attempt = paths.begin_attempt()
    with outcome.reserve(paths), contextlib.ExitStack() as stack:
        opened: list[EventWriter] = []

        def begin() -> None:
            opened.append(stack.enter_context(EventWriter(paths, attempt)))
            opened[0].write("phase", promise_s=60, phase="importing")

        try:
            slot = wait_for_turn(paths, stop, begin)
            if slot is not None:
                stack.callback(slot.release)
            WITH_LOCK[name](Work(paths, attempt, opened[0]))
        except StopRun as stopped:
            outcome.write(paths, Outcome("stopped", str(stopped), time.time(), attempt))
        except OSError as error:
            outcome.write_at_any_cost(paths, Outcome("failed", f"{error}.", time.time(), attempt))


if __name__ == "__main__":
    main(RunPaths(Path(sys.argv[1])))
