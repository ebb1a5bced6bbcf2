"""What the workers draw is equal to the bit to what is drawn in this process, and to what `augment` gives."""

from collections import deque
from typing import Any

import pytest

from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.draw import sources
from explorer.draw.drawing import Drawing, Urgency
from explorer.draw.encoding import Classes, encode
from explorer.draw.pictures import Photograph, Subject
from explorer.draw.pool import Pool
from explorer.draw.preview import MOST_SHOWN, Preview, Shown
from tests.draw.conftest import order, over
from tests.draw.opening import Side, blob, header, side

SMALL, WHOLE = Subject(Photograph("coffee"), 128), Subject(Photograph("coffee"))
CLASSES = Classes(("cup",), ((255, 0, 0), (0, 0, 255)))
AHEAD = 4  # drawings that are submitted before they are compared


def preview(name: str, seed: int) -> Preview:
    """A transform at its start values, always applied, on a photograph with all the targets that it takes."""
    transform = catalog()[name]
    rules = TargetRules(
        boxes=BoxRules(use="bboxes" not in transform.refuses),
        keypoints=PointRules(use="keypoints" not in transform.refuses),
    )
    step = Step(id="a", transform=name, params=dict(transform.starts), p=1.0)
    # At their start values crops are larger than a small image.
    return Preview(WHOLE if "Crop" in name else SMALL, Pipeline(nodes=(step,), targets=rules), seed, CLASSES)


def pictures(shown: Shown) -> dict[str, Any]:
    """All that a browser shows of a preview and its strip, but how long it took."""
    assert shown.strip is not None
    said = {name: value for name, value in header(shown.frame).items() if name != "captions"}
    cards = header(shown.strip)
    return {
        "sides": (side(shown.frame, "before"), side(shown.frame, "after")),
        "said": {name: value for name, value in said.items() if name not in ("before", "after")},
        "thumbs": [blob(shown.strip, row["thumb"]) for row in cards["rows"]],
        "drawn": cards["drawn"],
    }


def drawn_here(request: Preview) -> Shown | Exception:
    try:
        return request.read(list(request.draw()))
    except Exception as error:  # noqa: BLE001 - whatever it is, a worker must say the same
        return error


def test_every_transform_gives_the_same_pixels_in_a_worker_in_this_process_and_by_augment(pool: Pool) -> None:
    assert sources.load(SMALL).picture.targets == {"mask", "bboxes", "keypoints"}
    keys = [(name, number % 3) for number, name in enumerate(catalog())]
    drawings: deque[Drawing[Shown]] = deque()
    changed, failed = set(), set()
    for number, (name, seed) in enumerate(keys):
        # A few ahead only: the pool drops drawings that are not asked about for a while, and all can take minutes.
        for key in keys[number + len(drawings) : number + AHEAD]:
            drawings.append(pool.submit(preview(*key), order(urgency=Urgency.FILL)))
        request = preview(name, seed)
        drawing, here = over(drawings.popleft()), drawn_here(request)
        if isinstance(here, Exception):
            failed.add(name)
            assert (type(drawing.error), str(drawing.error)) == (type(here), str(here)), name
            continue
        there = drawing.result()
        assert pictures(there) == pictures(here), (name, seed)
        plain = encode(augment(sources.load(request.subject).sample, request.pipeline, seed))
        after = side(there.frame, "after")
        assert after == Side(plain.width, plain.height, plain.image, plain.mask, plain.boxes, plain.keypoints), name
        if after != side(there.frame, "before"):
            changed.add(name)
    assert failed == set()
    assert len(changed) >= 95  # the rest by their seed, or like NoOp by what they are


@pytest.mark.parametrize("changes", [{"difference": True}, {"focus": "a#0"}, {"shown_side": 64}], ids=str)
def test_so_are_the_other_ways_to_look_at_it(pool: Pool, changes: dict[str, Any]) -> None:
    request = Preview(SMALL, preview("Rotate", 0).pipeline, 3, CLASSES, **changes)
    there, here = over(pool.submit(request, order())).result(), request.read(list(request.draw()))
    assert pictures(there) == pictures(here)
    assert there.full == here.full
    assert (there.full is None) is ("shown_side" not in changes)


def test_an_image_that_no_browser_can_paint_is_shown_smaller_and_says_so() -> None:
    tall = Step(id="a", transform="Resize", params={"height": 70_000, "width": 8}, p=1.0)
    shown = drawn_here(Preview(SMALL, Pipeline(nodes=(tall,)), 0, CLASSES))
    assert isinstance(shown, Shown)
    after = side(shown.frame, "after")
    assert after.height == MOST_SHOWN
    assert f"{MOST_SHOWN:,} px" in header(shown.frame)["remark"]
    assert max(box[3] for box in after.boxes) <= MOST_SHOWN
