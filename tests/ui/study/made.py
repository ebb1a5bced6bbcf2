"""Records of studies with known effects, as a trainer writes them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.augment.edits import add, set_p
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.base.atomic import write_bytes_atomic
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import SCORES, images_path, write_part
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.plans.effects import EffectsPlan, variants_of

STEPS = ("HorizontalFlip", "Rotate", "GaussNoise", "RandomBrightnessContrast")
# What leaving out each step adds to the logit of the true class: a step that helps is missed.
MISSED = dict(zip(STEPS, (-0.35, 0.25, 0.0, -0.04), strict=True))


def pipeline_of(steps: tuple[str, ...] = STEPS) -> Pipeline:
    """Return a pipeline of these steps."""
    draft = Draft(name="made")
    for step in steps:
        draft, node = add(draft, step, None)
        draft = set_p(draft, node, 0.5)
    return validate(draft)


def study(
    name: str = "study",
    *,
    repeats: int = 6,
    done: int | None = None,
    missed: Mapping[str, float] = MISSED,
    images: int = 300,
    metric: str = "accuracy",
) -> RunPaths:
    """Write a study of generated shapes that has done some of its repeats; finished where all are done."""
    spec = ShapesSpec(train_images=images * 2 // 3, val_images=images - images * 2 // 3)
    plan = EffectsPlan(repeats=repeats)
    config = RunConfig(
        kind="study", name=name, dataset=spec, pipeline=pipeline_of(tuple(missed)), study=plan, monitor=metric,
        frozen=True, image_size=96,
    )  # fmt: skip
    paths = RunPaths(runs_root() / f"20261128-142501-{name}-x7k")
    paths.root.mkdir(parents=True)
    write_bytes_atomic(paths.config, dumps(config).encode())
    with EventWriter(paths, 1) as writer:
        writer.write("phase", promise_s=60, phase="importing")
    dataset = spec.open()
    labels = np.concatenate([dataset.train.labels, dataset.val.labels]).astype(np.int64)
    ids = (*dataset.train.ids, *dataset.val.ids)
    listed = StudyImages(
        ids, ("",) * len(ids), labels, np.arange(len(ids)), len(dataset.train), tuple(dataset.classes)
    )  # fmt: skip
    paths.study.mkdir()
    listed.save(images_path(paths))
    add_repeats(paths, config, labels, len(dataset.classes), range(repeats if done is None else done), missed)
    if done is None or done == repeats:
        outcome.write(paths, Outcome("finished", "All repeats are done.", 1.0))
    return paths


def add_repeats(
    paths: RunPaths,
    config: RunConfig,
    labels: NDArray[np.int64],
    classes: int,
    numbers: range,
    missed: Mapping[str, float],
) -> None:
    """Write repeats whose variants differ by what leaving out each step adds to the logit of the true class."""
    assert isinstance(config.study, EffectsPlan)
    hard = np.random.default_rng(0).normal(0.9, 1.4, len(labels))  # of each image, the same in all repeats
    for number in numbers:
        rng = np.random.default_rng(number + 1)
        shared = rng.normal(0, 0.5, (len(labels), classes))
        scores = {}
        for variant in variants_of(config.study, config.pipeline):
            change = sum(missed.values()) if variant.name == "nothing" else missed.get(variant.title, 0.0)
            logits = shared + rng.normal(0, 0.15, shared.shape)
            logits[np.arange(len(labels)), labels] += hard + change
            scores[variant.name] = logits.astype(np.float32)
        write_part(paths, SCORES, number, scores)
