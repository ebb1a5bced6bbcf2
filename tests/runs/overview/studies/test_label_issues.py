"""Labels that were made wrong in three generated sets are suspected by the out-of-fold scores of a study.

python -m tests.runs.overview.studies.test_label_issues prints recall and precision over some seeds.
"""

import json
import subprocess

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from explorer import child_environment
from explorer.augment.pipeline import Pipeline
from explorer.data.drawn_shapes import open_shapes
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.overview.studies import label_issues
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import MEMBER, SCORES, images_path, read_part, write_part
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, EffectsPlan
from explorer.runs.spec.plans.folds import FoldsPlan

Set = tuple[NDArray[np.float64], NDArray[np.int64]]  # features and right labels


def _digits(seed: int) -> Set:
    bunch = load_digits()
    chosen = np.random.default_rng(seed).permutation(len(bunch.target))[:600]
    return bunch.data[chosen].astype(np.float64), bunch.target[chosen].astype(np.int64)


def _shapes(seed: int) -> Set:
    """Return how much of the least circle, box and hull around it a drawn shape fills, and its Hu moments."""
    split = open_shapes(ShapesSpec(num_classes=4, train_images=450, val_images=4, noise=0.2, seed=seed)).train
    return np.array([_measures(split.load(index).mask) for index in range(len(split))]), split.labels


def _measures(mask: NDArray[np.uint8] | None) -> list[float]:
    assert mask is not None
    (outline, *_), _ = cv2.findContours((mask > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    area = cv2.contourArea(outline)
    radius, box = cv2.minEnclosingCircle(outline)[1], cv2.minAreaRect(outline)[1]
    hull = cv2.contourArea(cv2.convexHull(outline))
    moments = -np.log10(np.abs(cv2.HuMoments(cv2.moments(outline)).ravel()) + 1e-12)
    return [area / (np.pi * radius**2 + 1), area / (box[0] * box[1] + 1), area / (hull + 1), *moments[:3].tolist()]


def _features(seed: int) -> Set:
    """Return what features of a frozen network look like: many columns, classes that are apart."""
    found = make_classification(500, 64, n_informative=24, n_classes=4, class_sep=3.0, flip_y=0, random_state=seed)
    return found[0], found[1].astype(np.int64)


SETS = {"digits": _digits, "shapes": _shapes, "features": _features}


def _study(name: str, seed: int, share: float = 0.06, repeats: int = 2) -> tuple[RunPaths, set[str]]:
    """Write a study of a set of which a share of the labels is wrong; return it with the ids of these images."""
    features, right = SETS[name](seed)
    rng, classes = np.random.default_rng(seed), int(right.max()) + 1
    wrong = rng.permutation(len(right))[: round(share * len(right))]
    labels = right.copy()
    labels[wrong] = (right[wrong] + rng.integers(1, classes, len(wrong))) % classes
    paths = RunPaths(runs_root() / f"20261123-142501-{name}-{seed}")
    paths.study.mkdir(parents=True)
    plan = EffectsPlan(repeats=repeats)
    paths.config.write_text(dumps(RunConfig(kind="study", dataset=ShapesSpec(), pipeline=Pipeline(), study=plan)))
    ids = tuple(f"{number:04}.png" for number in range(len(labels)))
    names = tuple(f"class {number}" for number in range(classes))
    StudyImages(ids, ids, labels, np.arange(len(ids)), len(ids), names).save(images_path(paths))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=200))
    for repeat in range(repeats):
        folds = StratifiedKFold(5, shuffle=True, random_state=repeat)
        found = cross_val_predict(model, features, labels, cv=folds, method="predict_log_proba")
        scores = np.maximum(found, -60).astype(np.float32)
        write_part(paths, SCORES, repeat, {NOTHING: scores, PIPELINE: np.zeros_like(scores)})
    return paths, {ids[row] for row in wrong}


@pytest.mark.parametrize("name", SETS)
def test_wrong_labels_are_suspected(name: str) -> None:
    paths, wrong = _study(name, 0)
    found = label_issues.find(paths)
    right = len(wrong.intersection(found.ids))
    assert right / len(wrong) >= 0.7
    assert right / len(found.ids) >= 0.65
    assert (found.repeats, found.images) == (2, len(SETS[name](0)[1]))
    assert all(one != other for one, other in zip(found.labels, found.suggested, strict=True))
    assert list(found.own) == sorted(found.own)


def test_a_child_process_gives_the_same_answer() -> None:
    paths, _ = _study("features", 1, repeats=1)
    printed = subprocess.run(
        label_issues.command(paths), capture_output=True, env=child_environment(), check=True
    ).stdout.splitlines()[-1]
    assert label_issues.Suspected.model_validate(json.loads(printed)) == label_issues.find(paths)


def test_runs_of_folds_give_the_same_suspects_as_heads_with_the_same_scores() -> None:
    heads, _ = _study("features", 2, repeats=1)
    images = StudyImages.load(images_path(heads))
    logits = read_part(heads, SCORES, 0)[NOTHING]
    paths = RunPaths(runs_root() / "20261123-142502-folds")
    paths.study.mkdir(parents=True)
    paths.config.write_text(
        dumps(RunConfig(kind="study", dataset=ShapesSpec(), pipeline=Pipeline(), study=FoldsPlan(folds=4)))
    )
    images.save(images_path(paths))
    for fold in range(4):
        rows = np.flatnonzero(np.arange(len(images)) % 4 == fold)
        member, ids = paths.member(fold), tuple(images.ids[row] for row in rows)
        member.root.mkdir(parents=True)
        ValidationImages(ids, images.labels[rows], ids).save(member.validation)
        best = np.zeros_like(logits[rows])  # chosen by these very images, so that it does not count
        write_part(paths, MEMBER, fold, {"logits": logits[rows], "best": best, "best_epoch": np.array([0])})
    found, expected = label_issues.find(paths), label_issues.find(heads)
    assert found.ids == expected.ids
    assert found.suggested == expected.suggested
    (paths.study / "member-3.npz").unlink()  # one fold is still to come
    assert label_issues.find(paths).images == len(images) * 3 // 4


def test_a_study_without_scores_says_so() -> None:
    paths, _ = _study("features", 1, repeats=1)
    (paths.study / "scores-0.npz").unlink()
    with pytest.raises(StudyRecordError, match="no scores yet"):
        label_issues.find(paths)


def main() -> None:
    """Print recall and precision over some seeds."""
    for name in SETS:
        planted = suspected = right = 0
        for seed in range(5):
            paths, wrong = _study(name, seed)
            found = label_issues.find(paths)
            planted, suspected = planted + len(wrong), suspected + len(found.ids)
            right += len(wrong.intersection(found.ids))
        print(f"{name}: recall {right}/{planted}, precision {right}/{suspected}")


if __name__ == "__main__":
    main()
