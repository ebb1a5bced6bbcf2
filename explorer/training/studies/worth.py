"""The study "worth N photographs": learning curves of heads with the pipeline and with nothing.

The training sets of a fold are nested and the same for both, so that the curves differ by the augmentation only. A
repeat is written as a whole.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import without_augmentation
from explorer.runs.record.reasons import Why
from explorer.runs.record.studies.curves import CURVES, Curves
from explorer.runs.record.studies.parts import parts
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import judged_nodes
from explorer.runs.spec.plans.worth import WorthPlan, usual_sizes
from explorer.training.attempt import Attempt
from explorer.training.studies.begun import Begun, begin
from explorer.training.studies.errors import StudyError
from explorer.training.studies.features import Features
from explorer.training.studies.heads import INNER_FOLDS, HeadPool
from explorer.training.studies.subsets import nested


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Train and judge the heads of each repeat that is missing; returns how it went. Raises what `begin` raises."""
    plan = config.study
    assert isinstance(plan, WorthPlan)
    if not judged_nodes(config.pipeline):
        raise StudyError("The pipeline has no step whose worth could be measured: add one, or turn one on.")
    pipelines = [config.pipeline, without_augmentation(config.pipeline)]
    with begin(attempt, config, pipelines, folds=plan.folds, repeats=plan.repeats) as begun:
        sizes = _sizes(begun, plan)
        curves = 2 * len(sizes) * plan.repeats
        begun.check_plan(curves, curves * plan.folds)
        done = parts(attempt.paths, CURVES)
        if missing := [repeat for repeat in range(plan.repeats) if repeat not in done]:
            clean, views = begun.clean, begun.views(pipelines, plan.views)
            pool = HeadPool(begun.setup.threads, begun.bank)
            for repeat in missing:
                _carry_out_repeat(begun, pool, repeat, sizes, clean.take(), views)
        return begun.done()


def _sizes(begun: Begun, plan: WorthPlan) -> tuple[int, ...]:
    """Return the sizes of the training sets. Raises StudyError if the images do not suffice for them."""
    largest = min(len(begun.labels) - int(np.bincount(begun.fold(repeat)).max()) for repeat in range(plan.repeats))
    least = INNER_FOLDS * begun.num_classes
    if not plan.sizes:
        sizes = usual_sizes(largest, begun.num_classes)
        if len(sizes) < 2:
            raise StudyError(
                f"The data set is too small for a learning curve: a head can learn from {largest} images at most, and "
                f"the shortest useful curve begins with {min(sizes)}. Add images."
            )
        return sizes
    sizes = tuple(sorted(set(plan.sizes)))
    if sizes[0] < least or sizes[-1] > largest or len(sizes) < 2:
        raise StudyError(
            f"Choose at least two sizes from {least} to {largest}: a head needs {INNER_FOLDS} images of each class, "
            f"and the smallest training fold has {largest} images."
        )
    return sizes


def _carry_out_repeat(
    begun: Begun, pool: HeadPool, repeat: int, sizes: tuple[int, ...], clean: NDArray[np.float16], views: Features
) -> None:
    fold = begun.fold(repeat)
    allowed = nested(begun.labels, fold, sizes, begun.config.seed, repeat)
    jobs = [
        replace(begun.job(views[variant], fold, repeat), may_train=may_train)
        for variant in range(2)
        for may_train in allowed
    ]
    found = [heads.out_of_fold(clean, fold) for heads in begun.heads(pool, jobs, repeat, usual=False)]
    plus, minus = np.stack(found[: len(sizes)]), np.stack(found[len(sizes) :])
    Curves(sizes, plus.astype(np.float32), minus.astype(np.float32)).save(begun.attempt.paths, repeat)
