"""The study "Does this step help?": out-of-fold answers of heads that were trained on the views of each variant.

One repeat divides the images into folds in its own way, and trains a head for each fold and variant. A repeat is
written as a whole, so that a study that was killed or stopped goes on with the first repeat that is missing, with the
same numbers to the bit.
"""

from collections import Counter
from typing import get_args

import numpy as np

from explorer.metrics.verdicts.decision import Word
from explorer.metrics.verdicts.effects import FEWEST_REPEATS
from explorer.runs.overview.studies import effects as studies
from explorer.runs.record.reasons import Reason, Why, joined, reason
from explorer.runs.record.studies.parts import HEADS, SCORES, parts, write_part
from explorer.runs.record.studies.progress import JUDGING
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import FOLD, EffectsPlan, variants_of
from explorer.training.attempt import Attempt
from explorer.training.studies.begun import Begun, begin
from explorer.training.studies.errors import StudyError
from explorer.training.studies.features import Features
from explorer.training.studies.heads import HeadPool
from explorer.training.studies.room import check_variants

_HEADS_BYTES = 256_000_000  # of the heads of all repeats; where they take more, none are kept


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Train and judge the heads of each repeat that is missing; returns how it went. Raises what `begin` raises."""
    plan = config.study
    assert isinstance(plan, EffectsPlan)
    variants = variants_of(plan, config.pipeline)
    if len(variants) < 2 or (not plan.variants and len(variants) < 3):
        raise StudyError("The pipeline has no step that could help: add one, or turn one on.")
    check_variants(len(variants))
    pipelines = [variant.pipeline for variant in variants]
    names = [variant.name for variant in variants]
    with begin(attempt, config, pipelines, folds=plan.folds, repeats=plan.repeats) as begun:
        begun.check_plan(len(variants) * plan.repeats, len(variants) * plan.repeats * plan.folds)
        done = parts(attempt.paths, SCORES)
        if missing := [repeat for repeat in range(plan.repeats) if repeat not in done]:
            clean, views = begun.clean, begun.views(pipelines, plan.views)
            pool = HeadPool(begun.setup.threads, begun.bank)
            for repeat in missing:
                _carry_out_repeat(begun, pool, repeat, names, clean, views)
        return joined(begun.done(), _found(attempt, config))


def _found(attempt: Attempt, config: RunConfig) -> Why:
    """Return what the study has found, for lists of runs; nothing where too few repeats are planned for a verdict."""
    attempt.phase(JUDGING)
    found = studies.read(attempt.paths, config)
    if found is None or found.planned < FEWEST_REPEATS:
        return ""
    effects = found.effects()
    whole = effects.gate.word if effects.gate is not None else None
    counts = Counter(effect.word for effect in effects.main if effect.word is not None)
    steps = (_of_steps(word, counts[word]) for word in get_args(Word) if counts[word])
    return joined(_of_whole(whole) if whole is not None else "", *steps)


def _of_whole(word: Word) -> Reason:
    return reason(
        {"helps": "whole_helps", "harms": "whole_harms", "same": "whole_same", "unknown": "whole_unknown"}[word]
    )


def _of_steps(word: Word, count: int) -> Reason:
    return reason(
        {"helps": "steps_helps", "harms": "steps_harms", "same": "steps_same", "unknown": "steps_unknown"}[word],
        count=count,
    )


def _carry_out_repeat(
    begun: Begun, pool: HeadPool, repeat: int, names: list[str], clean: Features, views: Features
) -> None:
    fold = begun.fold(repeat)
    jobs = [begun.job(views[variant], fold, repeat) for variant in range(len(names))]
    found = begun.heads(pool, jobs, repeat)
    vectors = clean.take()
    kept = sum(heads.weights.nbytes for heads in found) * begun.repeats <= _HEADS_BYTES
    if kept:  # before the answers, by which a repeat counts as done
        write_part(
            begun.attempt.paths,
            HEADS,
            repeat,
            {name: heads.weights for name, heads in zip(names, found, strict=True)} | {FOLD: fold},
        )
    write_part(
        begun.attempt.paths,
        SCORES,
        repeat,
        {name: heads.out_of_fold(vectors, fold).astype(np.float32) for name, heads in zip(names, found, strict=True)},
    )
