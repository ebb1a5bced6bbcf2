"""Experiments whose truth is known: two normal classes, and logistic heads trained on noisy views of the images.

An image is a point of a normal distribution around the mean of its class; a step of a pipeline adds noise to some of
its features. How good a head is in the population follows from its weights without any test images, so that the true
effect of a step is a mean over many training sets. Everything is small, so that hundreds of studies take a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm
from sklearn.model_selection import StratifiedKFold

from explorer.metrics.verdicts.answers import OutOfFold

Values = NDArray[np.float64]
Counts = NDArray[np.int64]

FEATURES, TELLING = 10, 2  # of an image, and those by which the classes differ
VIEWS = 2  # of each training image
FOLDS = 5
_STEPS = 6  # of Newton's method, which are enough for these heads
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(30)


@dataclass(frozen=True, eq=False)
class World:
    """A population and a study of it.

    Attributes:
        name: For the table.
        units: Groups of images, or images where a group has one.
        share: Of units of class 1.
        shift: Distance of the means of the classes, in standard deviations of one image.
        noises: (FEATURES,) standard deviation of the noise that the views of each variant have.
        size: Images of one group. They share half of their variance.
        penalty: Of the squared weights of a head.
        given: Whether a third of the images is a given validation set: then a repeat is a training on 80 % of the
            others, and else a cross-validation of all of them.
    """

    name: str
    units: int
    share: float
    shift: float
    noises: Mapping[str, NDArray[Any]]
    size: int = 1
    penalty: float = 1.0
    given: bool = False

    @property
    def centers(self) -> Values:
        """(FEATURES,) the mean of class 1 less that of class 0."""
        found = np.zeros(FEATURES)
        found[:TELLING] = self.shift / np.sqrt(TELLING)
        return found

    def sample(self, units: int, rng: np.random.Generator) -> tuple[Values, Counts, Counts]:
        """Return (N, FEATURES) images of so many units, their (N,) classes and groups."""
        of_units = np.arange(units) < round(units * self.share)
        groups = np.repeat(np.arange(units), self.size)
        alone = rng.normal(size=(units * self.size, FEATURES))
        if self.size > 1:
            alone = np.sqrt(0.5) * (alone + rng.normal(size=(units, FEATURES))[groups])
        labels = of_units[groups].astype(np.int64)
        return alone + np.outer(labels - 0.5, self.centers), labels, groups

    def heads(
        self, images: Values, labels: Counts, used: Values, views: NDArray[Any], variant: str, rng: np.random.Generator
    ) -> Values:
        """Train a head for each row of (F, N) weights of the images; returns (F, FEATURES + 1), the bias last.

        `views` are (F, VIEWS) how often each head learns from each view of an image.
        """
        noise = rng.normal(size=(VIEWS, *images.shape)) * self.noises[variant]
        seen = (images + noise).reshape(-1, FEATURES)
        weights = (used[:, None] * views[:, :, None]).reshape(len(used), -1) / VIEWS
        return fit(seen, np.tile(labels, VIEWS), weights, self.penalty)

    def study(self, repeats: int, rng: np.random.Generator) -> tuple[OutOfFold, list[Counts]]:
        """Return answers of heads that have not seen the image, and the rows of each fold of a cross-validation."""
        images, labels, groups = self.sample(self.units, rng)
        if self.given:
            return self._validated(images, labels, repeats, rng), []
        seeds = rng.integers(2**31, size=repeats).tolist()
        folds = [fold for seed in seeds for fold in stratified(labels, groups, seed)]
        used = np.ones((len(folds), len(labels)))
        for row, fold in zip(used, folds, strict=True):
            row[fold] = 0
        views = np.repeat(drawn_views(repeats, rng), FOLDS, axis=0)
        logits = {}
        for variant in self.noises:
            scores = np.zeros((repeats, len(labels), 2))
            for at, head in enumerate(self.heads(images, labels, used, views, variant, rng)):
                scores[at // FOLDS, folds[at], 1] = with_one(images[folds[at]]) @ head
            logits[variant] = scores
        return OutOfFold(labels, logits, groups if self.size > 1 else None), folds

    def _validated(self, images: Values, labels: Counts, repeats: int, rng: np.random.Generator) -> OutOfFold:
        """Return answers about every third image of heads that are trained on 80 % of the others."""
        held = np.arange(len(labels)) % 3 == 0
        others = int((~held).sum())
        places = rng.random((repeats, others)).argsort(axis=1).argsort(axis=1)
        used = (places >= others / FOLDS).astype(np.float64)
        views, logits = drawn_views(repeats, rng), {}
        for variant in self.noises:
            scores = np.zeros((repeats, int(held.sum()), 2))
            heads = self.heads(images[~held], labels[~held], used, views, variant, rng)
            scores[..., 1] = heads @ with_one(images[held]).T
            logits[variant] = scores
        return OutOfFold(labels[held], logits)

    def truth(self, turns: int, seed: int = 0) -> dict[str, dict[str, float]]:
        """Return the metrics of each variant, higher is better, as the mean over training sets of the study's size."""
        rng, found = np.random.default_rng(seed), {variant: np.empty((turns, FEATURES + 1)) for variant in self.noises}
        units = round(self.units * (2 / 3 if self.given else 1) * (1 - 1 / FOLDS))
        for turn in range(turns):
            images, labels, _ = self.sample(units, rng)
            views = drawn_views(1, rng)
            for variant, heads in found.items():
                heads[turn] = self.heads(images, labels, np.ones((1, len(labels))), views, variant, rng)[0]
        return {variant: self.measured(heads) for variant, heads in found.items()}

    def measured(self, heads: Values) -> dict[str, float]:
        """Return the mean metrics of (F, FEATURES + 1) heads in the population."""
        weights, bias = heads[:, :-1], heads[:, -1]
        spread, middle = np.sqrt((weights**2).sum(axis=1)), weights @ self.centers / 2
        high, low = (bias + middle) / spread, (bias - middle) / spread
        found, called = self.share * norm.cdf(high), (1 - self.share) * norm.cdf(low)
        missed, others = self.share - found, 1 - self.share - called
        losses = [_mean_loss(sign * mean * spread, spread) for mean, sign in ((high, 1), (low, -1))]
        values = {
            "accuracy": found + others,
            "f1_macro": found / (2 * found + called + missed) + others / (2 * others + called + missed),
            "auroc": norm.cdf((high - low) / np.sqrt(2)),
            "log_loss": -(self.share * losses[0] + (1 - self.share) * losses[1]),
        }
        return {key: float(value.mean()) for key, value in values.items()}


def drawn_views(repeats: int, rng: np.random.Generator) -> Counts:
    """Return (repeats, VIEWS) how often each repeat learns from each view: as many as there are, with replacement."""
    return rng.multinomial(VIEWS, np.full(VIEWS, 1 / VIEWS), repeats)


def stratified(labels: Counts, groups: Counts, seed: int) -> list[Counts]:
    """Stratified folds of whole groups, each of which is of one class."""
    first = np.unique(groups, return_index=True)[1]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(first, labels[first])
    return [np.flatnonzero(np.isin(groups, units)) for _, units in folds]


def _mean_loss(mean: Values, spread: Values) -> Values:
    """The mean of log(1 + exp(-x)) of normal log odds x of the true class."""
    odds = mean[:, None] + spread[:, None] * _NODES
    return np.asarray(np.logaddexp(0, -odds) @ _WEIGHTS / _WEIGHTS.sum(), np.float64)


def with_one(images: Values) -> Values:
    """Return images with a feature that is always 1, for the bias."""
    return np.concatenate([images, np.ones((len(images), 1))], axis=1)


def fit(images: Values, labels: Counts, used: Values, penalty: float) -> Values:
    """Fit ridge logistic regressions of (N, D) images, one for each row of (F, N) weights; returns (F, D + 1)."""
    columns = with_one(images)
    width = columns.shape[1]
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    ridge = np.append(np.full(width - 1, penalty), 1e-6)
    heads = np.zeros((len(used), width))
    for _ in range(_STEPS):
        shares = expit(heads @ columns.T)
        slope = (used * (shares - labels)) @ columns + ridge * heads
        bend = ((used * shares * (1 - shares)) @ products).reshape(-1, width, width) + np.diag(ridge)
        heads = heads - np.linalg.solve(bend, slope[..., None])[..., 0]
    return heads
