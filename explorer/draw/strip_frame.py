"""The frame in which the strip of steps travels to the browser, as `strip.js` reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from explorer.draw.frames import Frame

INPUT, OUTPUT = "input", "output"


@dataclass(frozen=True)
class Card:
    """A step, or a composer around the cards that follow with a larger depth.

    id: node and occurrence, "n2#0". note: milliseconds, or why nothing happened. lost: what went missing, in words.
    thumb: JPEG of the image after it. node: whose form it is, "" for input and output.
    """

    id: str
    node: str
    title: str
    depth: int
    group: bool
    status: str
    note: str
    lost: str
    hint: str
    thumb: bytes | None


@dataclass(frozen=True)
class DrawnRow:
    """A step that fired, and the values that it drew, in words."""

    step: str
    values: str


def frame(cards: Sequence[Card], drawn: Sequence[DrawnRow], focused: str, words: Mapping[str, str]) -> bytes:
    """What travels to the browser. words: `label` of the list, `nothing` where no value was drawn."""
    packed = Frame()
    rows = [{**asdict(card), "thumb": packed.place(card.thumb)} for card in cards]
    return packed.pack(
        {"rows": rows, "drawn": [asdict(row) for row in drawn], "focused": focused, "words": dict(words)}
    )


def card_of(node_id: str, call: int = 0) -> str:
    """The id of the card of a node's call in the strip of steps."""
    return f"{node_id}#{call}"


def node_of(card_id: str) -> str | None:
    """The node that a card stands for; None for input and output."""
    return None if card_id in (INPUT, OUTPUT) else card_id.rpartition("#")[0]
