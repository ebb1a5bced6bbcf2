"""The heads of a study as the judges of an immunity map: those that it has kept, or the same ones, fitted again."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.answers import Logits, Row
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import HEADS, SCORES, images_path, parts, read_part, write_part
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.plans.effects import EffectsPlan, variants_of
from explorer.runs.spec.plans.plan import Variant
from explorer.training import identity
from explorer.training.attempt import Attempt
from explorer.training.stopping import TrainingError
from explorer.training.studies.begun import Begun, begin
from explorer.training.studies.heads import HeadPool, Heads
from explorer.training.studies.panels import Panel

_REFITTED = "The study has not kept its heads; they were fitted again from the same folds and views."
_OTHER_NETWORK = (
    "The network gives other last bits on this computer than when the study was made, so its heads were fitted again."
)


@dataclass(frozen=True)
class _Source:
    """A study whose heads judge."""

    paths: RunPaths
    config: RunConfig
    plan: EffectsPlan
    repeats: tuple[int, ...]

    @property
    def variants(self) -> tuple[Variant, ...]:
        return variants_of(self.plan, self.config.pipeline)


@contextmanager
def opened(attempt: Attempt, config: RunConfig, study: str) -> Iterator[Panel]:
    """Open a study: its images, its network and its heads, which are fitted again where it has not kept them.

    Raises:
        TrainingError: The study is gone, has no finished repeat, or its images have changed.
        Exception: What `begun.begin` raises.
    """
    source = _source(study, _repeats_before(attempt))
    plan = source.plan
    asked = source.config.model_copy(update={"kind": config.kind, "study": config.study})
    with begin(attempt, asked, (), folds=plan.folds, repeats=len(source.repeats)) as begun:
        _check_images(source, begun.listed)
        heads, notes = _heads(source, begun)
        rows = tuple(Row(variant.name, variant.label, begun.labels, begun.groups) for variant in source.variants)
        yield Panel(
            asked,
            begun.images.squares,
            lambda: begun.extractor,
            begun.bank,
            begun.setup.workers,
            rows,
            tuple(partial(_judged, heads, source.repeats, row.name) for row in rows),
            begun.num_classes,
            len(source.repeats),
            notes,
        )
        shutil.rmtree(_own(begun), ignore_errors=True)  # heads that only this map has needed


def _repeats_before(attempt: Attempt) -> int | None:
    """Return with how many repeats the map began, which it keeps where the study has more by now."""
    paths = attempt.paths
    return answers.read_rows(paths).repeats if answers.CLEAN in answers.finished(paths) else None


def _source(study: str, most: int | None) -> _Source:
    try:
        paths = run_paths(study)
        config = loads(paths.config.read_bytes())
    except RunNotFound as error:
        raise TrainingError(
            f"The study {study} was deleted. Its heads are needed to judge distorted images."
        ) from error
    except (ConfigError, OSError) as error:
        raise TrainingError(f"The study {study} cannot be read: {error}") from error
    if not isinstance(config.study, EffectsPlan):
        raise TrainingError(f"{study} is no study of effects, so it has no heads that could judge distorted images.")
    repeats = tuple(number for number in parts(paths, SCORES) if number < config.study.repeats)[:most]
    if not repeats:
        raise TrainingError(f"The study {study} has no finished repeat yet.")
    return _Source(paths, config, config.study, repeats)


def _check_images(source: _Source, now: StudyImages) -> None:
    try:
        before = StudyImages.load(images_path(source.paths))
    except StudyRecordError as error:
        raise TrainingError(str(error)) from error
    if not before.is_same(now):
        raise TrainingError(
            f"The images of the data set have changed since the study {source.paths.id}. Its heads may have seen what "
            "they would judge: start a new study first."
        )


def _heads(source: _Source, begun: Begun) -> tuple[RunPaths, tuple[str, ...]]:
    """Return where the heads of all repeats are, and what is to be known about them."""
    kept = set(parts(source.paths, HEADS)) >= set(source.repeats)
    first = identity.first(source.paths, source.paths.latest_attempt + 1)
    same = first.get("features", begun.extractor.key) == begun.extractor.key
    if kept and same:
        return source.paths, ()
    own = RunPaths(_own(begun))
    _fit_again(source, begun, own)
    return own, (_OTHER_NETWORK if kept else _REFITTED,)


def _own(begun: Begun) -> Path:
    """The folder of heads that were fitted again, kept until the map is finished."""
    return begun.attempt.paths.study / "again"


def _fit_again(source: _Source, begun: Begun, own: RunPaths) -> None:
    missing = [repeat for repeat in source.repeats if repeat not in parts(own, HEADS)]
    if not missing:
        return
    own.study.mkdir(parents=True, exist_ok=True)
    variants = source.variants
    views = begun.views([variant.pipeline for variant in variants], source.plan.views)
    pool = HeadPool(begun.setup.threads, begun.bank)
    for repeat in missing:
        fold = begun.fold(repeat)
        jobs = [begun.job(views[place], fold, repeat) for place in range(len(variants))]
        found = begun.heads(pool, jobs, repeat)
        weights = {variant.name: heads.weights for variant, heads in zip(variants, found, strict=True)}
        write_part(own, HEADS, repeat, weights | {"fold": fold})


def _judged(heads: RunPaths, repeats: tuple[int, ...], name: str, features: NDArray[np.float16]) -> Logits:
    """Judge each image by the heads that have not seen it: (R, N, C) logits."""
    return np.stack([_of_repeat(heads, repeat, name, features) for repeat in repeats])


def _of_repeat(heads: RunPaths, repeat: int, name: str, features: NDArray[np.float16]) -> Logits:
    try:
        found = read_part(heads, HEADS, repeat, (name, "fold"))
        weights, fold = found[name], found["fold"]
    except (StudyRecordError, KeyError) as error:
        raise TrainingError(f"The heads of repeat {repeat + 1} cannot be read: {error}") from error
    return Heads(weights, np.zeros(len(weights), np.float32)).out_of_fold(features, fold)
