"""A zip file of a data set, from the uploader to the page that shows it, and away again."""

import io
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import streamlit as st
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.testing.v1 import AppTest

from explorer.data import picture_sets
from explorer.data.roots import uploads_folder
from explorer.texts import Data
from explorer.texts import Uploads as T
from explorer.ui.data import making
from explorer.ui.session.keys import Page, widget_key
from explorer.ui.session.uploads import newly_received
from tests.runs.conftest import wait_for
from tests.ui.conftest import APP

UPLOADER = widget_key("data_upload", "file")


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def image(value: int) -> bytes:
    return cv2.imencode(".png", np.full((24, 32, 3), value, np.uint8))[1].tobytes()


def open_page() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(Page.DATA).run()
    assert not app.exception
    return app


def address(app: AppTest) -> str:
    """The key of the data set in the address."""
    found = app.query_params["data"]
    return found if isinstance(found, str) else found[0]


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    """Upload a file, and run the page until nothing is under way."""
    app.file_uploader(key=UPLOADER).upload(name, content, "application/zip").run()

    def is_done() -> bool:
        """Whether no upload is under way. The page runs again only until then, since it says the end once."""
        if any("Checking and unpacking" in each.value for each in app.info):
            app.run()
        return not any("Checking and unpacking" in each.value for each in app.info)

    wait_for(is_done, "the end of the upload")
    assert not app.exception
    return app


def test_a_zip_file_becomes_a_data_set_that_is_shown_and_can_be_deleted() -> None:
    names = {f"insects/{kind}/{number}.png": image(50 * number) for kind in ("개미", "bees") for number in range(4)}
    content = zipped(**names, **{"insects/notes.docx": b"x"})
    app = upload(open_page(), "my insects.zip", content)
    said = app.success[0].value.replace("\\", "")
    assert "8 files" in said
    assert "1 other file was left out (.docx: 1)" in said
    kind, _, place = address(app).partition(":")
    assert kind == "image_folder"
    assert Path(place).parent.parent == uploads_folder().resolve()
    assert not list(uploads_folder().glob(".*"))
    app.run()
    assert "8 files" in app.success[0].value  # whatever else runs the page, it can be read until something is done
    sets = next(box for box in app.selectbox if box.label == Data.SET)
    sets.set_value(picture_sets.FIRST).run()
    assert not app.success

    # The same file again is the same data set; deleting takes two steps.
    upload(app, "my insects.zip", content)
    assert len(list(uploads_folder().iterdir())) == 1
    target = Path(place).parent.name
    app.checkbox(key=widget_key("data_upload", "delete", target)).check().run()
    app.button(key=widget_key("data_upload", "sure", target)).click().run()
    assert not list(uploads_folder().iterdir())
    assert not app.exception


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "no zip file"),
        (zipped(**{"../a.png": b"x"}), "outside"),
        (zipped(**{"a.bmp": bytes(20_000_000)}), "times as large"),
        (zipped(**{"a/1.png": image(1)}), "no folders of classes"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_shown_data_set_stays(content: bytes, words: str) -> None:
    app = open_page()
    before = address(app)
    upload(app, "bad.zip", content)
    assert address(app) == before
    assert re.search(words, app.error[0].value.replace("\\", ""))


@pytest.mark.parametrize(
    "place", ["{uploads}/../runs", "{uploads}/..", "{uploads}", "{uploads}/.hidden", "{uploads}/a"]
)
def test_no_address_offers_to_delete_what_was_not_uploaded(place: str) -> None:
    folder = uploads_folder()
    for name in (folder / ".hidden", folder.parent / "runs"):
        name.mkdir(parents=True)
    (folder / "a").symlink_to(folder.parent / "runs")
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = "image_folder:" + place.format(uploads=folder)
    app.switch_page(Page.DATA).run()
    assert not app.exception
    assert not [box for box in app.checkbox if box.label == T.DELETE]


def test_what_a_busy_browser_has_sent_before_does_not_lead_back_from_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page()
    before = address(app)
    upload(
        app, "bees.zip", zipped(**{f"{kind}/{number}.png": image(50 * number) for kind in "ab" for number in range(4)})
    )
    opened = address(app)
    assert opened != before
    app.query_params["data"] = before  # the address of a message that was on its way
    app.run()
    assert address(app) == opened
    assert "8 files" in app.success[0].value
    monkeypatch.setattr(making, "_LATE_S", 0.0)
    app.query_params["data"] = before  # that of Back, later
    app.run()
    assert address(app) == before


def test_a_file_is_given_to_a_callback_once(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    first, again, other = (
        UploadedFile(UploadedFileRec(number, "bees.zip", "application/zip", b"content"), FileURLs())
        for number in ("1", "1", "2")
    )
    for file, given in ((first, True), (again, False), (None, False), (again, False), (other, True), (first, True)):
        state[UPLOADER] = file
        assert (newly_received(UPLOADER) is not None) is given
