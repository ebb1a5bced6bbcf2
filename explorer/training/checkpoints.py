"""Checkpoints of the best and of the last epoch, written atomically, and which of them a run goes on from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from typing_extensions import override

from explorer.base.atomic import write_atomic
from explorer.metrics.table import EVERY, LOSS
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Reason, reason
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.checkpoint_files import FORMAT, CheckpointError, bound_of, read
from explorer.training.tasks.table import task_of


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target, syncs and renames; reads without unpickling anything.

    Lightning writes to $TMPDIR first. From another file system the file is then copied, and a kill leaves a part.

    Args:
        config: Of the run.
        saved: Called with the number of steps of each checkpoint that is safely written.
    """

    def __init__(self, config: RunConfig, saved: Callable[[int], None] = lambda step: None) -> None:
        super().__init__()
        self._bound = bound_of(config)
        self._saved = saved

    @override
    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Save a checkpoint. Raises OSError, and TypeError for storage_options."""
        if storage_options is not None:
            raise TypeError("storage_options are not supported")
        target = Path(path)
        target.parent.mkdir(exist_ok=True)  # without parents: the run's own folder may have been deleted
        write_atomic(target, lambda file: _write(checkpoint, file))
        self._saved(int(checkpoint["global_step"]))

    @override
    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = True) -> dict[str, Any]:
        """Load a checkpoint. Raises CheckpointError."""
        return read(Path(path), self._bound)


class _Remembering:
    """A file that keeps the error of a write: torch only says that its position is not the expected one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, content: Any) -> int:
        try:
            return self._file.write(content)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


def _write(checkpoint: dict[str, Any], file: BinaryIO) -> None:
    target = _Remembering(file)
    try:
        torch.save(checkpoint, target)  # type: ignore[arg-type]  # it calls write and flush only
    except RuntimeError as error:
        if target.error is not None:
            raise target.error from error
        raise


@dataclass(frozen=True)
class ResumePoint:
    """Where a run goes on.

    Attributes:
        path: The checkpoint; None to start from the beginning.
        step: Optimizer steps made before.
        epoch: The epoch to continue, from 0.
        notes: Which checkpoints were passed over, and why.
    """

    path: Path | None
    step: int
    epoch: int
    notes: tuple[Reason, ...]


def latest(paths: RunPaths, config: RunConfig) -> ResumePoint:
    """Find the newest checkpoint that can be used. Training on from any of them leads to the same weights."""
    notes: list[Reason] = []
    for path in (paths.last, paths.best):
        if not path.exists():
            continue
        try:
            content = read(path, bound_of(config))
            _check_owner(content, config)
        except CheckpointError as error:
            notes.append(reason("checkpoint_passed_over", file=path.name, error=str(error)))
        else:
            return ResumePoint(path, int(content["global_step"]), int(content["epoch"]), tuple(notes))
    return ResumePoint(None, 0, 0, tuple(notes))


def _check_owner(content: dict[str, Any], config: RunConfig) -> None:
    found = content.get("explorer")
    if not isinstance(found, dict) or _config_of(found) != config:
        raise CheckpointError("it is of a run with other settings")
    _check_format(found)


def _config_of(found: dict[str, Any]) -> RunConfig | None:
    try:
        return loads(str(found.get("config")))
    except ConfigError:
        return None


def _check_format(found: dict[str, Any]) -> None:
    if found.get("format") != FORMAT:
        raise CheckpointError("it was written by another version of the explorer, which named weights differently")


def load_weights(path: Path, network: torch.nn.Module, recipe: NetworkRecipe) -> None:
    """Load the weights of another run's checkpoint into a network. Raises CheckpointError."""
    prefix = "network."
    content = read(path, bound_of(recipe))
    if isinstance(content.get("explorer"), dict):
        _check_format(content["explorer"])
    state = content["state_dict"]
    weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointError("it is of a different network") from error


def sweep(paths: RunPaths) -> None:
    """Delete what a kill in the middle of a save has left. The caller holds the run's lock."""
    for folder in (paths.root, paths.checkpoints, paths.root / "epochs"):
        for part in folder.glob(".*.part"):
            part.unlink(missing_ok=True)


BEST_EPOCH, LEARNED_EPOCH = "best_epoch", "learned_epoch"  # what the Reporter logs for Lightning's callbacks


@dataclass(frozen=True)
class Choice:
    """How Lightning's callbacks follow explorer.runs.spec.ranking: by the number of the best epoch so far.

    Attributes:
        value: The metric that epochs are compared by.
        rules: Of the run's config; by rules 1 the callbacks compare the value itself.
    """

    value: str
    rules: int = 2

    @property
    def saves_by(self) -> dict[str, Any]:
        """Arguments of ModelCheckpoint."""
        return self._of_before if self.rules == 1 else {"monitor": BEST_EPOCH, "mode": "max"}

    @property
    def stops_by(self) -> dict[str, Any]:
        """Arguments of EarlyStopping."""
        return self._of_before if self.rules == 1 else {"monitor": LEARNED_EPOCH, "mode": "max"}

    @property
    def _of_before(self) -> dict[str, Any]:
        return {
            "monitor": EVERY[self.value].logged,
            "mode": "min" if EVERY[self.value].better == "lower" else "max",
        }


def choice_for(config: RunConfig, val_labels: NDArray[np.int64]) -> Choice:
    """Choose epochs by the monitor, or by the loss if the monitor is undefined: it ranks scores, and all validation
    images are of one class.
    """
    undefined = EVERY[config.monitor].of == "scores" and not task_of(config).has_scores(val_labels)
    return Choice(LOSS if undefined else config.monitor, config.rules)


class _Kept(ModelCheckpoint):
    """Finds its files where the run's folder is now, which may have been moved or copied since they were written."""

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        old, new = str(state_dict.get("dirpath", "")), str(self.dirpath)

        def here(value: Any) -> Any:
            if isinstance(value, str) and old and value.startswith(old):
                return new + value[len(old) :]
            return {here(key): kept for key, kept in value.items()} if isinstance(value, dict) else value

        super().load_state_dict({name: here(value) for name, value in state_dict.items()})


def checkpoints(paths: RunPaths, choice: Choice) -> list[ModelCheckpoint]:
    """The callbacks that save the best and then the last epoch. Both save at its end, which a later resume needs."""
    files: dict[str, dict[str, Any]] = {paths.best.stem: choice.saves_by, paths.last.stem: {}}
    return [
        _Kept(paths.checkpoints, name, **by, enable_version_counter=False, save_on_train_epoch_end=True)
        for name, by in files.items()
    ]
