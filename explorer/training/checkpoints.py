"""Checkpoints that are whole or not there, of the best and of the last epoch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO

from explorer.runs.atomic import write_atomic
from explorer.runs.paths import RunPaths


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target, syncs, renames.

    Lightning's own way goes through $TMPDIR, and from another file system that is a copy, which a kill tears.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Save. Raises OSError, and TypeError for storage_options."""
        if storage_options is not None:
            raise TypeError("storage_options are not supported")
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, lambda file: torch.save(checkpoint, file))


@dataclass(frozen=True)
class Choice:
    """Which epoch is the best: by this logged value of its validation."""

    monitor: str
    mode: Literal["min", "max"]

    @property
    def value(self) -> str:
        """The same under its name in events."""
        return {"val_auroc": "auroc"}.get(self.monitor, self.monitor)

    def better(self, new: float | None, old: float | None) -> bool:
        """As ModelCheckpoint compares, which sees float32; so that the outcome names the epoch that it kept."""
        if new is None or old is None:
            return old is None
        first, second = np.float32(new), np.float32(old)
        return bool(first > second if self.mode == "max" else first < second)


def choice_for(val_labels: NDArray[np.int64]) -> Choice:
    """By AUROC; by loss where the validation images are all of one class, which leaves AUROC undefined."""
    return Choice("val_auroc", "max") if len(np.unique(val_labels)) > 1 else Choice("val_loss", "min")


def checkpoints(paths: RunPaths, choice: Choice) -> list[ModelCheckpoint]:
    """First the best, then the last, both at the end of an epoch: any other way breaks a later resume."""
    best = ModelCheckpoint(
        dirpath=paths.checkpoints,
        filename=paths.best.stem,
        monitor=choice.monitor,
        mode=choice.mode,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    last = ModelCheckpoint(
        dirpath=paths.checkpoints,
        filename=paths.last.stem,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    return [best, last]
