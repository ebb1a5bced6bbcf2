"""What a study of folds says of each image, as a table."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.mask_images import dice_of_classes, mean_dice
from explorer.runs.overview.prediction_table import Columns
from explorer.runs.overview.studies.fold_answers import OutOfFold, Which


def columns(answers: OutOfFold, which: Which) -> Columns:
    """Return the columns of the table, one row for each image that has an answer; folds count from 1.

    Where masks are learned, an image has its Dice, in all and for each class, nan where the class neither occurs nor is
    predicted. With several labels, 0 and 1 say of each label whether an image has it, and whether it is predicted.

    Args:
        answers: What is said of each image.
        which: The epoch of the weights.
    """
    rows = answers.known
    found: dict[str, NDArray[Any]] = {
        "id": np.asarray(answers.images.ids)[rows],
        "fold": answers.folds[rows] + 1,
    }
    if answers.task == "segmentation":
        return {**found, **_of_masks(answers, answers.given[which][rows])}
    if answers.task == "labels":
        return {**found, **_of_labels(answers, which, rows)}
    classes, shares = np.asarray(answers.images.classes), answers.probabilities(which)[rows]
    label, predicted = classes[answers.images.labels[rows]], classes[answers.predicted(which)[rows]]
    named = {f"p_{name}": shares[:, index] for index, name in enumerate(answers.images.classes)}
    return {"id": found["id"], "label": label, "fold": found["fold"], "predicted": predicted, **named}


def _of_masks(answers: OutOfFold, margins: NDArray[np.int64]) -> Columns:
    each = dice_of_classes(margins)
    named = {f"dice_{name}": each[:, index] for index, name in enumerate(answers.images.classes)}
    return {"dice": mean_dice(margins), **named}


def _of_labels(answers: OutOfFold, which: Which, rows: NDArray[np.int64]) -> Columns:
    labels, predicted = answers.images.labels[rows], answers.predicted(which)[rows]
    shares = answers.probabilities(which)[rows]
    found: dict[str, NDArray[Any]] = {}
    for kind, values in (("true", labels), ("predicted", predicted), ("p", shares)):
        found |= {f"{kind}_{name}": values[:, index] for index, name in enumerate(answers.images.classes)}
    return found
