"""A picture of one's own: what can be read is shown, what cannot is told and changes nothing."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from explorer.draw import sources
from explorer.texts import Pictures as T
from explorer.ui.preview import pictures
from explorer.ui.session.keys import Key, widget_key
from tests.draw.opening import side
from tests.ui.conftest import APP

RGB = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


GOOD = png(RGB)
MASKED = (RGB[..., 0] > 128).astype(np.uint8)
MASK = png(MASKED)
Upload = Callable[..., AppTest]


def uploader(app: AppTest, part: str) -> Any:
    return app.file_uploader(key=widget_key("upload", app.session_state[Key.WORKSPACE].id, part))


@pytest.fixture
def upload() -> Upload:
    """Uploads a picture, and a mask where one is given, into a page that shows uploads."""
    app = AppTest.from_file(APP, default_timeout=30).run()
    app.selectbox(key="picture").set_value(pictures.UPLOAD).run()

    def send(picture: bytes | None = None, mask: bytes | None = None) -> AppTest:
        if picture is not None:
            uploader(app, "picture").upload("leaf.png", picture, "image/png").run()
        if mask is not None:
            uploader(app, "mask").upload("mask.png", mask, "image/png").run()
        assert not app.exception
        return app

    return send


def errors(app: AppTest) -> str:
    return " ".join(error.value.replace("\\", "") for error in app.error)


def before(app: AppTest) -> tuple[int, int, bool]:
    shown = side(app.session_state[Key.LOOK].shown.frame, "before")
    return shown.width, shown.height, shown.mask is not None


def test_a_picture_and_its_mask_are_shown(upload: Upload) -> None:
    app = upload(GOOD, MASK)
    assert before(app) == (60, 40, True)
    assert not app.error


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty (0 bytes)"), (b"text", "is not an image"), (GOOD[: len(GOOD) // 2], "cut off or damaged")],
    ids=["0 bytes", "no image", "truncated"],
)
def test_a_file_that_cannot_be_read_is_named_and_the_last_picture_stays(
    upload: Upload, content: bytes, words: str
) -> None:
    upload(GOOD)
    app = upload(content)
    assert words in errors(app)
    assert "leaf.png" in errors(app)
    assert before(app) == (60, 40, False)


def test_a_mask_of_another_size_is_told_with_both_sizes(upload: Upload) -> None:
    app = upload(GOOD, png(np.zeros((10, 20), np.uint8)))
    assert "mask is 20 × 10 px, but the image is 60 × 40 px" in errors(app)
    assert before(app) == (60, 40, False)


def test_a_photograph_as_a_mask_is_refused_with_what_to_do(upload: Upload) -> None:
    assert "one plain color for each class" in errors(upload(GOOD, GOOD))


def test_the_colors_of_a_mask_become_classes_that_can_be_changed(upload: Upload) -> None:
    red, green = [200, 0, 0], [0, 128, 0]
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:10], pixels[30:] = red, green
    app = upload(GOOD, png(pixels))

    def shown() -> list[int]:
        mask = sources.load(app.session_state[Key.FOUND].subject).sample.mask
        return [int(mask[row, 0]) for row in (0, 20, 35)]

    assert not app.error
    assert shown() == [2, 0, 1]  # black is the background, the rest in the order of their colors
    assert app.session_state[Key.FOUND].picture.palette[:3] == ((0, 0, 0), tuple(green), tuple(red))
    app.number_input(key=widget_key("mask-color", "#c80000")).set_value(7).run()
    assert shown() == [7, 0, 1]
    app.number_input(key=widget_key("mask-color", "#008000")).set_value(7).run()
    assert shown() == [7, 0, 7]


@pytest.mark.parametrize("lost", ["picture", "mask"])
def test_a_file_that_was_lost_with_the_connection_is_the_one_that_was_kept(
    upload: Upload, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = upload(GOOD, MASK)
    name = "leaf.png" if lost == "picture" else "mask.png"
    get = MemoryUploadedFileManager.get_files

    def without(manager: MemoryUploadedFileManager, **of: Any) -> Any:
        return [record for record in get(manager, **of) if record.name != name]

    monkeypatch.setattr(MemoryUploadedFileManager, "get_files", without)
    other = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    if lost == "picture":
        uploader(app, "mask").upload("new.png", png(np.full((40, 60), 3, np.uint8)), "image/png").run()
    else:
        uploader(app, "picture").upload("new.png", png(other), "image/png").run()
    assert not app.exception
    assert not app.error
    sample = sources.load(app.session_state[Key.FOUND].subject).sample
    np.testing.assert_array_equal(sample.image, RGB if lost == "picture" else other)
    np.testing.assert_array_equal(sample.mask, 3 * np.ones_like(MASKED) if lost == "picture" else MASKED)


def test_the_uploaders_fold_away_once_there_is_an_image(upload: Upload) -> None:
    app = upload()
    assert "Upload an image to preview the pipeline on it. Showing the sample photo until then." in [
        info.value.replace("\\", "") for info in app.info
    ]
    assert T.UPLOAD_AGAIN not in [box.label for box in app.expander]
    upload(GOOD)
    folded = next(box for box in app.expander if box.label == T.UPLOAD_AGAIN)
    assert not folded.proto.expanded
    assert len(folded.get("file_uploader")) == 2


def test_what_was_converted_is_said(upload: Upload) -> None:
    app = upload(png(np.linspace(0, 65535, 2400).reshape(40, 60).astype(np.uint16)))
    assert any("Values from 0 to 65,535" in caption.value for caption in app.caption)


def test_a_large_picture_is_previewed_from_a_copy_and_says_so(upload: Upload) -> None:
    app = upload(png(np.zeros((1200, 2400, 3), np.uint8), "JPEG"))
    assert before(app) == (1024, 512, False)
    assert any("2400 × 1200 px" in caption.value for caption in app.caption)
