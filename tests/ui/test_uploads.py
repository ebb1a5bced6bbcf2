"""A picture of one's own: what can be read is shown, what cannot is told and changes nothing."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.ui import pictures
from explorer.ui.state import Key

APP = str(Path(__file__).resolve().parents[2] / "app.py")
RGB = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


GOOD = png(RGB)
MASK = png((RGB[..., 0] > 128).astype(np.uint8))
Upload = Callable[..., AppTest]


@pytest.fixture
def upload() -> Upload:
    """Uploads a picture, and a mask where one is given, into a page that shows uploads."""
    app = AppTest.from_file(APP, default_timeout=30).run()
    app.selectbox(key=Key.PICTURE).set_value(pictures.UPLOAD).run()

    def send(picture: bytes | None = None, mask: bytes | None = None) -> AppTest:
        if picture is not None:
            app.file_uploader(key=Key.UPLOAD).upload("leaf.png", picture, "image/png").run()
        if mask is not None:
            app.file_uploader(key=Key.UPLOAD_MASK).upload("mask.png", mask, "image/png").run()
        assert not app.exception
        return app

    return send


def errors(app: AppTest) -> str:
    return " ".join(error.value.replace("\\", "") for error in app.error)


def before(app: AppTest) -> tuple[int, int, bool]:
    shown = app.session_state[Key.LOOK].shown.before
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


def test_a_mask_in_colours_is_refused_with_what_to_do(upload: Upload) -> None:
    assert "greyscale or palette PNG" in errors(upload(GOOD, GOOD))


def test_what_was_converted_is_said(upload: Upload) -> None:
    app = upload(png(np.linspace(0, 65535, 2400).reshape(40, 60).astype(np.uint16)))
    assert any("16 bits" in caption.value for caption in app.caption)


def test_a_large_picture_is_previewed_from_a_copy_and_says_so(upload: Upload) -> None:
    app = upload(png(np.zeros((1200, 2400, 3), np.uint8), "JPEG"))
    assert before(app) == (1024, 512, False)
    assert any("2400 × 1200 px" in caption.value for caption in app.caption)
