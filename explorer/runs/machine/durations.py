"""How long runs with the same work took here, for the estimate in the form.

A quick check and a search for a learning rate measure some batches, and a training measures all of its epochs. The
duration of a training replaces those of the others.
"""

import functools
import hashlib
import json
from statistics import median
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from explorer.runs.machine.kept import Kept
from explorer.runs.record.history import VALIDATION_SHARE
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import milestones
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.kinds import KINDS, Kind
from explorer.runs.spec.same_data import what_counts

# Fields that change the work of an epoch.
_WORK = {
    "dataset", "pipeline", "image_size", "kept_as", "cache_size", "batch_size", "accumulate", "mixing", "mix_alpha",
    "mix_probability", "backbone", "drop_connect", "frozen", "unfreeze_epoch", "optimizer", "accelerator", "gpus",
    "precision", "workers", "threads",
}  # fmt: skip


class Duration(BaseModel):
    """Seconds before the first epoch, and of an epoch with its validation, as measured by a kind of run."""

    model_config = ConfigDict(frozen=True)

    by: Kind
    epoch_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    start_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0

    def of(self, epochs: int) -> float:
        """Return the seconds of a run of a number of epochs."""
        return self.start_s + epochs * self.epoch_s


_DURATIONS = Kept("durations", Duration, 500)


def work_of(config: RunConfig, machine_key: str) -> str:
    """Return a hash of a config and a machine that is equal for configs whose epochs take equally long."""
    values = config.model_dump(mode="json", include=_WORK)
    values["pipeline"].pop("name", None)
    values["dataset"] = what_counts(values["dataset"])
    if "drawn" in values["dataset"]:
        values["dataset"]["drawn"].pop("seed")
    if values["dataset"].get("folds"):
        values["dataset"].pop("fold", None)  # all folds are as much work
    if config.evaluation != "whole":  # left out otherwise, so that what was measured before is still found
        values["evaluation"] = config.evaluation
    if config.unfreeze_epoch is not None:
        values["epochs"] = config.epochs  # how many of them are slow
    text = json.dumps([values, machine_key], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def known(work: str) -> Duration | None:
    """Return how long such work took here, if it has been measured."""
    return _DURATIONS.get(work)


def keep(work: str, found: Duration) -> None:
    """Keep what was measured, unless something more reliable is known."""
    before = known(work)
    if before is None or KINDS[before.by].duration_rank <= KINDS[found.by].duration_rank:
        _DURATIONS.put(work, found)


def of_steps(images_per_second: float, train_images: int, val_images: int) -> Duration:
    """Estimate a duration from a search for a learning rate, which validates nothing."""
    work = train_images + VALIDATION_SHARE * val_images
    return Duration(by="rate", epoch_s=work / images_per_second)


@functools.lru_cache(maxsize=64)
def of_training(paths: RunPaths, attempts: int) -> Duration | None:
    """Read what a training took; None where it has finished no epoch.

    `attempts` says how many it had, so that a later one is read, too. The time before the first epoch is known of the
    first attempt only. The median ignores epochs that a stop has cut in two.
    """
    events = [event for attempt in range(1, attempts + 1) for event in milestones(paths.events(attempt))]
    epochs = [event.number("duration_s") for event in events if event.kind == "epoch"]
    if not epochs or not min(epochs) > 0:
        return None
    begun = next((event.mono for event in events if event.values.get("phase") == "training"), events[0].mono)
    return Duration(by="train", epoch_s=median(epochs), start_s=begun - events[0].mono if attempts == 1 else 0.0)
