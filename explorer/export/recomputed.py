"""The verdict of a study, computed again from its stored answers with numpy alone.

    python verdict.py REPORT.html      or      python verdict.py RUN_FOLDER

Nothing of the app is needed. The estimates are those of the app to the last digit that is shown; the intervals come
from draws of this file's own, so that their ends differ by the noise of the draws, a few percent of their length.
"""

import base64
import io
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

# What the study asked. The app fills this in.
STUDY: dict[str, Any] = {}
DRAWS = 2000
LEVEL = 0.95
FEWEST_REPEATS = 3  # with fewer, the scatter between repeats is not known well enough for a word


def answers(path: Path) -> dict[str, Any]:
    """Read labels (N,), groups (N,) and the out-of-fold logits (R, N, C) of each variant, "logits NAME"."""
    if path.is_dir():
        with np.load(path / "study" / "images.npz", allow_pickle=False) as images:
            found = {"labels": images["labels"], "groups": images["groups"]}
        repeats = sorted((path / "study").glob("scores-*.npz"), key=lambda file: int(file.stem.split("-")[1]))
        parts = [dict(np.load(file, allow_pickle=False)) for file in repeats]
        return found | {f"logits {name}": np.stack([part[name] for part in parts]) for name in parts[0]}
    text = re.search(r'id="explorer-answers">([^<]*)<', path.read_text(encoding="utf-8"))
    if text is None or not text[1]:
        sys.exit("This report does not hold the answers: they were too large. Give the folder of the run instead.")
    with np.load(io.BytesIO(base64.b64decode(text[1])), allow_pickle=False) as stored:
        return dict(stored)


def probabilities(logits: Any) -> Any:
    """Softmax of (N, C) logits in 64 bits."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)


def area(mine: Any, scores: Any, weights: Any) -> float:
    """The area under the ROC curve of images with weights; equal scores count half."""
    places = np.unique(scores, return_inverse=True)[1]
    own, rest = (np.bincount(places, weights * which) for which in (mine, ~mine))
    below = np.cumsum(rest) - rest / 2
    return float((own * below).sum() / (own.sum() * rest.sum()))


def score(metric: str, labels: Any, logits: Any, weights: Any) -> float:
    """One metric of (N, C) logits whose images have weights; higher is better."""
    shares, classes = probabilities(logits), logits.shape[1]
    if metric == "log_loss":
        return float(np.average(np.log(shares[np.arange(len(labels)), labels]), weights=weights))
    if metric == "auroc":
        odds = np.log(np.maximum(shares, 1e-300)) - np.log(np.maximum(1 - shares, 1e-300))
        return float(np.mean([area(labels == k, odds[:, k], weights) for k in range(classes)]))
    counts = np.bincount(labels * classes + logits.argmax(axis=1), weights, classes * classes).reshape(classes, classes)
    right, true, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    total = counts.sum()
    if metric == "accuracy":
        return float(right.sum() / total)
    if metric == "balanced_accuracy":
        return float(np.mean(right[true > 0] / true[true > 0]))
    if metric == "f1_macro":
        return float(np.mean(2 * right / np.maximum(true + predicted, 1e-300)))
    if metric == "mcc":
        spread = np.sqrt((total**2 - (predicted**2).sum()) * (total**2 - (true**2).sum()))
        return float((right.sum() * total - (true * predicted).sum()) / spread)
    sys.exit(f"This file does not know the metric {metric}.")


def image_weights(metric: str, found: dict[str, Any], draws: Any) -> Any:
    """How often each image is drawn: whole groups, and within the classes but for means over the images."""
    labels, groups = found["labels"], found["groups"]
    strata = np.zeros(len(labels), int) if metric in ("accuracy", "log_loss") else labels
    counts = np.zeros(len(labels), int)
    for stratum in np.unique(strata):
        members = np.unique(groups[strata == stratum])
        drawn = np.bincount(draws.integers(len(members), size=len(members)), minlength=len(members))
        often = dict(zip(members.tolist(), drawn.tolist(), strict=True))
        for row in np.flatnonzero(strata == stratum):
            counts[row] = often[int(groups[row])]
    return counts


def effects(metric: str, found: dict[str, Any], contrasts: list[tuple[str, str]], count: int) -> tuple[Any, Any, Any]:
    """The (J, R) effects in each repeat; (count, J) draws of repeats and images, and of images only."""
    labels, names = found["labels"], sorted({name for contrast in contrasts for name in contrast})
    logits = {name: found[f"logits {name}"] for name in names}
    repeats = len(logits[names[0]])

    def of(weights: Any) -> Any:
        scores = {name: np.array([score(metric, labels, one, weights) for one in logits[name]]) for name in names}
        return np.array([scores[plus] - scores[minus] for plus, minus in contrasts])

    draws, both, images = np.random.default_rng(1), [], []
    for _ in range(count):
        drawn = of(image_weights(metric, found, draws))
        both.append(drawn[:, draws.integers(repeats, size=repeats)].mean(axis=1))
        images.append(drawn.mean(axis=1))
    return of(np.ones(len(labels), int)), np.array(both), np.array(images)


def least_error(metric: str, found: dict[str, Any], contrast: tuple[str, str]) -> float:
    """The least standard error that is believed: that of one image that changes sides, where answers differ at all."""
    plus, minus = (found[f"logits {name}"] for name in contrast)
    if metric == "log_loss" or np.array_equal(plus, minus):
        return 0.0
    if metric == "accuracy":
        return 1 / len(found["labels"])
    support = np.bincount(found["labels"], minlength=plus.shape[2])
    moved = np.sqrt(np.mean((1 / (plus.shape[2] * support[support > 0])) ** 2))
    return float(moved / 4 if metric == "auroc" else moved)


def word(low: float, high: float, low_90: float, high_90: float, smallest: float) -> str:
    """One of four words for an effect."""
    if low > 0:
        return "helps"
    if high < 0:
        return "harms"
    return "makes no difference that matters" if -smallest < low_90 and high_90 < smallest else "cannot tell yet"


def report(titles: list[str], found: tuple[Any, Any, Any], least: Any, smallest: float, planned: int) -> list[str]:
    """Lines with the effects of one family, whose intervals hold at once (max |t|).

    The standard error is that over repeats and that over images, added in squares; the draws of both say how many
    standard errors the intervals have to reach. Before the planned repeats are done there is no verdict: an effect
    that is looked at after each repeat crosses 0 by chance more often than the level says.
    """
    each, drawn, images = found
    effect, square = each.mean(axis=1), images.var(axis=0, ddof=1)
    if each.shape[1] > 1:
        square = square + each.var(axis=1, ddof=1) / each.shape[1]
    error, scatter = np.maximum(np.sqrt(square), least), drawn.std(axis=0, ddof=1)
    distance = np.abs(drawn - effect) / np.where(scatter > 0, scatter, np.inf)
    reach = max(1.96, float(np.quantile(distance.max(axis=1), LEVEL)))
    alone = np.maximum(1.645, np.quantile(distance, 0.9, axis=0))
    complete = each.shape[1] >= max(planned, FEWEST_REPEATS)
    lines = []
    for j, title in enumerate(titles):
        name = " ".join(title.split())
        low, high = effect[j] - reach * error[j], effect[j] + reach * error[j]
        said = (
            word(low, high, effect[j] - alone[j] * error[j], effect[j] + alone[j] * error[j], smallest)
            if complete
            else "so far"
        )
        lines.append(f"{name:40} {effect[j]:+.4f}  [{low:+.4f}, {high:+.4f}]  {said if complete else 'so far'}")
    return lines


def main(path: Path, count: int = 0) -> None:
    """Print the verdict in the study's metric."""
    found, metric = answers(path), STUDY["metric"]
    contrasts = [tuple(contrast) for contrast in STUDY["contrasts"]]
    families = [(contrasts, STUDY["titles"])]
    if STUDY["gate"]:
        families.insert(0, ([tuple(STUDY["gate"])], ["the pipeline against nothing"]))
    repeats = len(found[f"logits {contrasts[0][0]}"])
    print(f"{len(found['labels'])} images, {repeats} of {STUDY['planned']} repeats, {metric}; with a frozen backbone")
    for family, titles in families:
        least = np.array([least_error(metric, found, contrast) for contrast in family])
        drawn = effects(metric, found, family, count or DRAWS)
        print("\n".join(report(titles, drawn, least, STUDY["smallest"], STUDY["planned"])))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python verdict.py REPORT.html or RUN_FOLDER")
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
