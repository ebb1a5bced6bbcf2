"""What is looked at, on the Augment page and in the laboratory: saved beside the draft, so a reload loses nothing."""

from dataclasses import field, replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from explorer.draw.cards import card_of

DATA_SET = "data set"  # the picture of a view that looks at an image of a data set
MAX_SEED = 2**31 - 1
MAX_TYPED = 20_000  # characters of boxes or keypoints
Text = Annotated[str, Field(max_length=MAX_TYPED)]
Name = Annotated[str, Field(max_length=5_000)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Palette(StrEnum):
    """Where the colors of classes come from."""

    SAFE = "safe"  # ours, for every kind of eyes
    FILE = "file"  # the palette of the mask's file
    OWN = "own"  # chosen one by one


class Mode(StrEnum):
    """What the laboratory shows."""

    SWEEP = "sweep"  # one parameter at several values
    GRID = "grid"  # several seeds on several pictures
    AB = "ab"  # two pipelines side by side
    GALLERY = "gallery"  # every transform of the catalog
    STATISTICS = "statistics"


class Ends(StrEnum):
    """What a sweep does with a parameter that is a range."""

    EXACT = "exact"  # from and to the same value
    LOW = "low"
    HIGH = "high"
    BOTH = "both"  # a range that grows evenly to both sides


class Over(StrEnum):
    """What differs from row to row of a comparison."""

    SEEDS = "seeds"
    PICTURES = "pictures"


MOST = 9  # pictures, seeds or rows at once
Few = Annotated[int, Field(ge=1, le=MOST)]
Draws = Literal[100, 500, 2000, 10000]


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class Lab:
    """The laboratory. parameter: of the selected step, "" for the first that can be swept. count: values of a sweep.
    alone: whether only the swept step is applied. neutral: whether its other parameters have no effect. large: the cell
    that is shown large, "" for none. against: the other pipeline of a comparison, as `lab.rivals` names it. rows, over:
    how many rows a comparison has, and of what. draws, measured: how many draws statistics take, of how many pictures.
    targets, targets_gallery: whether masks, boxes and keypoints are laid over the pictures, and those of the gallery.
    """

    mode: Mode = Mode.SWEEP
    parameter: Name = ""
    count: Literal[5, 7, 9] = 7
    ends: Ends = Ends.EXACT
    alone: bool = True
    neutral: bool = True
    seeds: Few = 3
    pictures: Few = 3
    large: Name = ""
    against: Name = "none"
    rows: Few = 4
    over: Over = Over.SEEDS
    draws: Draws = 500
    measured: Few = 1
    targets: bool = True
    targets_gallery: bool = False


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class View:
    """selected: node id. picture: a source of `pictures.choices()`. set_key, split, index: the sample of a data set.
    names_from: the mask value that the first name of the set's classes is of, where the masks leave it open.

    focus: the card of the trace that is shown large, "" for the whole pipeline. difference: whether it is shown as
    difference. boxes, points: typed in place of the image's own, "" for none. names: typed for the mask's values,
    one a line from 0, "" for the set's own. colours: of the person's own palette.
    as_trained: whether samples of data sets are shown as training gets them.
    lab: what the laboratory shows of the same draft.
    """

    selected: Name | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    picture: Name = ""
    set_key: Name = ""
    split: Name = ""
    index: Annotated[int, Field(ge=0)] = 0
    names_from: Literal[0, 1] | None = None
    focus: Name = ""
    difference: bool = False
    boxes: Text = ""
    points: Text = ""
    names: Text = ""
    palette: Palette = Palette.SAFE
    colours: tuple[Color, ...] = field(default=())  # the spelling in drafts that people have
    as_trained: bool = True
    lab: Lab = field(default_factory=Lab)

    def choosing(self, node_id: str | None) -> "View":
        """Another node is selected. Row, card and image are one: a step that is shown large makes way for this one."""
        if node_id == self.selected:
            return self
        focus = card_of(node_id) if self.focus and node_id is not None else ""
        return replace(self, selected=node_id, focus=focus)
