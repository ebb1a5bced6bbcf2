"""What a study "worth N photographs" has found so far."""

from dataclasses import dataclass
from functools import lru_cache

from explorer.base.kept import Kept
from explorer.metrics.verdicts.answers import Logits
from explorer.metrics.verdicts.effects import FEWEST_REPEATS
from explorer.metrics.verdicts.worth import Worth, worth
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.curves import CURVES, Curves, joined
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import images_path, parts
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.worth import WorthPlan


@dataclass(frozen=True)
class WorthFound:
    """The repeats of a study that are done.

    Attributes:
        plan: What was asked.
        metric: The person's metric, a key of the table of metrics.
        images: How many images the answers are about.
        done: Repeats that are done, at least 1.
        worth: The curves and their horizontal distance, in that metric.
    """

    plan: WorthPlan
    metric: str
    images: int
    done: int
    worth: Worth

    @property
    def speaks(self) -> bool:
        """Whether the planned repeats are done, before which nothing is said."""
        return self.done >= max(self.plan.repeats, FEWEST_REPEATS)


@dataclass(frozen=True, eq=False)
class _Answers:
    images: StudyImages
    sizes: tuple[int, ...]
    plus: list[Logits]
    minus: list[Logits]


def repeats_done(paths: RunPaths) -> tuple[int, ...]:
    """Return the numbers of the repeats that are done; cheap enough for each second."""
    return parts(paths, CURVES)


def read(paths: RunPaths, config: RunConfig, metric: str | None = None) -> WorthFound | None:
    """Read the repeats of a study that are done, and estimate what the pipeline is worth; may take seconds.

    Args:
        paths: Of the run.
        config: Of the run.
        metric: A key of `verdicts.effects.JUDGED`; None for the person's.

    Returns:
        What was found; None before the first repeat is done, and for other studies.

    Raises:
        StudyRecordError: A file of the study is damaged.
    """
    plan, numbers = config.study, repeats_done(paths)
    if not isinstance(plan, WorthPlan) or not numbers:
        return None
    key = metric or config.monitor
    found = _worth(paths, numbers, key)
    return WorthFound(plan, key, len(StudyImages.load(images_path(paths))), len(numbers), found)


@lru_cache(maxsize=16)
def _worth(paths: RunPaths, numbers: tuple[int, ...], metric: str) -> Worth:
    found = _KEPT.get((paths, numbers), lambda: _load(paths, numbers))
    return worth(found.images.labels, found.sizes, found.plus, found.minus, metric, groups=found.images.groups)


def _size(found: _Answers) -> int:
    return sum(logits.nbytes for logits in (*found.plus, *found.minus))


_KEPT: Kept[_Answers] = Kept(300_000_000, _size)  # bytes; larger ones are read for each metric


def _load(paths: RunPaths, numbers: tuple[int, ...]) -> _Answers:
    images = StudyImages.load(images_path(paths))
    repeats = [Curves.load(paths, number) for number in numbers]
    sizes = repeats[0].sizes
    if any(one.sizes != sizes or one.plus.shape[1] != len(images) for one in repeats):
        raise StudyRecordError(f"The repeats in {paths.study} do not belong together.")
    return _Answers(images, sizes, *joined(repeats))
