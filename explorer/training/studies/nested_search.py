"""A search in nested folds: what an outer fold judges was chosen without its images.

For each outer fold of each repeat the search sees the other folds only. Then heads of what it chose and of its rivals
are trained on these other folds, and judge the images that were held out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.images import image_scores
from explorer.runs.record.studies.searches import OuterFold, Searched, Step
from explorer.runs.spec.plans.search import FOUND, INNER_FOLDS, Chosen, SearchPlan
from explorer.training.studies.extractor import Report
from explorer.training.studies.features import Features
from explorer.training.studies.folds import folds_of
from explorer.training.studies.halving import Losses, search
from explorer.training.studies.heads import PENALTIES, HeadJob, HeadPool
from explorer.training.studies.set_features import SetFeatures

# Added to the numbers of inner divisions, so that none is the same as that of a repeat.
_INNER = 10_000

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NestedSearch:
    """What all searches of a study share.

    Attributes:
        plan: What was asked.
        labels: (N,) classes.
        num_classes: C.
        groups: (N,) images of one group are never divided; None where each is by itself.
        seed: Of the study.
        clean: Features of the images as validation sees them, with places (N,).
        sets: Features of the views of sets of candidates.
        rivals: Returns the features, with places (N, K), of what the found pipelines are compared with, by name.
        pool: Trains heads.
        report: Makes a function that is called with the progress of training some heads.
        penalties: Of heads, to choose from.
    """

    plan: SearchPlan
    labels: NDArray[np.int64]
    num_classes: int
    groups: NDArray[np.int64] | None
    seed: int
    clean: Features
    sets: SetFeatures
    rivals: Callable[[], Mapping[str, Features]]
    pool: HeadPool
    report: Callable[[], Report]
    penalties: Sequence[float] = PENALTIES

    def outer(self, number: int) -> OuterFold:
        """Search without the images of one outer fold, and judge what was chosen by these images.

        Args:
            number: repeat * folds + the fold that is held out.
        """
        repeat, held = divmod(number, self.plan.folds)
        fold = folds_of(self.labels, self.seed, repeat, folds=self.plan.folds, groups=self.groups)
        rows, out = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        searched = self._search(rows, number)
        found = self.sets.of([searched.chosen], self.plan.views)[0]
        variants = {FOUND: found, **self.rivals()}
        # A single fold, number 0: one head for each variant, which learns from all images that the search has seen.
        every, single = np.arange(len(fold)), np.where(fold == held, 0, -1)
        jobs = [self.job(views, every, single, number) for views in variants.values()]
        heads = self.pool.fit(jobs, self.report())
        clean = self.clean.take(out)
        return OuterFold(searched, out, {name: one.logits(clean)[0] for name, one in zip(variants, heads, strict=True)})

    def whole(self) -> Searched:
        """Search on all images."""
        return self._search(np.arange(len(self.labels)), self.plan.repeats * self.plan.folds)

    def _search(self, rows: Rows, number: int) -> Searched:
        judge = _Inner(self, rows, number)
        path = search(judge, self.plan.families, self.plan.rungs, self.plan.most)
        return Searched(tuple(Step(one.chosen, one.gain, one.error, one.among) for one in path), judge.trained)

    def job(self, views: Features, rows: Rows, fold: NDArray[np.int64], repeat: int) -> HeadJob:
        """Return what heads of some images are fitted to."""
        groups = None if self.groups is None else self.groups[rows]
        return HeadJob(
            views[rows],
            self.labels[rows],
            fold,
            self.num_classes,
            self.seed,
            repeat,
            groups=groups,
            penalties=self.penalties,
        )


class _Inner:
    """Judges sets of candidates by inner folds of the images that a search sees.

    Args:
        within: What all searches share.
        rows: The images that this search sees.
        number: Decides how they are divided.
    """

    def __init__(self, within: NestedSearch, rows: Rows, number: int) -> None:
        self._within = within
        self._rows = rows
        self._number = _INNER + number
        groups = None if within.groups is None else within.groups[rows]
        self._labels = within.labels[rows]
        self._fold = folds_of(self._labels, within.seed, self._number, folds=INNER_FOLDS, groups=groups)
        self._clean = within.clean.take(rows)
        self._known: dict[tuple[Chosen, int], NDArray[np.float64]] = {}
        self.trained = 0

    def __call__(self, sets: Sequence[Chosen], views: int) -> Losses:
        """Return the (S, n) losses of the images, each while it is held out."""
        missing = [one for one in sets if (one, views) not in self._known]
        features = self._within.sets.of(missing, views)
        jobs = [self._within.job(each, self._rows, self._fold, self._number) for each in features]
        self.trained += INNER_FOLDS * len(jobs)
        for one, heads in zip(missing, self._within.pool.fit(jobs, self._within.report()), strict=True):
            logits = heads.out_of_fold(self._clean, self._fold)
            self._known[one, views] = image_scores(logits, self._labels).log_loss
        return np.stack([self._known[one, views] for one in sets])
