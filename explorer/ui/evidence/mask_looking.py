"""What a session looks at among the masks of a run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from explorer.ui.background.fills import Fill
from explorer.ui.components.masks import Focus, Place
from explorer.ui.session.keys import widget_key


@dataclass(eq=False)
class Looking:
    """What a session looks at in one viewer.

    Attributes:
        image: The place of the image; None until one was shown.
        epoch: The epoch that the browser shows, from 0; None until it has said so.
        place: The pixel that was clicked.
        focus: Where the page has led to last.
        near: The epoch around which the browser needs masks; None for the one that is shown.
        asked_epochs: The epochs, from 0, whose masks of the image the browser has or needs.
        sent: Names of the pictures that the browser has.
        fill: The image that is being read.
        asked: How often it was not there yet.
        job: The name of the computation that the last click has begun.
        opened: What of the confusion matrix is open.
    """

    image: int | None = None
    epoch: int | None = None
    place: Place | None = None
    focus: Focus | None = None
    near: int | None = None
    asked_epochs: set[int] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    fill: Fill = field(default_factory=lambda: Fill(()))
    asked: int = 0
    opened: object = None
    job: str | None = None

    def lead_to(self, image: int, view: Literal["", "difference"] = "", epoch: int | None = None) -> None:
        """Show another image."""
        self.look(image)
        self.near = epoch
        self.focus = Focus(1 if self.focus is None else self.focus.number + 1, view, epoch)

    def look(self, image: int) -> None:
        """Show another image in the same view."""
        self.image, self.place, self.job, self.near = image, None, None, None
        self.asked_epochs.clear()

    def click(self, place: Place) -> None:
        """Look at a pixel."""
        self.place, self.job = place, None

    def fetch(self, epoch: int) -> None:
        """Note the epoch around which the browser needs masks."""
        self.near = epoch

    def need(self, *epochs: Iterable[int]) -> set[int]:
        """Note that the browser has or needs the masks of some epochs, and return all of these epochs."""
        self.asked_epochs.update(*epochs)
        return self.asked_epochs

    def settle(self, epoch: int) -> None:
        """Note which epoch is shown."""
        self.epoch = epoch


def looking_of(*key: str) -> Looking:
    """Return what this session looks at in the viewer of a key."""
    name = widget_key("masks", *key)
    found = st.session_state.get(name)
    if not isinstance(found, Looking):
        found = st.session_state[name] = Looking()
    return found
