"""How often a verdict's intervals contain the true effect, and how often its words are wrong.

`python -m bench coverage verdicts` takes 400 studies of each setting of `world.py`; a number after it takes another
number. Beside what is shown stand two intervals that are not: that of a t test over ten seeds on one validation set,
which trackers offer, and that of a t test over the folds of a repeated cross-validation. The exit code is 1 where what
is shown contains the truth in fewer than 93 of 100 studies in one metric, or in more than 99 in all metrics of a
setting together; where all intervals hold at once in fewer than 93; or where a word is wrong in 5 or more. The log loss
is left out of this: decision 041 says why its intervals are too narrow where a study draws its views once.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from bench.verdicts.world import FEATURES, TELLING, VIEWS, World, with_one
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.decision import word
from explorer.metrics.verdicts.effects import Effect, judge_of, judged_effects
from explorer.metrics.verdicts.planning import components
from explorer.metrics.verdicts.units import paired

Values = NDArray[Any]

METRICS = ("accuracy", "log_loss", "auroc", "f1_macro")
REPEATS = 6
GIVEN_REPEATS = 20  # where the validation images are given
TURNS = 400
DRAWS = 500  # of the bootstrap: a quarter of the usual number, which moves the ends of an interval by 2 % or so
TRUTHS = 2000  # training sets over which the true effect is a mean
SEEDS = 10
LEVEL = 0.975

_TELLING = np.arange(FEATURES) < TELLING
_ALL = np.full(FEATURES, 0.6)
# The pipeline, whose views have noise in all features; with other noise of the same kind, which changes nothing;
# without the noise that helps, without that which harms, and without any.
STEPS = {
    "pipeline": _ALL,
    "without nothing": _ALL,
    "without what helps": _ALL * _TELLING,
    "without what harms": _ALL * ~_TELLING,
    "nothing": _ALL * 0,
}
EQUAL = dict.fromkeys(("pipeline", "a", "b", "c", "d"), _ALL)  # nothing is true

WORLDS = (
    World("200 images", 200, 0.5, 2.5, STEPS),
    World("120 images, 30 % of one class", 120, 0.3, 2.0, STEPS),
    World("60 groups of 4 images", 60, 0.5, 2.5, STEPS, size=4),
)
GIVEN = World("100 given, 200 to train on", 300, 0.5, 2.5, STEPS, given=True)
NULL = World("200 images, no effect", 200, 0.5, 2.5, EQUAL)
# Where the intervals end to be right: a head that fits 48 images as it likes.
LIMIT = World("60 images, hardly a penalty", 60, 0.4, 2.0, STEPS, penalty=0.1)


@dataclass
class Tally:
    """What was found in the studies of one setting, in one metric: shares of (T, J) studies and effects, or of (T,)."""

    shown: list[Values] = field(default_factory=list)
    half: list[Values] = field(default_factory=list)
    at_once: list[bool] = field(default_factory=list)
    two_way: list[Values] = field(default_factory=list)
    once: list[Values] = field(default_factory=list)
    wrong: list[bool] = field(default_factory=list)
    wrong_same: list[Values] = field(default_factory=list)
    folds: list[Values] = field(default_factory=list)
    seeds: list[bool] = field(default_factory=list)

    def share(self, name: str) -> float:
        """Return the mean of what was found, in percent; nan where nothing was."""
        found = [np.ravel(one) for one in getattr(self, name)]
        return 100 * float(np.concatenate(found).mean()) if found and found[0].size else float("nan")


def main(turns: int = TURNS) -> None:
    """Print the table of each setting."""
    print(f"{turns} studies of each setting, {REPEATS} repeats of 5 folds; percent of intervals that contain the truth")
    print(HEAD)
    failed = []
    for world in (*WORLDS, GIVEN, NULL, LIMIT):
        found = simulated(world, turns)
        for metric, tally in found.items():
            print(_row(world, metric, tally), flush=True)
        if world is not LIMIT:
            failed += [f"{world.name}, {what}" for what in faults(found)]
    print("\n".join(failed) or GOOD)
    sys.exit(bool(failed))


GOOD = "Log loss apart, what is shown contains the truth in 93 to 99 %, and fewer than 5 % of words are wrong."
HEAD = (
    f"{'setting':32}{'metric':10}{'shown':>7}{'half':>7}{'at once':>9}{'wrong':>7}{'not same':>10}"
    f"{'rest 3x':>9}{'1x':>6}{'t folds':>9}{'t seeds':>9}"
)


def _row(world: World, metric: str, tally: Tally) -> str:
    return (
        f"{world.name:32}{metric:10}{tally.share('shown'):7.1f}{tally.share('half'):7.2f}{tally.share('at_once'):9.1f}"
        f"{tally.share('wrong'):7.1f}{tally.share('wrong_same'):10.1f}{tally.share('two_way'):9.1f}"
        f"{tally.share('once'):6.1f}{tally.share('folds'):9.1f}{tally.share('seeds'):9.1f}"
    )


def faults(found: dict[str, Tally]) -> Iterator[str]:
    """Say where what is shown of a setting, by metric, is not as it has to be."""
    together = float(np.mean([tally.share("shown") for tally in found.values()]))
    if together > 99:
        yield f"all metrics: {together:.1f} % of the intervals contain the truth"
    for metric, tally in found.items():
        if metric == "log_loss":
            continue
        for name, what in (("shown", "intervals contain the truth"), ("at_once", "families of intervals hold at once")):
            if tally.share(name) < 93:
                yield f"{metric}: {tally.share(name):.1f} % of the {what}"
        for name in ("wrong", "wrong_same"):
            if tally.share(name) >= 5:
                yield f"{metric}: {tally.share(name):.1f} % of the words are wrong"


def simulated(
    world: World, turns: int, metrics: Sequence[str] = METRICS, truths: int = TRUTHS, seeds: bool = True
) -> dict[str, Tally]:
    """Simulate studies of a setting and hold their intervals against the truth.

    Args:
        world: The setting.
        turns: Studies.
        metrics: To look at.
        truths: Training sets over which the truth is a mean.
        seeds: Whether the t test over seeds is made too, which takes heads of its own.
    """
    truth = world.truth(truths)
    first, *others = world.noises
    contrasts = [(first, other) for other in others]
    tallies: dict[str, Tally] = defaultdict(Tally)
    for turn in range(turns):
        scores, folds = world.study(GIVEN_REPEATS if world.given else REPEATS, np.random.default_rng((1, turn)))
        for metric in metrics:
            true = _differences(world, truth, contrasts, metric)
            _judge(tallies[metric], scores, contrasts, metric, true)
        accuracy = _differences(world, truth, contrasts, "accuracy")
        if folds:
            tallies["accuracy"].folds.append(_by_folds(scores, folds, contrasts, accuracy))
        if seeds:
            tallies["accuracy"].seeds.append(
                _by_seeds(world, contrasts[2], accuracy[2], np.random.default_rng((2, turn)))
            )
    return dict(tallies)


def _differences(
    world: World, truth: dict[str, dict[str, float]], contrasts: Sequence[Contrast], metric: str
) -> Values:
    """Return the true effects; exactly 0 for two variants whose noise is of one kind."""
    found = [truth[plus][metric] - truth[minus][metric] for plus, minus in contrasts]
    alike = [np.array_equal(world.noises[plus], world.noises[minus]) for plus, minus in contrasts]
    return np.where(alike, 0.0, found)


def _judge(tally: Tally, scores: OutOfFold, contrasts: list[Contrast], metric: str, true: Values) -> None:
    """Add the effects of one study: as a family, and each by itself, as a gate is."""
    judge = judge_of(scores, metric, None, None, DRAWS)
    found = list(paired(scores, contrasts, metric))
    both = judged_effects(judge, contrasts * 2, found * 2, main=len(contrasts))
    family, alone = both[: len(contrasts)], both[len(contrasts) :]
    low, high = _ends(alone)
    tally.shown.append((low <= true) & (true <= high))
    tally.half.append((high - low) / 2)
    low, high = _ends(family)
    tally.at_once.append(bool(((low <= true) & (true <= high)).all()))
    tally.wrong.append(bool(((low > 0) & (true <= 0) | (high < 0) & (true >= 0)).any()))
    tally.wrong_same.append(_wrong_same(family, true))
    effects, cells = np.array([one.effect for one in alone]), [one.cells for one in found if one.cells is not None]
    tally.two_way.append(np.abs(effects - true) <= 1.96 * np.array([_two_way(one) for one in cells]))
    tally.once.append(np.abs(effects - true) <= 1.96 * np.array([_once(one) for one in cells]))


def _ends(effects: Sequence[Effect]) -> tuple[Values, Values]:
    return np.array([one.low for one in effects], float), np.array([one.high for one in effects], float)


def _two_way(cells: Values) -> float:
    """The standard deviation of the two-way draws, which count the rest three times."""
    repeats, units = cells.shape
    of_repeats, of_units = cells.mean(axis=1), cells.mean(axis=0)
    left = cells - of_repeats[:, None] - of_units + cells.mean()
    square = of_repeats.var() / repeats + of_units.var() / units + (left**2).mean() / (repeats * units)
    return float(square**0.5)


def _once(cells: Values) -> float:
    """The standard error of a two-way analysis of variance, which counts the rest once."""
    found, (repeats, units) = components(cells), cells.shape
    return 0.0 if found is None else (found.error(units, repeats) ** 2 - found.rest / (units * repeats)) ** 0.5


def _wrong_same(family: Sequence[Effect], true: Values) -> Values:
    """Whether effects are said to make no difference that matters where one as large as theirs does matter."""
    said = [
        word(one.low or 0, one.high or 0, one.low_90 or 0, one.high_90 or 0, size) == "same"
        for one, size in zip(family, np.abs(true).tolist(), strict=True)
        if size
    ]
    return np.array(said)


def _by_folds(scores: OutOfFold, folds: list[NDArray[np.int64]], contrasts: list[Contrast], true: Values) -> Values:
    """Whether t intervals over the folds of all repeats contain the true differences of the accuracy."""
    per_repeat = len(folds) // scores.repeats

    def accuracies(variant: str) -> Values:
        right = scores.of(variant).argmax(axis=2) == scores.labels
        return np.array([right[at // per_repeat, rows].mean() for at, rows in enumerate(folds)])

    return np.array([_in_t(accuracies(a) - accuracies(b), one) for (a, b), one in zip(contrasts, true, strict=True)])


def _by_seeds(world: World, contrast: Contrast, true: float, rng: np.random.Generator) -> bool:
    """Whether the t interval over seeds, with one training and one validation set, contains the true difference."""
    images, labels, groups = world.sample(world.units, rng)
    held = np.isin(groups, rng.choice(world.units, world.units // 5, replace=False))
    used, views = np.ones((1, int((~held).sum()))), np.ones((1, VIEWS))

    def accuracies(variant: str) -> Values:
        heads = [world.heads(images[~held], labels[~held], used, views, variant, rng)[0] for _ in range(SEEDS)]
        return np.array([((with_one(images[held]) @ head > 0) == labels[held]).mean() for head in heads])

    return _in_t(accuracies(contrast[0]) - accuracies(contrast[1]), true)


def _in_t(differences: Values, true: float) -> bool:
    error = differences.std(ddof=1) / len(differences) ** 0.5
    return bool(abs(differences.mean() - true) <= t.ppf(LEVEL, len(differences) - 1) * error)
