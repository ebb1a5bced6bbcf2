"""What a study of effects has found so far, as its page, its report and the command line show it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from explorer.base.kept import Kept
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.changed import Changed, changed_images
from explorer.metrics.verdicts.classes import ClassEffects, class_effects
from explorer.metrics.verdicts.effects import Effect, Effects, effects, speaks
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.pilot import Foreseen, foresee
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import SCORES, images_path, parts, read_part
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, EffectsPlan, variants_of
from explorer.runs.spec.plans.plan import Variant

_T = TypeVar("_T")
_MOST = 8  # studies whose effects stay in memory
_MOST_BYTES = 300_000_000  # of the answers of all studies in memory; larger ones are read each time
SENSITIVE = "log_loss"
"""The second metric: it sees differences that no prediction shows yet."""


@dataclass(frozen=True, eq=False)
class EffectsFound:
    """The repeats of a study that are done.

    The answers are not part of it, since they may have gigabytes: they are read where something is computed from them.

    Attributes:
        paths: Of the study.
        plan: What was asked.
        metric: The person's metric, a key of the table of metrics.
        images: The images in the order of the rows of all answers.
        variants: All pipelines that are compared, the whole pipeline first.
        contrasts: The main contrasts as (plus, minus): the whole pipeline against each variant but nothing.
        gate: The whole pipeline against nothing; None where the study does not compare with nothing.
        numbers: Of the repeats that are done, at least one.
    """

    paths: RunPaths
    plan: EffectsPlan
    metric: str
    images: StudyImages
    variants: tuple[Variant, ...]
    contrasts: tuple[Contrast, ...]
    gate: Contrast | None
    numbers: tuple[int, ...]
    _kept: dict[Hashable, object] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def done(self) -> int:
        """The repeats that are done."""
        return len(self.numbers)

    @property
    def answers(self) -> OutOfFold:
        """The out-of-fold answers of each variant. Raises StudyRecordError if they cannot be read any more."""
        return _ANSWERS.get((self.paths, self.numbers), self._read_answers)

    @property
    def planned(self) -> int:
        """The planned repeats."""
        return self.plan.repeats

    @property
    def complete(self) -> bool:
        """Whether the planned repeats are done."""
        return self.done >= self.planned

    @property
    def speaks(self) -> bool:
        """Whether there are verdicts, alarms and classes that are worth a look."""
        return speaks(self.done, self.planned)

    @property
    def accuracy(self) -> float:
        """The mean accuracy of the heads of the whole pipeline, 0 to 1."""
        return self._once(
            "accuracy",
            lambda: float(np.mean(self.answers.logits[PIPELINE].argmax(axis=2) == self.images.labels)),
        )

    def effects(self, metric: str | None = None) -> Effects:
        """Return the effects in a metric, by default the person's; it may take seconds the first time."""
        key = judged(metric or self.metric)
        smallest = self.plan.smallest if key == judged(self.metric) else None
        return self._once(
            ("effects", key),
            lambda: effects(
                self.answers, self.contrasts, key, gate=self.gate, smallest=smallest, planned=self.plan.repeats
            ),
        )

    def look_before(self) -> Effect | None:
        """Return what the study before, which this one extends, said of the whole pipeline; None if it gave no verdict.

        Its answers are the first ones of this study.
        """
        if not self.plan.looked or self.gate is None:
            return None
        return self._once("look before", lambda: self._gate_after(self.plan.looked[-1]))

    def _gate_after(self, repeats: int) -> Effect | None:
        logits = {name: self.answers.of(name)[:repeats] for name in self.gate or ()}
        first = OutOfFold(self.images.labels, logits, self.images.groups)
        smallest = self.plan.smallest
        return effects(first, [], judged(self.metric), gate=self.gate, smallest=smallest, planned=repeats).gate

    def classes(self) -> dict[Contrast, ClassEffects]:
        """Return the effects within each class, of the main contrasts and the gate; none notable before it speaks."""
        asked = [*self.contrasts, *([self.gate] if self.gate else [])]
        return self._once("classes", lambda: class_effects(self.answers, asked, marks=self.speaks))

    def changed(self, contrast: Contrast) -> Changed:
        """Return the images that a contrast has won and lost."""
        return self._once(("changed", contrast), lambda: changed_images(self.answers, contrast))

    def foreseen(self, planned: int | None = None) -> tuple[Foreseen, ...]:
        """Return the smallest effects that so many repeats will be able to see, by the first repeat."""
        return self._once(
            ("foreseen", planned),
            lambda: foresee(self.answers, self.contrasts, self.metric, planned or self.plan.repeats),
        )

    def _read_answers(self) -> OutOfFold:
        names = [variant.name for variant in self.variants]
        repeats = [read_part(self.paths, SCORES, number, names) for number in self.numbers]
        try:
            logits = {name: np.stack([repeat[name] for repeat in repeats]) for name in names}
            return OutOfFold(self.images.labels, logits, self.images.groups)
        except ValueError as error:
            raise StudyRecordError(f"The repeats in {self.paths.study} do not belong together: {error}.") from error

    def _once(self, key: Hashable, compute: Callable[[], _T]) -> _T:
        # One at a time: several windows that ask for the same would compute it as often.
        with self._lock:
            if key not in self._kept:
                self._kept[key] = compute()
            return self._kept[key]  # type: ignore[return-value]


def _size(answers: OutOfFold) -> int:
    return sum(logits.nbytes for logits in answers.logits.values())


_ANSWERS: Kept[OutOfFold] = Kept(_MOST_BYTES, _size)
_read: OrderedDict[RunPaths, EffectsFound] = OrderedDict()
_turn = threading.Lock()


def read(paths: RunPaths, config: RunConfig) -> EffectsFound | None:
    """Read the repeats of a study that are done; the same object until there are more.

    Returns:
        What was found; None before the first repeat is done, and for other studies.

    Raises:
        StudyRecordError: A file of the study is damaged.
    """
    plan, numbers = config.study, parts(paths, SCORES)
    if not isinstance(plan, EffectsPlan) or not numbers:
        return None
    with _turn:
        known = _read.get(paths)
        if known is None or known.numbers != numbers:
            _read[paths] = _found(paths, config, plan, numbers)
            while len(_read) > _MOST:
                _read.popitem(last=False)
        _read.move_to_end(paths)
        return _read[paths]


def _found(paths: RunPaths, config: RunConfig, plan: EffectsPlan, numbers: tuple[int, ...]) -> EffectsFound:
    images, variants = StudyImages.load(images_path(paths)), variants_of(plan, config.pipeline)
    names = [variant.name for variant in variants]
    found = EffectsFound(
        paths=paths,
        plan=plan,
        metric=config.monitor,
        images=images,
        variants=variants,
        contrasts=tuple((PIPELINE, name) for name in names if name not in (PIPELINE, NOTHING)),
        gate=(PIPELINE, NOTHING) if NOTHING in names else None,
        numbers=numbers,
    )
    assert found.answers.images == len(images)  # `OutOfFold` has compared them; a damaged part is named here
    return found
