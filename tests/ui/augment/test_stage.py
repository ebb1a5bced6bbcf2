"""What the stage says besides pixels: its first seed, what is selected, where the image comes from, class names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import edits
from explorer.augment.apply import augment
from explorer.augment.pipeline import Pipeline, Step, validate
from explorer.augment.targets import TargetRules
from explorer.data.sample import Sample
from explorer.draw import sources
from explorer.draw.encoding import Classes, thumbnail
from explorer.draw.pictures import Photograph, Subject, Typed, Uploaded
from explorer.draw.pool import Pool
from explorer.draw.preview import Preview
from explorer.texts import Preview as T
from explorer.ui.augment import stage
from explorer.ui.preview import firing, pictures
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace
from tests.draw.opening import header


def work(app: AppTest) -> Workspace:
    found: Workspace = app.session_state[Key.WORKSPACE]
    return found


def fired(app: AppTest, seed: int) -> set[str]:
    """What fires in the pipeline that is open, with `augment` and on the image that is shown."""
    result = augment(sources.load(app.session_state[Key.FOUND].subject).sample, validate(work(app).draft), seed)
    return {drawn.node_id for drawn in result.drawn}


def test_the_page_opens_on_the_first_seed_with_which_every_step_fires(app: AppTest) -> None:
    steps = {node.id for node in work(app).draft.nodes}
    assert work(app).view.seed == next(seed for seed in range(64) if fired(app, seed) == steps)
    app.button(key="presets").click().run()
    app.button(key=widget_key("preset", "light")).click().run()
    counts = [len(fired(app, seed)) for seed in range(64)]
    assert len(fired(app, work(app).view.seed)) == max(counts)


def test_a_step_that_is_skipped_jumps_to_the_next_seed_with_which_it_fires(app: AppTest) -> None:
    app.session_state[Key.PLAYING] = False
    node = work(app).draft.nodes[0].id
    skipped = next(seed for seed in range(99) if node not in fired(app, seed))
    app.number_input(key="seed").set_value(skipped).run()
    shown = header(app.session_state[Key.LOOK].shown.frame)  # of it the chip at the form shows
    assert shown["seed"] == skipped
    assert {name for name, status in shown["statuses"].items() if status == "applied"} == fired(app, skipped)
    expected = next(seed for seed in range(skipped + 1, 999) if node in fired(app, seed))
    assert firing.next_seed(work(app), app.session_state[Key.FOUND], node).seed == expected


def test_next_ends_the_greeting_also_while_the_browser_still_says_that_it_plays(app: AppTest) -> None:
    (play,) = (switch for switch in app.toggle if switch.label == T.PLAY)
    assert play.value
    app.button(key="next").click().run()
    app.session_state[Key.PLAYING] = True  # as an update says that the browser had asked for before
    app.run()
    assert [switch.value for switch in app.toggle if switch.label == T.PLAY] == [False]


def test_row_card_and_image_are_one_selection() -> None:
    view = View(selected="a", focus="")
    assert view.choosing("b") == View(selected="b", focus="")  # the image of the whole pipeline stays
    large = View(selected="a", focus="a#1")
    assert large.choosing("b") == View(selected="b", focus="b#0")
    assert large.choosing("a") == large
    assert large.choosing(None) == View(selected=None, focus="")


CLASSES = Classes((), ((0, 0, 0),))
NOBODY = Uploads("x" * 22)
NODES = (
    Step(id="crop", transform="Crop", p=1.0, params={"x_min": 30, "y_min": 20, "x_max": 90, "y_max": 80}),
    Step(id="flip", transform="HorizontalFlip", p=1.0),
)


Drawn = Callable[..., dict[str, Any]]


@pytest.fixture
def drawn(tmp_path: Path) -> Drawn:
    """Draws steps on noise, and gives what the preview says about them."""
    file, mask_file = tmp_path / "noise.png", tmp_path / "mask.png"
    mask = np.zeros((100, 120), np.uint8)
    mask[:, 60:] = 11
    cv2.imwrite(str(file), np.random.default_rng(0).integers(0, 256, (100, 120, 3), np.uint8))
    cv2.imwrite(str(mask_file), mask)
    subject = Subject(Uploaded(str(file), str(mask_file)))

    def draw(view: View, *nodes: Step, long_side: int | None = None) -> dict[str, Any]:
        request = Preview(
            subject, Pipeline(nodes=nodes), view.seed, CLASSES, view.focus, view.difference, shown_side=long_side
        )
        return header(next(request.draw()).frame)

    return draw


def test_before_has_the_outline_of_what_after_shows_for_the_pipeline_and_for_a_step(
    drawn: Drawn,
) -> None:
    whole = drawn(View(), *NODES)
    np.testing.assert_allclose(whole["outline"], [[90, 20], [30, 20], [30, 80], [90, 80]], atol=0.01)
    assert T.OUTLINE in whole["remark"]
    step = drawn(View(focus="crop#0"), *NODES)
    np.testing.assert_allclose(step["outline"], [[30, 20], [90, 20], [90, 80], [30, 80]], atol=0.01)
    assert drawn(View(focus="flip#0"), *NODES)["outline"] is None  # all of the image, mirrored
    skipped = drawn(View(focus="s#0"), Step(id="s", transform="Rotate", p=0.0))
    assert (skipped["outline"], skipped["remark"]) == (None, "")
    np.testing.assert_allclose(
        drawn(View(), *NODES, long_side=60)["outline"], np.divide(whole["outline"], 2), atol=0.01
    )

    # Where no difference can be shown, the page says what is shown instead.
    difference = drawn(View(difference=True), *NODES)
    assert T.NO_DIFFERENCE_OUTLINED in difference["remark"]
    gray = Step(id="g", transform="ToGray", p=1.0, params={"num_output_channels": 1})
    assert drawn(View(difference=True), gray)["remark"] == T.NO_DIFFERENCE
    bent = Step(id="e", transform="ElasticTransform", p=1.0, params={"alpha": 120.0, "sigma": 12.0})
    assert drawn(View(), bent)["remark"] == T.NO_OUTLINE.format(name="ElasticTransform")
    wide = Step(id="p", transform="Pad", p=1.0, params={"padding": 10})
    assert T.OUTLINE_OUTSIDE in drawn(View(), wide)["remark"]


def test_names_that_are_typed_for_a_mask_are_of_its_values_from_zero(tmp_path: Path) -> None:
    def described(names: str) -> pictures.Seen:
        return pictures.of_view(View(names=names), NOBODY, TargetRules())

    plain = described("").picture
    named = described("sky\nbuilding\n")
    assert named.errors == {}
    assert pictures.classes(named.picture, View()).names == ("sky", "building")
    assert pictures.classes(named.picture, View()).first == 0
    empty = described("background\nbuilding").picture
    assert (empty.class_names, empty.first) == (("building",), 1)
    for text, words in (("sky\n\nroad", "Line 2"), ("a\n" * 300, "300 names"), ("x" * 101, "Line 1")):
        same = described(text)
        assert words in same.errors["names"], text
        assert same.picture.class_names == plain.class_names, text
    file = tmp_path / "bare.png"
    cv2.imwrite(str(file), np.zeros((8, 8, 3), np.uint8))
    bare = Subject(Uploaded(str(file), None), typed=Typed(names="sky"))
    assert sources.load(bare).picture.class_names == ()  # without a mask there is nothing to name


def test_small_images_show_the_borders_of_a_mask_and_class_zero_only_where_it_is_one() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[:, 20:] = 1
    sample = Sample(np.full((40, 40, 3), 128, np.uint8), mask)
    red, blue = (255, 0, 0), (0, 0, 255)

    def redness(first: int) -> np.ndarray:
        """Red minus blue along a row; JPEG smears a line of one px, so its sign tells."""
        data = np.frombuffer(thumbnail(sample, Classes((), (red, blue), first), 40), np.uint8)
        row = cv2.imdecode(data, cv2.IMREAD_COLOR)[20].astype(int)
        return np.asarray(row[:, 2] - row[:, 0])

    one, zero = redness(1), redness(0)
    assert one[20] > 50  # the value 1 is the first class
    assert zero[19] > 20  # now 0 is the first class, and 1 the second
    assert zero[20] < -20
    assert np.abs(np.concatenate([one[:16], one[28:], zero[:16], zero[28:]])).max() < 15  # only along the border


def test_the_strip_says_what_an_empty_pipeline_lacks(app: AppTest) -> None:
    draft = edits.remove(work(app).draft, tuple(node.id for node in work(app).draft.nodes))
    (_, strip) = Preview(Subject(Photograph("coffee")), validate(draft), 0, CLASSES).draw()
    assert T.STRIP_EMPTY.encode() in (strip.strip or b"")


def test_a_change_of_the_form_is_drawn_once_although_it_is_asked_for_before_the_page_comes_to_it(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float, bool]] = []
    submit, on_the_page = Pool.submit, {"stage": False}
    draw = stage._draw

    def noted(self: Pool, request: Any, *more: Any) -> Any:
        if isinstance(request, Preview):
            asked.append((request.pipeline.nodes[0].p, on_the_page["stage"]))
        return submit(self, request, *more)

    def noted_draw() -> Any:
        on_the_page["stage"] = True
        return draw()

    monkeypatch.setattr(Pool, "submit", noted)
    monkeypatch.setattr(stage, "_draw", noted_draw)
    first = work(app).draft.nodes[0].id
    app.slider(key=widget_key(first, "p")).set_value(0.9).run()
    assert asked == [(0.9, False)]
