"""How long runs with the same work took here: noted by what was measured, read where a form says how long a run takes.

A quick check and a search for a learning rate measure some batches, a training measures all of itself. What a training
took is kept before what the others say.
"""

import functools
import hashlib
import json
from pathlib import Path
from statistics import median
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.home import made_home
from explorer.runs.record.history import VALIDATION_SHARE
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import milestones
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.kinds import KINDS, Kind

_KEPT = 500  # recipes; those that were noted first are forgotten
# Fields that change the work of an epoch.
_WORK = {
    "dataset", "pipeline", "image_size", "kept_as", "cache_size", "batch_size", "accumulate", "mixing", "mix_alpha",
    "mix_probability", "backbone", "drop_connect", "frozen", "unfreeze_epoch", "optimizer", "accelerator", "gpus",
    "precision", "workers", "threads",
}  # fmt: skip


class Duration(BaseModel):
    """Seconds before the first epoch, and of an epoch with its validation. by: the kind of run that has measured it."""

    model_config = ConfigDict(frozen=True)

    by: Kind
    epoch_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    start_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0

    def of(self, epochs: int) -> float:
        """Seconds of a run of so many epochs."""
        return self.start_s + epochs * self.epoch_s


def work_of(config: RunConfig, machine_key: str) -> str:
    """A name for the work of a config on a machine: the same for configs whose epochs take equally long."""
    values = config.model_dump(mode="json", include=_WORK)
    values["pipeline"].pop("name", None)
    for of_no_account in ("seed", "links"):
        values["dataset"].pop(of_no_account, None)
    if config.unfreeze_epoch is not None:
        values["epochs"] = config.epochs  # how many of them are slow
    text = json.dumps([values, machine_key], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def known(work: str) -> Duration | None:
    """How long such work took here, where something has measured it."""
    try:
        return Duration.model_validate((read_json_object(_store()) or {})[work])
    except (KeyError, ValidationError):
        return None  # a cache: what cannot be read is measured again


def keep(work: str, found: Duration) -> None:
    """Keep what was measured, unless something better is known. Raises OSError."""
    before = known(work)
    if before is not None and KINDS[before.by].duration_rank > KINDS[found.by].duration_rank:
        return
    store = _store()
    store.parent.mkdir(exist_ok=True)
    entries: dict[str, Any] = read_json_object(store) or {}
    entries.pop(work, None)
    entries[work] = found.model_dump()
    kept = dict(list(entries.items())[-_KEPT:])
    write_bytes_atomic(store, json.dumps(kept, indent=1).encode())


def _store() -> Path:
    return made_home() / "cache" / "durations.json"


def of_steps(images_per_second: float, train_images: int, val_images: int) -> Duration:
    """What a search for a learning rate says, which validates nothing."""
    work = train_images + VALIDATION_SHARE * val_images
    return Duration(by="rate", epoch_s=work / images_per_second)


@functools.lru_cache(maxsize=64)
def of_training(paths: RunPaths, attempts: int) -> Duration | None:
    """What a training took that is over; None where it has finished no epoch.

    attempts: how many it had, so that a later one is read too. What comes before the first epoch is known of the first
    attempt alone; the median leaves aside the epochs that a stop has cut in two.
    """
    events = [event for attempt in range(1, attempts + 1) for event in milestones(paths.events(attempt))]
    epochs = [event.number("duration_s") for event in events if event.kind == "epoch"]
    if not epochs or not min(epochs) > 0:
        return None
    begun = next((event.mono for event in events if event.values.get("phase") == "training"), events[0].mono)
    return Duration(by="train", epoch_s=median(epochs), start_s=begun - events[0].mono if attempts == 1 else 0.0)
