"""Checkpoints that are whole or not there, of the best and of the last epoch, and which of them a run goes on from."""

import pickle
import zipfile
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
from explorer.metrics.table import LOSS, METRICS
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Reason, reason
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks.table import BACKBONES
from explorer.training.tasks.table import task_of
from explorer.training.unpacking import Bound, TooLargeError

FORMAT = 2  # of what is kept of the network: 2 names its weights as the network's own library does
_PARTS = {"epoch", "global_step", "state_dict", "optimizer_states", "loops", "callbacks"}


class CheckpointError(ValueError):
    """The file is no checkpoint that can be used; the message says why, in a clause."""


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target, syncs, renames; reads without unpickling anything.

    Lightning's own way goes through $TMPDIR, and from another file system that is a copy, which a kill tears.
    """

    def __init__(self, config: RunConfig, saved: Callable[[int], None] = lambda step: None) -> None:
        """saved: called with the number of steps in each checkpoint that is safely written."""
        super().__init__()
        self._bound = bound_of(config)
        self._saved = saved

    @override
    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Save. Raises OSError, and TypeError for storage_options."""
        if storage_options is not None:
            raise TypeError("storage_options are not supported")
        target = Path(path)
        target.parent.mkdir(exist_ok=True)  # never the run's own, which somebody may have deleted
        write_atomic(target, lambda file: _write(checkpoint, file))
        self._saved(int(checkpoint["global_step"]))

    @override
    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = True) -> dict[str, Any]:
        """Load. Raises CheckpointError."""
        return read(Path(path), self._bound)


class _Remembering:
    """A file that remembers why it could not be written: torch only says that its position is not the expected one."""

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
        torch.save(checkpoint, target)  # type: ignore[arg-type]  # it needs write and flush only
    except RuntimeError as error:
        if target.error is not None:
            raise target.error from error
        raise


def bound_of(recipe: NetworkRecipe) -> Bound:
    """What checkpoints of a run may unpack to."""
    return Bound.of(BACKBONES[recipe.backbone])


def read(path: Path, bound: Bound) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU; tensors and plain values only. Raises CheckpointError."""
    try:
        bound.check_file(path)
        with zipfile.ZipFile(path) as archive:
            torn = archive.testzip()  # torch itself does not look at checksums
        if torn is not None:
            raise CheckpointError(f"it is damaged ({torn})")
        content = torch.load(path, map_location="cpu", weights_only=True)
        bound.check_content(content)
    except FileNotFoundError as error:
        raise CheckpointError("it is missing") from error
    except TooLargeError as error:
        raise CheckpointError(str(error)) from error
    except CheckpointError:
        raise
    except pickle.UnpicklingError as error:
        raise CheckpointError("it is damaged, or holds more than numbers, which could run code: not opened") from error
    except Exception as error:  # what a damaged archive raises is not documented
        raise CheckpointError(f"it is damaged ({type(error).__name__})") from error
    if not isinstance(content, dict) or not content.keys() >= _PARTS:
        raise CheckpointError("it is no checkpoint of a run")
    return content


@dataclass(frozen=True)
class ResumePoint:
    """Where a run goes on. path: None for its beginning. step: done before. notes: what was passed over, and why."""

    path: Path | None
    step: int
    epoch: int
    notes: tuple[Reason, ...]


def latest(paths: RunPaths, config: RunConfig) -> ResumePoint:
    """The newest checkpoint that can be used. Any will do: the way from each leads to the same weights."""
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
        raise CheckpointError("it was written by another version of the explorer, which named weights otherwise")


def load_weights(path: Path, network: torch.nn.Module, recipe: NetworkRecipe) -> None:
    """Take over the weights of another run's checkpoint into a network. Raises CheckpointError."""
    prefix = "network."
    content = read(path, bound_of(recipe))
    if isinstance(content.get("explorer"), dict):
        _check_format(content["explorer"])
    state = content["state_dict"]
    weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise CheckpointError("its network is another one") from error


def sweep(paths: RunPaths) -> None:
    """Delete what a kill in the middle of a save has left. Only with the run's lock held."""
    for folder in (paths.root, paths.checkpoints, paths.root / "epochs"):
        for part in folder.glob(".*.part"):
            part.unlink(missing_ok=True)


BEST_EPOCH, LEARNED_EPOCH = "best_epoch", "learned_epoch"  # what the Reporter logs for Lightning's callbacks


@dataclass(frozen=True)
class Choice:
    """How Lightning's callbacks follow runs.spec.ranking: by the number of an epoch, which rises with a better one.

    value: of a validation, by its name in events. rules: of the run's config; by rules 1 they compare the value itself.
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
            "monitor": METRICS[self.value].logged,
            "mode": "min" if METRICS[self.value].better == "lower" else "max",
        }


def choice_for(config: RunConfig, val_labels: NDArray[np.int64]) -> Choice:
    """Choose by the monitor; by the loss where the monitor ranks scores and one class alone validates: no such metric
    is defined then.
    """
    undefined = METRICS[config.monitor].of == "scores" and not task_of(config).has_scores(val_labels)
    return Choice(LOSS if undefined else config.monitor, config.rules)


class _Kept(ModelCheckpoint):
    """Finds its files where the run's folder is now: it may have been moved or copied since they were written."""

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        old, new = str(state_dict.get("dirpath", "")), str(self.dirpath)

        def here(value: Any) -> Any:
            if isinstance(value, str) and old and value.startswith(old):
                return new + value[len(old) :]
            return {here(key): kept for key, kept in value.items()} if isinstance(value, dict) else value

        super().load_state_dict({name: here(value) for name, value in state_dict.items()})


def checkpoints(paths: RunPaths, choice: Choice) -> list[ModelCheckpoint]:
    """First the best, then the last, both at the end of an epoch: any other way breaks a later resume."""
    best = _Kept(
        dirpath=paths.checkpoints,
        filename=paths.best.stem,
        **choice.saves_by,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    last = _Kept(
        dirpath=paths.checkpoints,
        filename=paths.last.stem,
        enable_version_counter=False,
        save_on_train_epoch_end=True,
    )
    return [best, last]
