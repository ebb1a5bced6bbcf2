"""Labels that are probably wrong, by confident learning (Northcutt et al., 2021, https://arxiv.org/abs/1911.00068)."""

import threading
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.scores import check_scores

FEW = 5  # a class with so many images or fewer says too little about how sure a network is of it

_ONE_AT_A_TIME = threading.Lock()


class TooFewImagesError(ValueError):
    """There are too few images to suspect any label."""


@dataclass(frozen=True, eq=False)
class Suspects:
    """Images whose labels are suspicious, and no more than that.

    Attributes:
        indices: (K,) int64; the one whose own label is least probable comes first.
        suggested: (K,) int64 class that the network finds most probable, never the label itself.
        left_out: Classes with `FEW` images or fewer, but at least one, none of which is suspected.
    """

    indices: NDArray[np.int64]
    suggested: NDArray[np.int64]
    left_out: tuple[int, ...]


def suspects(logits: ArrayLike, labels: ArrayLike) -> Suspects:
    """Suspect labels by (N, C) logits of images that the network was not trained on, and their (N,) labels.

    The first call imports cleanlab, which takes a second or two.

    Raises:
        TooFewImagesError: Fewer than two classes have more than `FEW` images.
        ValueError: As `check_scores`.
    """
    scores, truth = check_scores(logits, labels)
    counts = np.bincount(truth, minlength=scores.shape[1])
    if (enough := int((counts > FEW).sum())) < 2:
        raise TooFewImagesError(f"at least two classes need more than {FEW} images; got {enough}")
    # Imported here, like cleanlab: it takes a moment.
    from scipy.special import softmax

    probabilities: NDArray[np.float64] = softmax(scores.astype(np.float64), axis=1)
    found = _cleanlab(truth, probabilities)
    left_out = tuple(int(index) for index in np.flatnonzero((counts > 0) & (counts <= FEW)))
    return Suspects(found, probabilities[found].argmax(axis=1).astype(np.int64), left_out)


def _cleanlab(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    from cleanlab.filter import find_label_issues  # here: its import is slow

    # It keeps what it works on in variables of its module, which two threads would share.
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about classes with few images, which are returned
        found = find_label_issues(
            labels,
            probabilities,
            return_indices_ranked_by="self_confidence",
            min_examples_per_class=FEW,
            n_jobs=1,
        )
    return np.asarray(found, np.int64)
