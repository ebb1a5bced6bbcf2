"""Training whose processes may die in a step of the pipeline; the run then names that step."""

import contextlib
import os
import re
import signal
import traceback
from collections.abc import Iterator
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytorch_lightning as pl
from torch.utils.data.dataloader import _MultiProcessingDataLoaderIter

from explorer.augment import observe
from explorer.training.attempt import Attempt
from explorer.training.data import Images
from explorer.training.mistakes import LostWorkerError, lost_a_worker, worker_words
from explorer.training.noted_steps import NotedSteps

_PIDS = re.compile(r"\(pid(?:\(s\))? ([\d, ]+)\)")
_DYING_S = 1.0  # a process closes its connections a moment before it is dead
_WIDTH = 80  # bytes for a transform's name, more than any has


def fit(
    attempt: Attempt, trainer: pl.Trainer, model: pl.LightningModule, images: Images, checkpoint: Path | None = None
) -> None:
    """Train, from a checkpoint if there is one. Raises LostWorkerError, and what training raises."""
    with naming_its_step(images.noted), _step_in_folder(attempt, images.noted):
        trainer.fit(model, datamodule=images, ckpt_path=checkpoint, weights_only=True)


@contextlib.contextmanager
def naming_its_step(noted: NotedSteps) -> Iterator[None]:
    """Raise LostWorkerError, which names the step, where a loader worker dies in the block."""
    try:
        yield
    except (RuntimeError, ConnectionError, EOFError) as error:
        text = _death_behind(error)
        if not text:
            raise
        raise LostWorkerError(worker_words(text, _transform(text, noted))) from error


def _death_behind(error: BaseException) -> str:
    """Say as torch does which worker has died; "" if none has.

    If it died while it passed a batch on, the connection to it breaks before torch learns of its death, which it then
    raises at any moment.
    """
    if isinstance(error, RuntimeError):
        return str(error) if lost_a_worker(error) else ""
    loaders = (frame.f_locals.get("self") for frame, _ in traceback.walk_tb(error.__traceback__))
    loader = next((found for found in loaders if isinstance(found, _MultiProcessingDataLoaderIter)), None)
    if loader is None:
        return ""
    try:
        workers = {worker.sentinel: worker for worker in loader._workers}
        ended = wait(list(workers), _DYING_S)
        return next(filter(None, (_death(worker) for sentinel, worker in workers.items() if sentinel in ended)), "")
    except RuntimeError as death:
        return str(death) if lost_a_worker(death) else ""


def _death(worker: BaseProcess) -> str:
    worker.join()  # its files are closed a moment before the system knows how it ended
    code = worker.exitcode
    if code in (None, 0, -signal.SIGTERM):  # torch itself terminates workers that do not end
        return ""
    how = f"is killed by signal: {signal.strsignal(-code)}." if code < 0 else "exited unexpectedly"
    return f"DataLoader worker (pid {worker.pid}) {how}"


def _transform(text: str, noted: NotedSteps) -> str:
    found = _PIDS.search(text)
    pids = [int(word) for word in re.findall(r"\d+", found[1])] if found else []
    # If several have ended, one died in its step, and the others were in none or were ended after it.
    return next(filter(None, map(noted.transform_in, pids)), "")


@contextlib.contextmanager
def _step_in_folder(attempt: Attempt, noted: NotedSteps) -> Iterator[None]:
    """Keep the current step in a file of the run's folder, for the case that this process dies in a step.

    Without loader workers this process itself augments.
    """
    file = attempt.paths.step(attempt.number)
    if not attempt.leads:
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # if the disk is full, the run goes on without the file
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            stack.callback(file.unlink, missing_ok=True)
            stack.callback(os.close, opened)
            stack.callback(observe.report_steps_to, lambda _: None)
            observe.report_steps_to(lambda node_id: _write(opened, noted.transform(node_id)))
        yield


def _write(opened: int, transform: str) -> None:
    with contextlib.suppress(OSError):
        os.pwrite(opened, transform.encode().ljust(_WIDTH), 0)
