"""What the component of masks sends to the browser, and what it takes from there."""

import json
import math
import struct
from dataclasses import replace
from typing import Any

import pytest

from explorer.draw.masked import MaskedCard
from explorer.ui.components.masks import Epoch, Place, Shown, frame, received

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
    assert [epoch["picture"] is not None for epoch in first["epochs"]] == [True, False, True]
    assert first["card"]["picture"] is not None
    assert first["card"]["truth"] is not None
    assert all(epoch["picture"] is None for epoch in again["epochs"])
    assert again["card"]["truth"] is None
    assert first["stamp"] == again["stamp"]
    sent.clear()  # the browser has lost them
    assert header(frame(SHOWN, sent))["epochs"][2]["picture"] is not None
    newer = replace(SHOWN, epochs=[*SHOWN.epochs, Epoch(3, b"fourth", 0.6)])
    more = header(frame(newer, sent))
    assert [epoch["picture"] is not None for epoch in more["epochs"]] == [False, False, False, True]
    assert more["stamp"] != first["stamp"]


def test_the_browser_asks_again_while_an_image_is_read_and_not_where_it_cannot_be() -> None:
    waiting = header(frame(replace(SHOWN, card=None), set()))
    assert waiting["poll"] > 0
    assert header(frame(replace(SHOWN, card=None, asked=1), set()))["stamp"] != waiting["stamp"]
    assert header(frame(replace(SHOWN, card=None, message="Deleted since the run"), set()))["poll"] == 0
    assert header(frame(SHOWN, set()))["poll"] == 0


@pytest.mark.parametrize("wrong", [-7, 0.5, math.nan, "x", [], None, True])
def test_a_pixel_is_three_whole_numbers(wrong: object) -> None:
    for name in ("image", "x", "y"):
        assert received({"image": 1, "x": 2, "y": 3} | {name: wrong}) is None
    assert received({"image": 1, "x": 2.0, "y": 3}) == Place(1, 2, 3)
    assert received(wrong) is None
