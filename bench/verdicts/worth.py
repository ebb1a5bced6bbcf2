"""How often the interval of what a pipeline is worth in photographs contains the truth: see `coverage.py`."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.verdicts.world import FEATURES, FOLDS, TELLING, World, drawn_views, stratified, with_one
from explorer.metrics.verdicts.worth import Worth, saved, worth

Values = NDArray[np.float64]

_USELESS = np.arange(FEATURES) >= TELLING
VARIANTS = {"pipeline": 1.5 * _USELESS, "nothing": 0.0 * _USELESS}
WORLD = World("240 images", 240, 0.5, 2.0, VARIANTS, penalty=0.3)
SHARES = (0.25, 0.5, 0.75, 1.0)  # of the training images of a fold
METRICS = ("log_loss", "auroc", "accuracy")
REPEATS = 4


def sizes(world: World) -> list[int]:
    """Return the numbers of training images."""
    return [round(world.units * (1 - 1 / FOLDS) * share) for share in SHARES]


def main(turns: int = 100) -> None:
    """Print how often the interval contains the truth, and what is said."""
    trained = ", ".join(map(str, sizes(WORLD)))
    print(f"{turns} studies of learning curves of {WORLD.name}, {REPEATS} repeats, trained on {trained} images")
    truth = {metric: true_worth(WORLD, metric) for metric in METRICS}
    found: dict[str, list[Worth]] = {metric: [] for metric in METRICS}
    for turn in range(turns):
        study = _curves(WORLD, np.random.default_rng((3, turn)))
        for metric in METRICS:
            found[metric].append(worth(study[0], sizes(WORLD), study[1], study[2], metric, count=400))
    print(f"{'metric':10}{'truth':>8}{'contained':>11}{'worth':>8}{'costs':>8}{'unknown':>9}")
    for metric, each in found.items():
        print(_row(metric, truth[metric], each))


def _row(metric: str, true: float, found: list[Worth]) -> str:
    inside = [(one.low_open or (one.low or 0) <= true) and (one.high_open or true <= (one.high or 0)) for one in found]
    said = [100 * np.mean([one.code == code for one in found]) for code in ("worth", "costs", "unknown")]
    return f"{metric:10}{true:8.1f}{100 * np.mean(inside):11.1f}{said[0]:8.1f}{said[1]:8.1f}{said[2]:9.1f}"


def true_worth(world: World, metric: str, turns: int = 2000) -> float:
    """Return what the pipeline is worth by curves of the population."""
    curves = []
    for size in sizes(world):
        of_size = replace(world, units=round(size / (1 - 1 / FOLDS)))
        curves.append([of_size.truth(turns)[name][metric] for name in VARIANTS])
    return saved(sizes(world), *np.array(curves).T)


def _curves(world: World, rng: np.random.Generator) -> tuple[NDArray[np.int64], list[Values], list[Values]]:
    """Return classes, and the answers of both variants at each size."""
    images, labels, groups = world.sample(world.units, rng)
    folds = [fold for _ in range(REPEATS) for fold in stratified(labels, groups, int(rng.integers(2**31)))]
    order = rng.random((len(folds), len(labels)))
    for row, fold in zip(order, folds, strict=True):
        row[fold] = 2  # never trained on
    places = order.argsort(axis=1).argsort(axis=1)
    views = np.repeat(drawn_views(REPEATS, rng), FOLDS, axis=0)
    found: dict[str, list[Values]] = {name: [] for name in VARIANTS}
    for name, curve in found.items():
        for size in sizes(world):
            heads = world.heads(images, labels, (places < size).astype(np.float64), views, name, rng)
            scores = np.zeros((REPEATS, len(labels), 2))
            for at, (head, fold) in enumerate(zip(heads, folds, strict=True)):
                scores[at // FOLDS, fold, 1] = with_one(images[fold]) @ head
            curve.append(scores)
    return labels, found["pipeline"], found["nothing"]
