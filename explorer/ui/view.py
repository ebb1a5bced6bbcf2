"""What is looked at on the Augment page, and how: saved beside the draft, so that a reload loses nothing."""

from dataclasses import field
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

MAX_SEED = 2**31 - 1
MAX_TYPED = 20_000  # characters of boxes or keypoints
Text = Annotated[str, Field(max_length=MAX_TYPED)]
Name = Annotated[str, Field(max_length=5_000)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Palette(StrEnum):
    """Where the colours of classes come from."""

    SAFE = "safe"  # ours, for every kind of eyes
    FILE = "file"  # the palette of the mask's file
    OWN = "own"  # chosen one by one


@dataclass(frozen=True, config=ConfigDict(extra="ignore"))
class View:
    """selected: node id. picture: a source of `pictures.choices()`. set_key, split, index: the sample of a data set.

    focus: the card of the trace that is shown large, "" for the whole pipeline. difference: whether it is shown as
    difference. boxes, points: typed in place of the picture's own, "" for none. colours: of the person's own palette.
    """

    selected: Name | None = None
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    picture: Name = ""
    set_key: Name = ""
    split: Name = ""
    index: Annotated[int, Field(ge=0)] = 0
    focus: Name = ""
    difference: bool = False
    boxes: Text = ""
    points: Text = ""
    palette: Palette = Palette.SAFE
    colours: tuple[Colour, ...] = field(default=())
