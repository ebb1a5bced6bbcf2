"""The strip from input to output: a card for each step, and the values that were drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from explorer.ui.components.frames import Frame, with_words
from explorer.ui.components.parts import component

_component = component("strip", shared=("frame",))
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


def show(data: bytes, chosen: str | None, key: str, on_focus: Callable[[], None]) -> None:
    """Mount the strip, or hand a new frame to the one that is mounted. chosen: the node whose form is shown."""
    _component(data=with_words(data, chosen=chosen), key=key, on_focus_change=on_focus)


def chosen(key: str) -> str | None:
    """The id of the card that was just chosen, or None."""
    found = getattr(st.session_state.get(key), "focus", None)
    return found if isinstance(found, str) else None
