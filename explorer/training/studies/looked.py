"""The data set of a study that trains, before its runs take their parts of it, and how such a study begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.data.cache.contents import joined_digest
from explorer.data.dataset import Dataset, groups_in
from explorer.data.parts import merged
from explorer.runs.record.depths import noted
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, reason, to_json
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import images_path
from explorer.runs.spec.config import ConfigError, RunConfig, check_with_dataset
from explorer.training import identity
from explorer.training.attempt import PROMISE_S, Attempt
from explorer.training.prepared import Prepared
from explorer.training.reading import opened, room
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError


@dataclass(frozen=True, eq=False)
class Looked:
    """The data set of a study and hashes of all of it.

    Attributes:
        dataset: The data set.
        identity: Hashes of both parts and of the contents of their images.
        images: All images, first those for training, then those for validation.
    """

    dataset: Dataset
    identity: identity.Identity
    images: StudyImages

    @classmethod
    def at(cls, attempt: Attempt, config: RunConfig, threads: int) -> Self:
        """Open the data set and hash its images; those that have not changed since are not read again."""
        attempt.phase("reading data")
        dataset = opened(attempt, config, threads)
        check_with_dataset(config, **dataset.counted)
        report = attempt.reporter("reading data", "stopped_reading")
        images = len(dataset.train) + len(dataset.val)
        train, val = (Prepared(split, None, keep=False, limits=room(config)) for split in (dataset.train, dataset.val))
        train.read(threads, lambda done: report(done, images))
        val.read(threads, lambda done: report(len(train) + done, images))
        hashes = (*train.hashes(), *val.hashes())
        found = {
            "training images": train.listing(),
            "validation images": val.listing(),
            "contents": joined_digest(hashes),
        }
        return cls(dataset, found | noted(dataset.depth), _listed(dataset, [one.hex() for one in hashes]))


def _listed(dataset: Dataset, hashes: Sequence[str]) -> StudyImages:
    return StudyImages(
        ids=(*dataset.train.ids, *dataset.val.ids),
        hashes=tuple(hashes),
        labels=np.concatenate([dataset.train.labels, dataset.val.labels]).astype(np.int64),
        groups=merged(groups_of(hashes), groups_in(dataset)),
        from_training=len(dataset.train),
        classes=dataset.classes,
        reading=dataset.val.reading,
    )


def groups_of(hashes: Sequence[str]) -> NDArray[np.int64]:
    """Return (N,) numbers of groups of copies, which are no further evidence."""
    return np.unique(hashes, return_inverse=True)[1].astype(np.int64)


def keep_images(study: RunPaths, images: StudyImages, called: str = "images") -> None:
    """Store the images of a study, or check that they are those of its first attempt. Raises TrainingError.

    Args:
        study: The study.
        images: What it has now.
        called: What a message calls them.
    """
    path = images_path(study)
    if not path.exists():
        study.study.mkdir(exist_ok=True)
        images.save(path)
        return
    try:
        same = StudyImages.load(path).is_same(images)
    except StudyRecordError as error:
        raise TrainingError(f"{error}.") from error
    if not same:
        raise TrainingError(f"The {called} have changed since the study began. Start it again.")


def check_device(config: RunConfig, what: str) -> None:
    """Refuse what the runs of a study cannot do. Raises ConfigError.

    Args:
        config: Of the study.
        what: The runs, as the message begins.
    """
    if len(config.gpus) > 1:
        raise ConfigError({"gpus": f"{what} train on one device. Choose one GPU."})
    if config.start_from is not None:
        raise ConfigError({"start_from": f"{what} begin with the weights of their network."})


def write_start(
    attempt: Attempt,
    config: RunConfig,
    looked: Looked,
    setup: Setup,
    *,
    before: identity.Identity,
    runs: int,
    done: int,
    steps: int,
    train_images: int,
    val_images: int,
) -> None:
    """Write the event that a study of training runs begins with.

    Args:
        attempt, config, looked, setup: Of the study.
        before: What its first attempt has recorded.
        runs, done: How many runs it makes, and how many are trained.
        steps: Optimizer steps in an epoch of one run.
        train_images, val_images: Of one run.
    """
    machine = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    now = machine | dict(looked.identity)
    notes: list[Why] = [*looked.dataset.notes]
    if config.early_stopping is not None:
        notes.append(reason("no_early_stopping"))
    if differs := identity.differences(before, now):
        notes.append(reason("resumed_elsewhere", differences="; ".join(differs)))
    total = steps * config.epochs
    attempt.writer.write(
        "start",
        step=done * total,
        promise_s=PROMISE_S,
        total_steps=runs * total,
        steps_per_epoch=steps,
        epochs=config.epochs,
        train_images=train_images,
        val_images=val_images,
        classes=looked.dataset.classes,
        device=setup.device.name,
        accelerator=setup.device.accelerator,
        precision=setup.precision,
        threads=setup.threads,
        notes=[to_json(one) for one in notes],
        identity=now,
    )
