"""Suspects labels by the out-of-fold scores of a study, in a process of its own because importing cleanlab is slow.

    python -m explorer.runs.overview.studies.label_issues STUDY

STUDY is its folder. The last line that it prints is a `Suspected` as JSON.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from explorer.base import confined
from explorer.metrics.label_issues import TooFewImagesError, suspects
from explorer.runs.overview.studies import folds
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import SCORES, images_path, parts, read_part
from explorer.runs.spec.config import loads
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, EffectsPlan
from explorer.runs.spec.plans.folds import FoldsPlan


class Suspected(BaseModel):
    """Images whose labels are suspicious, the most suspicious first.

    Attributes:
        ids: Their names.
        hashes: What they are made of, as in `StudyImages`.
        labels, suggested: The names of their classes, and of those that are more probable.
        own, share: The probabilities of both, out of fold.
        images: How many images were judged.
        left_out: The names of classes with too few images to suspect any label.
        too_few: Whether there are too few images to suspect any label.
        repeats: Over how many divisions into folds the probabilities are averaged.
    """

    ids: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    own: tuple[float, ...] = ()
    share: tuple[float, ...] = ()
    images: int = 0
    left_out: tuple[str, ...] = ()
    too_few: bool = False
    repeats: int = 1


def command(paths: RunPaths) -> list[str]:
    """Return the command that suspects labels by the scores of a study."""
    return [sys.executable, "-P", "-m", __spec__.name if __spec__ else __name__, str(paths.root)]


def find(paths: RunPaths) -> Suspected:
    """Suspect labels by the scores that a study has stored so far.

    Raises:
        ValueError: It has none, or they are broken.
    """
    images, probabilities, repeats = out_of_fold(paths)
    rows = np.flatnonzero(np.isfinite(probabilities).all(axis=1))
    logits = np.log(np.maximum(probabilities[rows], np.finfo(np.float64).tiny))
    try:
        found = suspects(logits, images.labels[rows])
    except TooFewImagesError:
        return Suspected(images=len(rows), too_few=True, repeats=repeats)
    chosen, names = rows[found.indices], images.classes
    own, labels = probabilities[chosen, images.labels[chosen]], images.labels[chosen]
    return Suspected(
        ids=tuple(images.ids[row] for row in chosen),
        hashes=tuple(images.hashes[row] for row in chosen),
        labels=tuple(names[label] for label in labels),
        suggested=tuple(names[label] for label in found.suggested),
        own=tuple(own.tolist()),
        share=tuple(probabilities[chosen, found.suggested].tolist()),
        images=len(rows),
        left_out=tuple(names[label] for label in found.left_out),
        repeats=repeats,
    )


def out_of_fold(paths: RunPaths) -> tuple[StudyImages, NDArray[np.float64], int]:
    """Return the images of a study, their (N, C) probabilities, nan where there are none yet, and how many repeats.

    Those of a study of effects are the mean over its repeats, of heads that were trained without augmentation.

    Raises:
        ValueError: The study has no such scores, or its files are damaged.
    """
    config = loads(paths.config.read_bytes())
    if config.task != "classification":
        raise StudyRecordError(f"The networks of {paths.id} do not say of one class for each image how sure they are.")
    if isinstance(config.study, FoldsPlan):
        found = folds.out_of_fold(paths, config)
        if found is None:
            raise StudyRecordError(f"{paths.id} has no scores yet.")
        return found.images, found.probabilities("last"), 1  # the best epoch was chosen by the same images
    if not isinstance(config.study, EffectsPlan):
        raise StudyRecordError(f"{paths.id} has no out-of-fold scores of single images.")
    repeats = parts(paths, SCORES)
    if not repeats:
        raise StudyRecordError(f"{paths.id} has no scores yet.")
    variant = PIPELINE if config.study.variants else NOTHING
    images = StudyImages.load(images_path(paths))
    total = np.zeros((len(images), len(images.classes)))
    for repeat in repeats:
        total += _softmax(read_part(paths, SCORES, repeat, (variant,))[variant].astype(np.float64))
    return images, total / len(repeats), len(repeats)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return found


if __name__ == "__main__":
    confined.limit_if_for_page()
    print(find(RunPaths(Path(sys.argv[1]))).model_dump_json())
