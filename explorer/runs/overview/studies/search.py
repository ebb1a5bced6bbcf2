"""What a search for a pipeline has found so far, judged by outer folds only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.base.kept import Kept
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.effects import Effect, Effects, effects
from explorer.metrics.verdicts.measured import judged
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import images_path, parts
from explorer.runs.record.studies.searches import OUTER, WHOLE, OuterFold, Searched, load_whole
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.plan import Variant
from explorer.runs.spec.plans.search import FOUND, TRIVIAL, SearchPlan, assembled

_MOST_BYTES = 300_000_000  # of the answers of all studies of a kind in memory; larger ones are read each time
Verdict = Literal["beats", "not better", "equal", "unknown"]
Numbers = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class SearchFound:
    """The outer folds of a search that are done.

    Attributes:
        plan: What was asked.
        pipeline: That of the config.
        metric: The person's metric, a key of the table of metrics.
        images: How many images there are.
        outer: The outer folds that are done, at least 1, without their answers, which may have gigabytes.
        done: Repeats all of whose outer folds are done.
        effects: What was found against TrivialAugment, against nothing and, if it has steps, against the pipeline of
            the config; None before the first repeat is done.
        whole: What the search chooses on all images; None until it has.
    """

    plan: SearchPlan
    pipeline: Pipeline
    metric: str
    images: int
    outer: tuple[OuterFold, ...]
    done: int
    effects: Effects | None
    whole: Searched | None

    @property
    def offered(self) -> tuple[Variant, ...]:
        """The candidates."""
        return self.plan.offered

    @property
    def counts(self) -> NDArray[np.int64]:
        """(candidates,) the number of outer folds in which each was chosen."""
        chosen = [place for one in self.outer for place in one.searched.chosen]
        return np.bincount(np.array(chosen, np.int64), minlength=len(self.offered))

    @property
    def empty(self) -> int:
        """The number of outer folds in which no step was chosen."""
        return sum(not one.searched.chosen for one in self.outer)

    @property
    def against_trivial(self) -> Effect | None:
        """What was found against TrivialAugment."""
        return next((one for one in self.effects.main if one.minus == TRIVIAL), None) if self.effects else None

    @property
    def verdict(self) -> Verdict | None:
        """Whether anything beats TrivialAugment; None before the planned repeats are done, or where it is undefined."""
        effect = self.against_trivial
        if effect is None or effect.word is None:
            return None
        words: dict[str, Verdict] = {"helps": "beats", "harms": "not better", "same": "equal", "unknown": "unknown"}
        return words[effect.word]

    @property
    def result(self) -> Pipeline | None:
        """The pipeline that is offered, which the search chooses on all images; None until it has."""
        return None if self.whole is None else assembled(self.plan, self.pipeline, self.whole.chosen)


def outer_done(paths: RunPaths) -> tuple[Numbers, bool]:
    """Return the numbers of the outer folds that are done, and whether the search on all images is; cheap."""
    return parts(paths, OUTER), bool(parts(paths, WHOLE))


def read(paths: RunPaths, config: RunConfig, metric: str | None = None) -> SearchFound | None:
    """Read what is done of a search, and estimate its effects; may take a second.

    Args:
        paths: Of the run.
        config: Of the run.
        metric: A key of `verdicts.effects.JUDGED`; None for the person's.

    Returns:
        What was found; None before the first outer fold is done, and for other studies.

    Raises:
        StudyRecordError: A file of the study is damaged.
    """
    plan, (numbers, whole) = config.study, outer_done(paths)
    if not isinstance(plan, SearchPlan) or not numbers:
        return None
    key = metric or config.monitor
    images, folds = _read(paths, numbers)
    by_number = dict(zip(numbers, folds, strict=True))
    complete = [
        [by_number[repeat * plan.folds + held] for held in range(plan.folds)]
        for repeat in range(plan.repeats)
        if all(repeat * plan.folds + held in by_number for held in range(plan.folds))
    ]
    smallest = plan.smallest if judged(key) == judged(config.monitor) else None
    return SearchFound(
        plan,
        config.pipeline,
        key,
        len(images),
        tuple(replace(one, logits={}) for one in folds),
        len(complete),
        _effects(images, complete, plan, key, smallest) if complete else None,
        load_whole(paths) if whole else None,
    )


def _effects(
    images: StudyImages, repeats: Sequence[Sequence[OuterFold]], plan: SearchPlan, metric: str, smallest: float | None
) -> Effects:
    variants = list(repeats[0][0].logits)
    try:
        logits = {name: np.stack([_joined(one, name, len(images)) for one in repeats]) for name in variants}
        answers = OutOfFold(images.labels, logits, images.groups)
    except (KeyError, ValueError) as error:
        raise StudyRecordError(f"The outer folds of a search do not belong together: {error}.") from error
    contrasts: list[Contrast] = [(FOUND, name) for name in variants if name != FOUND]
    return effects(answers, contrasts, metric, smallest=smallest, planned=plan.repeats)


def _joined(folds: Sequence[OuterFold], name: str, images: int) -> NDArray[np.float32]:
    """Return the (N, C) answers of one variant in one repeat, each image by the fold that held it out."""
    rows = np.concatenate([one.rows for one in folds])
    if not np.array_equal(np.sort(rows), np.arange(images)):
        raise ValueError("they do not hold out each image once")
    found = np.empty((images, folds[0].logits[name].shape[1]), np.float32)
    found[rows] = np.concatenate([one.logits[name] for one in folds])
    return found


def _size(found: tuple[StudyImages, tuple[OuterFold, ...]]) -> int:
    return sum(logits.nbytes for one in found[1] for logits in one.logits.values())


_KEPT: Kept[tuple[StudyImages, tuple[OuterFold, ...]]] = Kept(_MOST_BYTES, _size)


def _read(paths: RunPaths, numbers: Numbers) -> tuple[StudyImages, tuple[OuterFold, ...]]:
    def load() -> tuple[StudyImages, tuple[OuterFold, ...]]:
        return StudyImages.load(images_path(paths)), tuple(OuterFold.load(paths, number) for number in numbers)

    return _KEPT.get((paths, numbers), load)
