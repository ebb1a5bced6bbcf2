"""How often the 95 % intervals of one validation contain the true value, in simulations where it is known.

Images are drawn from a network whose true accuracy and AUROC are set; for each draw the interval is computed as on a
run's page. `python -m bench coverage scores 2000` takes 2,000 draws of each setting. Beside it stands what the usual
percentile bootstrap of images would cover.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import confusion_counts
from explorer.metrics.draws import weighted
from explorer.metrics.intervals import intervals
from explorer.metrics.metric import Evaluation
from explorer.metrics.rates import Margins, accuracy, balanced_accuracy, f1_macro, margins
from explorer.metrics.scores import auroc

Values = NDArray[np.float64]

COUNTED = {"accuracy": accuracy, "f1_macro": f1_macro, "balanced_accuracy": balanced_accuracy}
PLAIN_DRAWS = 500
SHARES = ((0.5, 0.5), (0.8, 0.2), (0.6, 0.3, 0.1), (0.1,) * 10)


def main(turns: int = 500) -> None:
    """Print the coverage of each setting in percent, and of plain percentile intervals in brackets."""
    print(f"{turns} draws of each setting; in brackets the percentile bootstrap")
    print(f"{'images':>7}{'classes':>9}{'rarest':>8}{'accuracy':>10}" + "".join(f"{key:>22}" for key in COUNTED))
    for images in (100, 200, 400):
        for share in SHARES:
            for right in (0.8, 0.9, 0.95, 0.97):
                _row(images, np.array(share), right, turns)
    print(f"\n{'images':>7}{'positives':>11}{'true AUROC':>12}{'covered':>18}")
    for images in (100, 200, 400):
        for positives in (0.5, 0.2):
            for area in (0.9, 0.95, 0.98, 0.99):
                ours, plain = _areas(images, positives, area, turns)
                print(f"{images:>7}{positives:>11.0%}{area:>12.2f}{100 * ours:>10.1f} ({100 * plain:.1f})")


def _row(images: int, share: Values, right: float, turns: int) -> None:
    """Draw matrices in which each class is predicted correctly with the same probability."""
    rng, classes = np.random.default_rng(int(images * right * 100)), len(share)
    cells = np.full((classes, classes), (1 - right) / (classes - 1))
    np.fill_diagonal(cells, right)
    cells *= share[:, None]
    true = {key: float(formula(margins(cells))) for key, formula in COUNTED.items()}
    hits = {key: [0, 0] for key in COUNTED}
    for _ in range(turns):
        confusion = rng.multinomial(images, cells.ravel()).reshape(classes, classes)
        found = intervals(Evaluation(confusion, (None,) * classes), tuple(COUNTED))
        again = rng.multinomial(images, confusion.ravel() / images, PLAIN_DRAWS).reshape(-1, classes, classes)
        drawn = Margins(np.einsum("bii->bi", again), again.sum(axis=2), again.sum(axis=1))
        for key, formula in COUNTED.items():
            low, high = np.nanquantile(formula(drawn), [0.025, 0.975])
            one = found[key]
            hits[key][0] += (one.low or 0.0) <= true[key] <= (one.high or 0.0)
            hits[key][1] += low <= true[key] <= high
    cells_of = "".join(f"{100 * ours / turns:>14.1f} ({100 * plain / turns:.1f})" for ours, plain in hits.values())
    print(f"{images:>7}{classes:>9}{share.min():>8.0%}{right:>10.2f}{cells_of}", flush=True)


def _areas(images: int, positives: float, area: float, turns: int) -> tuple[float, float]:
    """Draw scores of both classes from normal distributions of equal width."""
    rng, shift = np.random.default_rng(int(images * area * 100)), np.sqrt(2) * NormalDist().inv_cdf(area)
    ours = plain = 0
    for _ in range(turns):
        labels = (rng.random(images) < positives).astype(np.int64)
        labels[:2] = [0, 1]
        odds = rng.normal(size=images) + shift * labels
        logits = np.stack([np.zeros(images), odds], axis=1)
        confusion = confusion_counts(labels, (odds > 0).astype(np.int64), 2)
        one = intervals(Evaluation(confusion, auroc(logits, labels), logits=logits, labels=labels), ("auroc",))["auroc"]
        ours += (one.low or 0.0) <= area <= (one.high or 0.0)
        order = np.argsort(-odds)
        often = rng.multinomial(images, np.full(images, 1 / images), PLAIN_DRAWS)[:, order].astype(np.float64)
        with np.errstate(invalid="ignore"):
            again, _ = weighted(often * labels[order], often * (1 - labels[order]), precision=False)
        low, high = np.nanquantile(again, [0.025, 0.975])
        plain += low <= area <= high
    return ours / turns, plain / turns
