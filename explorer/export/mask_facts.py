"""What exported code needs to know of a data set with masks: what their values mean, and which mask each image has."""

from dataclasses import dataclass

from explorer.data.color_masks import Color
from explorer.data.dataset import Split
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.inspection import Looking
from explorer.data.masked_files import coding_of_split, pairs_of_split
from explorer.runs.spec.config import RunConfig

# An image and its mask; or value and file of each mask, where each class has its own.
Pair = tuple[str, str | tuple[tuple[int, str], ...]]


@dataclass(frozen=True)
class MaskFacts:
    """The masks of a run's data set.

    Attributes:
        values: The mask value of each class, in the order of the network's outputs.
        kind: How masks say their class: "index", "two", "colors" or "files"; "" for drawn masks.
        colors: The value of each color.
        train, val: The images with their masks, relative to the folder of the data.
    """

    values: tuple[int, ...]
    kind: str = ""
    colors: tuple[tuple[Color, int], ...] = ()
    train: tuple[Pair, ...] = ()
    val: tuple[Pair, ...] = ()


def mask_facts(config: RunConfig, *, inside: bool) -> MaskFacts:
    """Read what the masks of a run's data set mean. Raises DatasetError and ImageError where it cannot be read.

    inside: whether the data set has to be inside the folders that pages may read.
    """
    spec = config.dataset.for_page() if inside else config.dataset
    dataset = spec.open(Looking(seconds=0.0))
    masks = dataset.train.masks
    assert masks is not None  # as the task of the run says
    if not isinstance(config.dataset, MaskFolderSpec):
        return MaskFacts(masks.values)
    coding = coding_of_split(dataset.train)
    colors = tuple(sorted(coding.colors.items()))
    return MaskFacts(masks.values, coding.kind, colors, _pairs(dataset.train), _pairs(dataset.val))


def _pairs(split: Split) -> tuple[Pair, ...]:
    coding = coding_of_split(split)
    if coding.kind != "files":
        return tuple((pair.image, pair.masks[0][1]) for pair in pairs_of_split(split))
    return tuple(
        (pair.image, tuple((coding.classes[label], file) for label, file in pair.masks))
        for pair in pairs_of_split(split)
    )
