"""What the Augment page and the laboratory show. It is saved beside the draft, so that a reload loses nothing."""

from dataclasses import field, replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from explorer.draw.cards import card_of

DATA_SET = "data set"  # the `picture` of a view that shows a sample of a data set
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
    MASKS = "masks"  # the lesson about the interpolation of masks


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
    """What the laboratory shows.

    Attributes:
        parameter: The swept parameter of the selected step; "" for the first that can be swept.
        count: The number of values in a sweep.
        alone: Whether only the swept step is applied.
        neutral: Whether the other parameters of the swept step are set so that they have no effect.
        large: The id of the cell that is shown large; "" for none.
        against: The other pipeline of a comparison, as `lab.rivals` names it.
        rows, over: The number of rows in a comparison, and what differs between them.
        draws, measured: The numbers of draws and of pictures for statistics.
        targets, targets_gallery: Whether targets are drawn over the pictures, and over those of the gallery.
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
    """What the pages show of a draft.

    Attributes:
        selected: The id of the selected node.
        picture: A source of `pictures.choices()`.
        set_key, split, index: The sample of a data set.
        names_from: The mask value of the first class name, if the masks leave it open.
        focus: The card of the trace that is shown large; "" for the whole pipeline.
        difference: Whether the focused card is shown as a difference.
        boxes, points: Typed text that replaces the image's own; "" for none.
        names: Typed names of the mask values, one per line from 0; "" for those of the data set.
        colours: The person's own palette, spelled as in saved drafts.
        as_trained: Whether samples of data sets are shown as training gets them.
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
    colours: tuple[Color, ...] = field(default=())
    as_trained: bool = True
    lab: Lab = field(default_factory=Lab)

    def choosing(self, node_id: str | None) -> "View":
        """Select another node. If a step is shown large, the selected one takes its place."""
        if node_id == self.selected:
            return self
        focus = card_of(node_id) if self.focus and node_id is not None else ""
        return replace(self, selected=node_id, focus=focus)
