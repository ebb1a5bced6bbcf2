"""What the component of masks sends to the browser, and what it takes from there."""

import json
import math
import struct
from dataclasses import replace
from typing import Any

import pytest

from explorer.draw.masked import MaskedCard
from explorer.ui.components.masks import Epoch, Pixel, Place, Shown, frame, received

CARD = MaskedCard(b"jpeg", b"truth", (0, 0, 8, 8), (80, 80))
SHOWN = Shown(
    key="run", names=("background", "cat"), colors=("#000000", "#0072B2"), hidden=(0,), side=8,
    epochs=[Epoch(0, b"first", 0.25), Epoch(1, None, None), Epoch(2, b"third", 0.5)], best=2, latest=2, planned=4,
    image=7, name="a.png", place="1 of 9", previous=None, next=3, card=CARD,
)  # fmt: skip


def header(data: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", data)
    found: dict[str, Any] = json.loads(data[4 : 4 + length])
    return found


def test_pictures_are_sent_once_and_the_stamp_does_not_depend_on_it() -> None:
    sent: set[str] = set()
    first, again = (header(frame(SHOWN, sent)) for _ in range(2))
    assert ["picture" in epoch for epoch in first["epochs"]] == [True, False, True]
    assert first["card"]["picture"] is not None
    assert first["card"]["truth"] is not None
    assert not any("picture" in epoch for epoch in again["epochs"])
    assert again["card"]["truth"] is None
    assert first["stamp"] == again["stamp"]
    sent.clear()  # the browser has lost them
    assert "picture" in header(frame(SHOWN, sent))["epochs"][2]
    newer = replace(SHOWN, epochs=[*SHOWN.epochs, Epoch(3, b"fourth", 0.6)])
    more = header(frame(newer, sent))
    assert ["picture" in epoch for epoch in more["epochs"]] == [False, False, False, True]
    assert more["stamp"] != first["stamp"]


def test_what_the_browser_drops_with_an_image_is_sent_again_when_it_comes_back() -> None:
    sent: set[str] = set()
    frame(SHOWN, sent)
    frame(replace(SHOWN, image=8, epochs=[Epoch(0, b"other", 0.1)]), sent)
    back = header(frame(SHOWN, sent))
    assert ["picture" in epoch for epoch in back["epochs"]] == [True, False, True]
    assert back["card"]["picture"] is not None


def test_of_an_epoch_that_was_not_asked_for_only_the_number_is_sent() -> None:
    epochs = header(frame(replace(SHOWN, epochs=[Epoch(0, None, None, read=False), *SHOWN.epochs[1:]]), set()))[
        "epochs"
    ]
    assert epochs[0] == {"number": 0}
    assert epochs[1] == {"number": 1, "mask": "", "score": None}  # it was looked for, and not kept


def test_a_pixel_says_whose_weights_its_probabilities_are_of() -> None:
    place = Place(7, 2, 3, 1)
    waiting, known = (header(frame(replace(SHOWN, pixel=pixel), set()))["pixel"] for pixel in (
        Pixel(place), Pixel(place, [0.2, 0.8], 2)
    ))  # fmt: skip
    assert waiting["place"] == known["place"] == {"image": 7, "x": 2, "y": 3, "epoch": 1}
    assert (waiting["values"], waiting["message"]) == ([], "")
    assert (known["values"], known["epoch"]) == ([0.2, 0.8], 2)
    assert waiting["id"] != known["id"]


def test_the_browser_asks_again_while_an_image_is_read_and_not_where_it_cannot_be() -> None:
    waiting = header(frame(replace(SHOWN, card=None), set()))
    assert waiting["poll"] > 0
    assert header(frame(replace(SHOWN, card=None, asked=1), set()))["stamp"] != waiting["stamp"]
    assert header(frame(replace(SHOWN, card=None, message="Deleted since the run"), set()))["poll"] == 0
    assert header(frame(SHOWN, set()))["poll"] == 0


@pytest.mark.parametrize("wrong", [-7, 0.5, math.nan, "x", [], None, True])
def test_a_pixel_is_four_whole_numbers(wrong: object) -> None:
    for name in ("image", "x", "y", "epoch"):
        assert received({"image": 1, "x": 2, "y": 3, "epoch": 4} | {name: wrong}) is None
    assert received({"image": 1, "x": 2.0, "y": 3, "epoch": 4}) == Place(1, 2, 3, 4)
    assert received(wrong) is None
