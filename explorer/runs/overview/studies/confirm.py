"""What a confirmation has found so far, as its page, its report and the command line show it."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.base.task_names import TaskName
from explorer.metrics.labels import above, image_margins
from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.effects import Effects, effects
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.sign_flip import SignFlip, run_differences, sign_flip
from explorer.runs.record.history import History
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import MEMBER, answers_of, images_path, part_path, parts, read_part
from explorer.runs.spec.config import RunConfig, threshold_of
from explorer.runs.spec.members import SIDES, Member, Side, members_of, title_of
from explorer.runs.spec.plans.confirm import ConfirmPlan

Stage = Literal["waits", "trains", "done"]
CONTRAST: Contrast = SIDES
_MOST = 8  # confirmations whose answers stay in memory


@dataclass(frozen=True)
class Curve:
    """The validations of a training run so far: numbers of epochs from 1, and the metric, nan where it is undefined."""

    epochs: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class MemberSeen:
    """A training run of a confirmation, how far it is, and how its validations went."""

    member: Member
    stage: Stage
    curve: Curve


@dataclass(frozen=True)
class ConfirmFound:
    """A confirmation at one moment.

    Attributes:
        plan: What was asked.
        task: What the networks answer.
        metric: The key of the metric that is judged, as it is judged.
        epochs: Of each run.
        titles: The name of the pipeline of each side.
        members: All runs that were planned, in the order of their training.
        done: Pairs of which both runs are trained.
        differences: Their differences in the metric, positive where the pipeline is better; nan where undefined.
        effect: The effect with its interval over all pairs that are done; None before the first.
        test: The sign flip test; None before the first pair, and where a difference is undefined.
    """

    plan: ConfirmPlan
    task: TaskName
    metric: str
    epochs: int
    titles: dict[Side, str]
    members: tuple[MemberSeen, ...]
    done: int
    differences: tuple[float, ...]
    effect: Effects | None
    test: SignFlip | None

    @property
    def complete(self) -> bool:
        """Whether all planned pairs are trained; before that nothing has a verdict."""
        return self.done >= self.plan.pairs

    def difference(self, pair: int) -> float | None:
        """Return the difference of a pair, from 0; None while it is not trained or undefined."""
        if pair >= len(self.differences) or not math.isfinite(self.differences[pair]):
            return None
        return self.differences[pair]


def read(paths: RunPaths, config: RunConfig) -> ConfirmFound | None:
    """Read a confirmation as far as it is; None for other studies.

    Raises:
        StudyRecordError: A file of the study is damaged.
        ValueError: The metric of the config cannot be judged.
    """
    plan = config.study
    if not isinstance(plan, ConfirmPlan):
        return None
    stored = parts(paths, MEMBER)
    pairs = _whole_pairs(stored)
    metric = judged(config.monitor, config.task)
    # The time of the last part is in the key: a folder may be replaced by another one of the same name.
    verdict = None
    if pairs:
        above = threshold_of(config) if config.task == "labels" else None
        verdict = _verdict(paths, metric, plan.smallest, plan.pairs, pairs, above, _version(paths, pairs))
    return ConfirmFound(
        plan=plan,
        task=config.task,
        metric=metric,
        epochs=config.epochs,
        titles={side: title_of(config, side) for side in SIDES},
        members=tuple(_seen(paths, member, member.number in stored, config.monitor) for member in members_of(plan)),
        done=pairs,
        differences=() if verdict is None else verdict.differences,
        effect=None if verdict is None else verdict.effect,
        test=None if verdict is None else verdict.test,
    )


def _whole_pairs(stored: Sequence[int]) -> int:
    """Return how many pairs are trained, from the first one on without a gap."""
    there = set(stored)
    count = 0
    while {2 * count, 2 * count + 1} <= there:
        count += 1
    return count


def _version(paths: RunPaths, pairs: int) -> int:
    try:
        return part_path(paths, MEMBER, 2 * pairs - 1).stat().st_mtime_ns
    except OSError:
        return 0


@dataclass(frozen=True)
class _Verdict:
    differences: tuple[float, ...]
    effect: Effects
    test: SignFlip | None


@functools.lru_cache(maxsize=_MOST)
def _verdict(
    paths: RunPaths,
    metric: str,
    smallest: float | None,
    planned: int,
    pairs: int,
    threshold: float | None,
    _version: int,
) -> _Verdict:
    """Judge the pairs. threshold: Of several labels, the probability above which each is predicted; else None."""
    images = StudyImages.load(images_path(paths))
    answers = [answers_of(read_part(paths, MEMBER, number)) for number in range(2 * pairs)]
    labels = images.labels
    if threshold is not None:
        answers = [image_margins(labels, above(logits, threshold)) for logits in answers]
        labels = np.zeros(len(labels), np.int64)  # the counts hold them
    scores = OutOfFold(labels, {side: np.stack(answers[place::2]) for place, side in enumerate(SIDES)}, images.groups)
    differences = run_differences(scores, CONTRAST, metric)
    defined = bool(np.isfinite(differences).all())
    return _Verdict(
        differences=tuple(map(float, differences)),
        effect=effects(scores, [CONTRAST], metric, smallest=smallest, planned=planned),
        test=sign_flip(differences) if defined else None,
    )


def _seen(paths: RunPaths, member: Member, done: bool, metric: str) -> MemberSeen:
    own = paths.member(member.number)
    if done:
        return MemberSeen(member, "done", _last_curve(own, metric))
    attempt = own.latest_attempt
    return MemberSeen(member, "trains" if attempt else "waits", _curve(own, metric) if attempt else Curve())


def _curve(paths: RunPaths, metric: str) -> Curve:
    history = History(paths)
    history.read_on()
    found = sorted(history.epochs.items())
    return Curve(
        tuple(epoch + 1 for epoch, _ in found), tuple(validated.event.number(metric) for _, validated in found)
    )


_last_curve = functools.lru_cache(maxsize=64)(_curve)  # of a run that is trained, and never changes again
