"""Features of the views of sets of candidates, each computed once while it stays in memory."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from explorer.augment.pipeline import Pipeline
from explorer.runs.spec.plans.search import Chosen
from explorer.training.studies.features import Features

Compute = Callable[[Sequence[Pipeline], int], Features]
"""Returns features with places (V, N, K) for V pipelines and a number of views K."""

SETS_BYTES = 400_000_000  # beyond it the sets that were used least recently are computed again, mostly from the bank


class SetFeatures:
    """Features by set of candidates and number of views.

    Args:
        pipeline_of: Makes the pipeline of a set.
        compute: Computes features.
    """

    def __init__(self, pipeline_of: Callable[[Chosen], Pipeline], compute: Compute) -> None:
        self._pipeline_of = pipeline_of
        self._compute = compute
        self._kept: OrderedDict[tuple[Chosen, int], Features] = OrderedDict()

    def of(self, sets: Sequence[Chosen], views: int) -> list[Features]:
        """Return the features of all images, with places (N, views), for each set."""
        missing = [chosen for chosen in dict.fromkeys(sets) if (chosen, views) not in self._kept]
        if missing:
            computed = self._compute([self._pipeline_of(chosen) for chosen in missing], views)
            for place, chosen in enumerate(missing):
                self._kept[chosen, views] = _alone(computed[place])
        found = [self._kept[chosen, views] for chosen in sets]
        for chosen in sets:
            self._kept.move_to_end((chosen, views))
        self._forget()
        return found

    def _forget(self) -> None:
        taken = sum(one.vectors.nbytes for one in self._kept.values())
        while taken > SETS_BYTES and len(self._kept) > 1:
            taken -= self._kept.popitem(last=False)[1].vectors.nbytes


def _alone(features: Features) -> Features:
    """Return features that hold no vectors of other sets."""
    rows, places = np.unique(features.places, return_inverse=True)
    return Features(features.vectors[rows], places.reshape(features.places.shape))
