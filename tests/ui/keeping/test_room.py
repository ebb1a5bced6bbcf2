"""What visitors leave has a limit in all and for each workspace, and whoever meets it is told why."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Keeping as T
from explorer.ui.keeping import limits, room
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.keeping.room import NoRoom
from explorer.ui.preview import pictures
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.uploads import Uploads, draft_file, made_drafts_folder
from tests.ui.conftest import APP, present_key

ID = "i" * 22


def png(side: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def tight(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose visitors may leave one megabyte, with a file in it that leaves a tenth of that."""
    monkeypatch.setenv(limits.MEGABYTES, "1")
    made_drafts_folder()
    (drafts_folder() / "filling").write_bytes(bytes(900_000))
    return home


@pytest.mark.usefixtures("tight")
def test_what_fits_is_kept_and_what_does_not_is_refused_before_it_is_written() -> None:
    Uploads(ID).keep("picture", bytes(60_000))
    with pytest.raises(NoRoom, match="1 MB"):
        Uploads(ID).keep("mask", bytes(60_000))
    assert Uploads(ID).read("mask") is None
    (drafts_folder() / "filling").unlink()
    room._last.clear()  # as after a second
    Uploads(ID).keep("mask", bytes(60_000))


@pytest.mark.usefixtures("tight")
def test_small_files_count_as_the_block_that_they_take() -> None:
    (drafts_folder() / "filling").unlink()
    for number in range(240):
        (drafts_folder() / f"{number}").write_bytes(b"x")
    kept = [Uploads(f"{number}".rjust(22, "i")) for number in range(10)]
    with pytest.raises(NoRoom):
        all(each.keep("picture", b"x") is None for each in kept)


@pytest.mark.usefixtures("tight")
def test_files_that_take_the_place_of_others_are_not_counted_twice() -> None:
    for _ in range(20):
        Uploads(ID).keep("picture", bytes(40_000))


def test_the_uploads_of_one_workspace_have_a_limit_of_their_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    monkeypatch.setattr(limits, "WORKSPACE_BYTES", 100_000)
    Uploads(ID).keep("picture", bytes(60_000))
    with pytest.raises(NoRoom, match="uploads of one pipeline"):
        Uploads(ID).keep("mask", bytes(60_000))
    Uploads(ID).keep("picture", bytes(90_000))  # in the place of the first
    Uploads("j" * 22).keep("mask", bytes(60_000))


@pytest.mark.usefixtures("tight")
def test_a_page_without_room_says_so_and_works_on() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert draft_file(app.session_state[Key.WORKSPACE].id).exists()
    (drafts_folder() / "more").write_bytes(bytes(200_000))
    room._last.clear()  # as after half a minute
    words = T.NO_ROOM.format(room="1 MB")
    app.button(key=Key.NEXT).click().run()  # ends the greeting, which would go on to another seed on a slow machine
    app.number_input(key="seed").set_value(7).run()
    assert not app.exception
    assert app.session_state[Key.WORKSPACE].view.seed == 7
    assert words in app.session_state[Key.NOT_WRITTEN]
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    app.run()
    app.text_input(key=Key.NAME).set_value("mine")
    app.button("FormSubmitter:save_form-Save").click().run()
    assert not list(pipelines_folder().glob("*"))
    assert any(words in each.value.replace("\\", "") for each in app.toast)


@pytest.mark.usefixtures("tight")
def test_an_upload_without_room_is_told_at_its_field() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.selectbox(key="picture").set_value(pictures.UPLOAD).run()
    work = app.session_state[Key.WORKSPACE].id
    app.file_uploader(key=widget_key("upload", work, "picture")).upload("leaf.png", png(200), "image/png").run()
    assert not app.exception
    assert any(T.NO_ROOM.format(room="1 MB") in error.value.replace("\\", "") for error in app.error)
    assert Uploads(work).read("picture") is None
