"""Whatever is wrong is said where its cause is, nothing crashes, and the pipeline is never lost."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.catalog import catalog
from explorer.augment.pipeline import MAX_DEPTH, MAX_NODES, Draft, Group, Node, Step
from explorer.ui.preview import pictures
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import View, Workspace, load, save
from tests.draw.opening import side
from tests.ui.conftest import APP

FLIP = Step(id="flip", transform="HorizontalFlip", p=1.0)
Open = Callable[..., AppTest]


@pytest.fixture
def opened() -> Open:
    """Opens the page on nodes that came from elsewhere, as a file of a workspace."""

    def open_page(*nodes: Node, selected: str | None = None) -> AppTest:
        work = Workspace("w" * 22, History(Draft(nodes=nodes)), View(selected=selected))
        save(work)
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["draft"] = work.id
        app.run()
        assert not app.exception
        assert load(work.id).draft.nodes == nodes
        return app

    return open_page


def messages(app: AppTest) -> str:
    return " ".join(str(error.value).replace("\\", "") for error in [*app.error, *app.info])


def test_a_group_that_was_just_added_is_a_normal_state_with_a_hint(opened: Open) -> None:
    for kind in ("OneOf", "OneOrOther"):
        app = opened(FLIP, Group(kind=kind, id="empty", p=1.0), selected="empty")
        needed = 2 if kind == "OneOrOther" else 1
        for missing in range(needed, 0, -1):
            look = app.session_state[Key.LOOK]
            assert (look.errors, look.notice, messages(app)) == ({}, "", ""), (kind, missing)
            hints = [caption.value for caption in app.caption]
            assert any("does nothing" in hint for hint in hints), (kind, missing)
            app.selectbox(key=Key.ADD).set_value("InvertImg").run()
            work = app.session_state[Key.WORKSPACE]
            app.session_state[Key.WORKSPACE] = replace(work, view=replace(work.view, selected="empty"))
            app.run()
        assert not app.session_state[Key.LOOK].errors, kind
        assert not any("does nothing" in caption.value for caption in app.caption), kind


def test_probabilities_that_sum_to_nothing_are_named_at_their_group(opened: Open) -> None:
    group = Group(kind="OneOf", id="g", p=1.0, children=(FLIP.model_copy(update={"p": 0.0}),))
    app = opened(group, selected="g")
    assert "sum to 0" in messages(app)
    assert list(app.session_state[Key.LOOK].errors) == [("g", "")]


def test_forty_levels_are_drawn_and_one_more_is_refused(opened: Open) -> None:
    node: Node = FLIP
    for level in range(MAX_DEPTH - 1):
        node = Group(kind="Sequential", id=f"g{level}", p=1.0, children=(node,))
    app = opened(node, selected="flip")
    shown = app.session_state[Key.LOOK]
    assert not shown.errors
    assert side(shown.shown.frame, "before").picture != side(shown.shown.frame, "after").picture
    app = opened(Group(kind="Sequential", id="top", p=1.0, children=(node,)))
    assert any("nested at most" in message for message in app.session_state[Key.LOOK].errors.values())


def test_a_thousand_steps_are_drawn_saved_and_read_again(opened: Open) -> None:
    params = {"scale": [0.9, 1.2], "rotate": [-15.0, 15.0], "shear": [-3.0, 3.0], "translate_percent": [-0.1, 0.1]}
    nodes = tuple(Step(id=f"step-number-{n}", transform="Affine", p=0.0, params=params) for n in range(MAX_NODES))
    deep: Node = Group(kind="Sequential", id="g0", p=1.0, children=nodes[: MAX_NODES - 40])
    for level in range(1, MAX_DEPTH - 1):
        deep = Group(kind="Sequential", id=f"g{level}", p=1.0, children=(deep,))
    app = opened(deep)
    assert not app.session_state[Key.LOOK].errors


@pytest.mark.parametrize(
    ("transform", "params", "words"),
    [
        ("RandomCrop", {"height": 4000, "width": 4000}, "exceeds image dimensions"),
        ("MaskDropout", {"fill": "inpaint_ns"}, ""),
        ("OverlayElements", dict(catalog()["OverlayElements"].starts), "Turn these targets off"),
    ],
)
def test_a_step_that_raises_is_named_at_the_step(opened: Open, transform: str, params: dict, words: str) -> None:
    app = opened(FLIP, Step(id="bad", transform=transform, p=1.0, params=params), selected="bad")
    assert list(app.session_state[Key.LOOK].errors) == [("bad", "")]
    assert words in messages(app)
    good = app.session_state[Key.LOOK].shown
    assert good is not None
    app.slider(key=widget_key("bad", "p")).set_value(0.0).run()
    assert not app.session_state[Key.LOOK].errors


def bomb() -> bytes:
    """A PNG of a few bytes that claims to be 60,000 × 60,000 px."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def test_a_decompression_bomb_is_refused_as_picture_as_mask_and_as_reference(opened: Open) -> None:
    app = opened(Step(id="fda", transform="FDA", p=1.0, params=dict(catalog()["FDA"].starts)), selected="fda")
    before = app.session_state[Key.WORKSPACE].draft
    app.file_uploader(key=widget_key("fda", "references:upload")).upload("bomb.png", bomb(), "image/png").run()
    assert "megapixels" in messages(app)
    assert app.session_state[Key.WORKSPACE].draft == before
    app.selectbox(key="picture").set_value(pictures.UPLOAD).run()
    image, mask = (widget_key("upload", app.session_state[Key.WORKSPACE].id, part) for part in ("picture", "mask"))
    app.file_uploader(key=image).upload("bomb.png", bomb(), "image/png").run()
    assert "megapixels" in messages(app)
    app.file_uploader(key=image).upload("fine.png", png(np.zeros((40, 60, 3), np.uint8)), "image/png").run()
    app.file_uploader(key=mask).upload("bomb.png", bomb(), "image/png").run()
    assert "megapixels" in messages(app)
    assert not app.exception


def test_a_reference_that_is_gone_is_named_at_its_field(opened: Open) -> None:
    app = opened(Step(id="a", transform="FDA", params={"references": ["upload/" + "0" * 24]}), selected="a")
    assert list(app.session_state[Key.LOOK].errors) == [("a", "references")]
    assert not app.exception
