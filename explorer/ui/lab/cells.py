"""One small picture of the laboratory: `augment`, then a thumbnail with mask, boxes and keypoints laid over."""

from dataclasses import dataclass, replace

from explorer.augment.apply import AugmentedSample, AugmentError, apply_watched
from explorer.augment.network_input import augmenting
from explorer.augment.pipeline import Pipeline
from explorer.ui import as_trained, slow
from explorer.ui.components.preview import Classes
from explorer.ui.lab.fills import OnStep, Task
from explorer.ui.pictures import Picture
from explorer.ui.thumbnails import thumbnail

SIDE = 288  # px of a cell
LARGE = 1024  # px of a cell that is shown large


@dataclass(frozen=True)
class Drawn:
    """picture: JPEG, None where a step failed; `message` then says why. size: width and height of the result in px."""

    picture: bytes | None
    size: tuple[int, int] = (0, 0)
    message: str = ""


@dataclass(frozen=True)
class Spec:
    """What a cell shows: a pipeline on a picture with a seed, `side` px large; targets: whether they are laid over."""

    picture: Picture
    pipeline: Pipeline
    seed: int
    classes: Classes
    side: int = SIDE
    targets: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """All that its drawing depends on."""
        return ("cell", self.picture.id, self.pipeline.key, self.seed, self.classes, self.side, self.targets)

    @property
    def milliseconds(self) -> float:
        """What it is expected to take."""
        return slow.cost(self.pipeline, self.picture.sample.size).milliseconds + 3.0

    def task(self) -> Task:
        return Task(self.key, self.milliseconds, lambda on_step: draw(self, on_step))


def augmented(spec: Spec, on_step: OnStep | None = None) -> AugmentedSample:
    """What `augment` gives, or what training makes of it. Raises AugmentError, and what `on_step` raises."""
    picture, place = spec.picture, (spec.seed, 0, spec.picture.index)
    if picture.square is None:
        return apply_watched(picture.sample, spec.pipeline, place, on_step=on_step).result
    result = apply_watched(picture.sample, augmenting(spec.pipeline), place, on_step=on_step).result
    return as_trained.of_result(result, spec.pipeline, picture.square)


def draw(spec: Spec, on_step: OnStep | None = None) -> Drawn:
    """Draw a cell; a step that fails on the picture leaves its reason in the cell."""
    try:
        return of_result(augmented(spec, on_step), spec)
    except AugmentError as error:
        return Drawn(None, message=str(error))


def of_result(result: AugmentedSample, spec: Spec) -> Drawn:
    """The cell of a result."""
    height, width = result.image.shape[:2]
    shown = result if spec.targets else replace(result, mask=None, bboxes=None, keypoints=None)
    return Drawn(thumbnail(shown, spec.classes, spec.side), (width, height))
