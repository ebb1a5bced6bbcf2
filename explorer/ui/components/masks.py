"""A validation image with its true and predicted masks, between whose epochs the browser moves by itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from explorer.draw import frames
from explorer.draw.masked import MaskedCard
from explorer.figures.palette import DIFFERENT, UNCOUNTED, rgb
from explorer.texts import Masks as T
from explorer.texts import Matrix
from explorer.ui.components.parts import as_number, component, event

_component = component("masks", shared=("frame", "dom", "indices", "mask_drawing", "mask_view"))
POLL_MS = 200
_WORDS = {
    "label": T.LABEL, "view": T.VIEW, "views": T.VIEWS, "view_help": T.VIEW_HELP, "opacity": T.OPACITY,
    "slider": T.SLIDER, "back": T.BACK, "on": T.ON, "line": T.LINE, "zoom_in": T.ZOOM_IN, "zoom_out": T.ZOOM_OUT,
    "zoom_all": T.ZOOM_ALL, "waiting": T.WAITING, "score": T.SCORE, "no_score": T.NO_SCORE,
    "score_waiting": T.SCORE_WAITING, "not_stored": T.NOT_STORED, "hint": T.HINT, "at": T.AT, "right": T.RIGHT,
    "at_unknown": T.AT_UNKNOWN, "probabilities": T.PROBABILITIES, "which_best": T.WHICH_BEST,
    "which_last": T.WHICH_LAST, "which_earlier": T.WHICH_EARLIER, "other_epoch": T.OTHER_EPOCH,
    "click_again": T.CLICK_AGAIN, "computing": T.COMPUTING, "rest": T.REST, "uncounted": T.UNCOUNTED,
    "uncounted_share": T.UNCOUNTED_SHARE, "wrong_share": T.WRONG_SHARE, "in_cell": T.IN_CELL, "in_row": T.IN_ROW,
    "in_column": T.IN_COLUMN, "classes": T.CLASSES, "class_help": T.CLASS_HELP, "unpainted": T.UNPAINTED, "all": T.ALL,
    "no_class": T.NO_CLASS, "true_share": T.TRUE_SHARE, "predicted_share": T.PREDICTED_SHARE, "dice": T.DICE,
    "shares_help": T.SHARES_HELP, "epoch": Matrix.EPOCH, "epoch_so_far": Matrix.EPOCH_SO_FAR, "play": Matrix.PLAY,
    "pause": Matrix.PAUSE, "best": Matrix.BEST, "latest": Matrix.LATEST, "no_best": Matrix.NO_BEST,
    "no_latest": Matrix.NO_LATEST,
}  # fmt: skip


@dataclass(frozen=True)
class Epoch:
    """What one epoch has predicted for the image.

    Attributes:
        number: The epoch, from 0.
        mask: PNG of its classes; None where it was not kept.
        score: The Dice of the image; None where it is undefined or not known.
        read: Whether both were looked for. If not, the browser asks for them when it comes near.
    """

    number: int
    mask: bytes | None
    score: float | None
    read: bool = True


@dataclass(frozen=True)
class Focus:
    """What another part of the page leads to.

    Attributes:
        number: Grows with each time.
        view: The view to show; "" for the one that is shown.
        epoch: The epoch to show, from 0; None for the one that is shown.
    """

    number: int
    view: Literal["", "difference"] = ""
    epoch: int | None = None


@dataclass(frozen=True)
class Place:
    """A pixel of an image that was clicked, and the epoch, from 0, that was shown then."""

    image: int
    x: int
    y: int
    epoch: int


@dataclass(frozen=True)
class Pixel:
    """What is known of a pixel that was clicked.

    Attributes:
        place: The pixel.
        values: The probability of each class; none while they are computed, or where they cannot be.
        epoch: The one whose weights have given them, from 0.
        message: Why there are none; "" while they are computed.
    """

    place: Place
    values: Sequence[float] = ()
    epoch: int | None = None
    message: str = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """All that the component shows.

    Attributes:
        key: The run, or its cell. What a person has chosen is kept for it while the section is closed.
        names, colors: Of the classes.
        hidden: Classes that are not painted at first.
        side: Width and height in px of masks.
        epochs: All validated epochs, ascending.
        best, latest: Numbers of epochs, from 0; None where they are not known.
        planned: The number of epochs that the run is to have.
        image: The place of the image in the list of validation images.
        name: In words.
        place: Its place in the order, in words.
        previous, next: The places of the images before and after it.
        card: The image with its true mask; None while it is read.
        message: Why there is none.
        cell: Of the confusion matrix, a true and a predicted class: only its pixels are colored as a difference.
        focus: Where the page was led to last.
        pixel: What is known of the pixel that was clicked last.
        asked: How often the image was asked for in vain.
    """

    key: str
    names: Sequence[str]
    colors: Sequence[str]
    hidden: Sequence[int]
    side: int
    epochs: Sequence[Epoch]
    best: int | None
    latest: int | None
    planned: int
    image: int
    name: str
    place: str
    previous: int | None
    next: int | None
    card: MaskedCard | None
    message: str = ""
    cell: tuple[int | None, int | None] | None = None
    focus: Focus | None = None
    pixel: Pixel | None = None
    asked: int = 0


def frame(shown: Shown, sent: set[str]) -> bytes:
    """Pack the data for the browser, without the pictures in `sent`.

    Afterwards `sent` has the pictures that are shown: the browser drops all others.
    """
    card, pictures = shown.card, dict[str, bytes]()
    epochs: list[dict[str, Any]] = []
    for epoch in shown.epochs:
        about_epoch: dict[str, Any] = {"number": epoch.number}
        if epoch.read:
            name = "" if epoch.mask is None else f"{shown.image}:{_digest(epoch.mask)}"
            if epoch.mask is not None:
                pictures[name] = epoch.mask
            about_epoch |= {"mask": name, "score": epoch.score}
        epochs.append(about_epoch)
    about = None
    if card is not None:
        name = f"{shown.image}:{_digest(card.picture + card.truth)}"
        pictures |= {f"{name}:picture": card.picture, f"{name}:truth": card.truth}
        about = {"id": name, "place": shown.image, "part": card.part, "size": card.size}
    header: dict[str, Any] = {
        "key": shown.key,
        "names": list(shown.names),
        "colors": [rgb(color) for color in shown.colors],
        "different": rgb(DIFFERENT),
        "stripes": [rgb(color) for color in UNCOUNTED],
        "hidden": list(shown.hidden),
        "side": shown.side,
        "epochs": epochs,
        "best": shown.best,
        "latest": shown.latest,
        "choice": "latest" if shown.best is None else "best",
        "planned": shown.planned,
        "name": shown.name,
        "place": shown.place,
        "previous": shown.previous,
        "next": shown.next,
        "card": about,
        "message": shown.message,
        "cell": None if shown.cell is None else {"row": shown.cell[0], "column": shown.cell[1]},
        "focus": None if shown.focus is None else vars(shown.focus),
        "pixel": None if shown.pixel is None else _pixel(shown.pixel),
        "poll": POLL_MS if card is None and not shown.message else 0,
        "asked": shown.asked,
        "words": _WORDS,
    }
    stamp = _digest(json.dumps(header).encode())
    new = {name: picture for name, picture in pictures.items() if name not in sent}
    sent.clear()
    sent.update(pictures)
    for one in epochs:
        if picture := new.get(one.get("mask", "")):
            one["picture"] = picture
    if about is not None:
        about |= {kind: new.get(f"{about['id']}:{kind}") for kind in ("picture", "truth")}
    return frames.pack({**header, "stamp": stamp})


def _pixel(pixel: Pixel) -> dict[str, Any]:
    return {**vars(pixel), "place": vars(pixel.place), "id": _digest(repr(pixel).encode())}


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def show(
    data: bytes,
    key: str,
    on_look: Callable[[int], object],
    on_settle: Callable[[int], object],
    on_pixel: Callable[[Place], object],
    on_leave: Callable[[str], object],
    on_fetch: Callable[[int], object],
    on_missing: Callable[[str], object],
) -> None:
    """Mount the picture or update it with a new frame.

    Args:
        data: The result of `frame`.
        key: The key of the component.
        on_look: Called with the place of another image that is wanted.
        on_settle: Called with the epoch, from 0, that is looked at.
        on_pixel: Called with the pixel that was clicked.
        on_leave: Called when the pixel is no longer looked at.
        on_fetch: Called with the epoch, from 0, near which masks are missing.
        on_missing: Called when the browser has lost pictures and needs all of them again.
    """
    calls = event(key, "look", on_look, as_number) | event(key, "settle", on_settle, as_number)
    calls |= event(key, "pixel", on_pixel, received) | event(key, "leave", on_leave)
    calls |= event(key, "fetch", on_fetch, as_number)
    _component(data=data, key=key, **calls, **event(key, "missing", on_missing), **event(key, "more", lambda _: None))


def received(sent: Any) -> Place | None:
    """Check the form of a pixel that the browser has sent. None if it is malformed."""
    if not isinstance(sent, Mapping):
        return None
    numbers = [as_number(sent.get(name)) for name in ("image", "x", "y", "epoch")]
    found = [number for number in numbers if number is not None]
    return Place(*found) if len(found) == len(numbers) else None
