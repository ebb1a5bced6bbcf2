"""What a study of effects costs: views, features and heads; a second study through the bank; memory; 10,000 images.

Seconds of processor time are given beside seconds of the clock: on a busy machine only they, and the shares, say
something. `python -m bench study 2` takes another number of repeats than 6, and scales up.
"""

import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.train import pictures
from bench.verdicts import speed
from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.spec.plans.effects import EffectsPlan, variants_of
from explorer.runs.spec.plans.plan import Variant
from explorer.training.prepared import Prepared
from explorer.training.setup import Setup
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.extractor import Extractor
from explorer.training.studies.features import Features, features_of_validation, features_of_views
from explorer.training.studies.folds import FOLDS, folds_of
from explorer.training.studies.heads import HeadJob, HeadPool
from explorer.training.studies.images import joined

SIZE, VIEWS, REPEATS = 160, 4, 6
MANY = 10_000  # images
_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("RandomResizedCrop", {"size": [SIZE, SIZE], "scale": [0.4, 1.0]}),
    ("HorizontalFlip", {}),
    ("Rotate", {}),
    ("ColorJitter", {}),
    ("CoarseDropout", {}),
    ("GaussNoise", {}),
)


@dataclass
class _Costs:
    """Seconds of the clock and of the processor by part of the work."""

    parts: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.parts[part] = time.perf_counter() - wall, _cpu() - cpu

    def total(self, which: int) -> float:
        return sum(times[which] for times in self.parts.values())

    def show(self, title: str) -> None:
        print(f"{title}: {self.total(0):.0f} s, {self.total(1):.0f} s of the processor")
        for part, (wall, cpu) in self.parts.items():
            print(f"  {part:42}{wall:>8.1f} s{cpu:>8.1f} s{100 * cpu / self.total(1):>5.0f} %")


def _cpu() -> float:
    """Processor seconds of this process and of the children that have ended."""
    return sum(
        use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(repeats: int = REPEATS) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = f"{scratch}/home"
        _studies(pictures.folder(Path(scratch)), repeats)
    print()
    speed.main()


def _studies(folder: Path, repeats: int) -> None:
    config = _config(folder, 5)
    setup = Setup.choose(config, {})
    setup.apply()
    split = joined(config.dataset.open())
    whole, squares = Prepared(split, config.kept, keep=True), Prepared(split, square(SIZE), keep=True)
    for each in (whole, squares):
        each.read(setup.threads, lambda done: None)
    extractor = Extractor.build(config, setup, _silent)
    longer = _config(folder, 6).pipeline
    variants = list(variants_of(EffectsPlan(), config.pipeline))
    plans: dict[str, list[Variant]] = {
        "first study": variants,
        "second study, with one step as a candidate": [*variants, Variant(name="candidate", pipeline=longer)],
        "third study, of a pipeline with one step more": list(variants_of(EffectsPlan(), longer)),
    }
    print(
        f"{len(split)} photographs, {SIZE} px, {config.backbone}, {setup.precision}; {VIEWS} views, "
        f"{repeats} × {FOLDS} folds, {setup.threads} threads"
    )
    parts, totals = _Parts(config, setup, whole, squares, extractor), list[_Costs]()
    for title, chosen in plans.items():
        costs = _Costs()
        views = _study(parts, [one.pipeline for one in chosen], repeats, costs)
        costs.show(f"{title}, {len(chosen)} variants, {len(views.vectors):,} different of {views.places.size:,} views")
        totals.append(costs)
        print(f"  of the first: {totals[0].total(1) / costs.total(1):.1f} times as fast (processor)")
    print(f"peak memory: {_peak():.2f} GB in this process and the largest of its children together")
    _extrapolated(totals[0], views, len(split), setup.threads)


@dataclass(frozen=True, eq=False)
class _Parts:
    config: RunConfig
    setup: Setup
    whole: Prepared
    squares: Prepared
    extractor: Extractor


def _study(parts: _Parts, pipelines: Sequence[Pipeline], repeats: int, costs: _Costs) -> Features:
    """Do what a study of effects does, without its record."""
    bank, labels, indices = FeatureBank.open(), parts.whole.split.labels, range(len(parts.whole))
    workers = parts.setup.workers
    with costs.of("views and features"):
        clean = features_of_validation(
            parts.extractor, bank, parts.squares, parts.config.pipeline, indices, workers=workers, report=_silent
        )
        views = features_of_views(
            parts.extractor, bank, parts.whole, pipelines, indices, VIEWS, seed=0, size=SIZE, workers=workers,
            report=_silent,
        )  # fmt: skip
    with costs.of(f"heads of {repeats} repeats"):
        pool = HeadPool(parts.setup.threads, bank)
        for repeat in range(repeats):
            fold = folds_of(labels, 0, repeat)
            jobs = [HeadJob(views[at], labels, fold, 2, 0, repeat) for at in range(len(pipelines))]
            for heads in pool.fit(jobs):
                heads.out_of_fold(clean.take(), fold)
    return views


def _extrapolated(first: _Costs, views: Features, images: int, cores: int) -> None:
    """Say what MANY images and 5 steps take: views by number, heads from one fold of that size."""
    generator = np.random.default_rng(0)
    places = views.places[0][generator.integers(0, images, MANY)]
    # Noise makes rows different that are drawn from few photographs.
    vectors = views.vectors[places].reshape(MANY * VIEWS, -1)
    vectors = vectors + generator.normal(0, 0.05, vectors.shape).astype(np.float16)
    features = Features(vectors, np.arange(MANY * VIEWS).reshape(MANY, VIEWS))
    labels = generator.integers(0, 2, MANY)
    fold = folds_of(labels, 0, 0)
    job = HeadJob(features, labels, fold, 2, 0, 0)
    fitted = _Costs()
    with fitted.of("fold"):
        _one_fold(job)
    drawn = first.parts["views and features"][1] * MANY / images / cores
    heads = fitted.total(1) * FOLDS * REPEATS * 7 / cores
    print(
        f"{MANY:,} images, 5 steps, extrapolated from processor time on {cores} cores: views and features "
        f"{drawn / 60:.0f} min, heads {heads / 60:.0f} min (one fold: {fitted.total(1):.0f} s)"
    )


def _one_fold(job: HeadJob) -> None:
    """Fit the head of one fold in this process."""
    from explorer.training.studies.heads import fit_fold, one_thread

    with one_thread():
        fit_fold(job, 0)


def _config(folder: Path, steps: int) -> RunConfig:
    nodes = [
        {"kind": "step", "id": f"n{number}", "transform": name, "p": 0.5, "params": params}
        for number, (name, params) in enumerate(_STEPS[:steps])
    ]
    return from_values(
        {
            "dataset": {"kind": "image_folder", "path": str(folder)},
            "pipeline": {"nodes": nodes, "streams": 2},
            "backbone": "efficientnet-lite0",
            "image_size": SIZE,
            "frozen": True,
        }
    )


def _peak() -> float:
    """GB; the maxima of a process and of its children need not have been at the same time."""
    unit = 1 if sys.platform == "darwin" else 1024
    return (
        sum(resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1e9
    )


_silent: Callable[[int, int], None] = lambda done, total: None  # noqa: E731
