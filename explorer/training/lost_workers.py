"""Training whose processes may die in a step of the pipeline; the run then names that step."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytorch_lightning as pl

from explorer.augment import observe
from explorer.training.attempt import Attempt
from explorer.training.data import Images
from explorer.training.mistakes import LostWorkerError, lost_a_worker, worker_words
from explorer.training.noted_steps import NotedSteps

_PIDS = re.compile(r"\(pid(?:\(s\))? ([\d, ]+)\)")
_WIDTH = 80  # bytes for a transform's name, more than any has


def fit(
    attempt: Attempt, trainer: pl.Trainer, model: pl.LightningModule, images: Images, checkpoint: Path | None = None
) -> None:
    """Train, from a checkpoint if there is one. Raises LostWorkerError, and what training raises."""
    try:
        with _step_in_folder(attempt, images.noted):
            trainer.fit(model, datamodule=images, ckpt_path=checkpoint, weights_only=True)
    except RuntimeError as error:
        if not lost_a_worker(error):
            raise
        raise LostWorkerError(worker_words(str(error), _transform(error, images))) from error


def _transform(error: RuntimeError, images: Images) -> str:
    found = _PIDS.search(str(error))
    pids = [int(word) for word in re.findall(r"\d+", found[1])] if found else []
    # If several have ended, one died in its step, and the others were in none or were ended after it.
    return next(filter(None, map(images.noted.transform_in, pids)), "")


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
