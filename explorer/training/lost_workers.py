"""Training with loaders whose workers may die: the run says in which step they did."""

import re
from pathlib import Path

import pytorch_lightning as pl

from explorer.training.data import Images
from explorer.training.mistakes import LostWorkerError, lost_a_worker, worker_words

_PID = re.compile(r"\(pid(?:\(s\))? (\d+)")


def fit(trainer: pl.Trainer, model: pl.LightningModule, images: Images, checkpoint: Path | None = None) -> None:
    """Train, from a checkpoint where there is one. Raises LostWorkerError, and what training raises."""
    try:
        trainer.fit(model, datamodule=images, ckpt_path=checkpoint, weights_only=True)
    except RuntimeError as error:
        if not lost_a_worker(error):
            raise
        raise LostWorkerError(worker_words(str(error), _transform(error, images))) from error


def _transform(error: RuntimeError, images: Images) -> str:
    found = _PID.search(str(error))
    return images.noted.transform_in(int(found[1])) if found else ""
