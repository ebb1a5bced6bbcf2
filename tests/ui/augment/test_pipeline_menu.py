"""Saved pipelines are renamed, deleted and put back; what goes wrong is said, and the pipeline on the page stays."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import library
from explorer.augment.edits import add
from explorer.augment.files import dumps
from explorer.augment.pipeline import Draft, validate
from explorer.runs.record.paths import pipelines_folder
from explorer.ui.preview import looks
from explorer.ui.session.keys import Key
from tests.ui.conftest import APP, present_key


@pytest.fixture
def app() -> AppTest:
    for name, transform in (("ants", "HorizontalFlip"), ("bees", "VerticalFlip")):
        draft, _ = add(Draft(name=name), transform, None)
        library.save(pipelines_folder(), validate(draft))
    found = AppTest.from_file(APP, default_timeout=60).run()
    found.session_state[Key.PLAYING] = False
    found.session_state[present_key(found, Key.FILE_MENU)] = True
    return found.run()


def chosen(app: AppTest, name: str) -> AppTest:
    return app.selectbox(key=Key.OPEN_SAVED).set_value(name).run()


def names() -> tuple[str, ...]:
    return library.names(pipelines_folder())


def messages(app: AppTest) -> str:
    return " ".join(toast.value for toast in app.toast)


def rename(app: AppTest, new: str) -> AppTest:
    app.text_input(key=Key.NEW_NAME).input(new)
    submit = [button for button in app.button if button.proto.is_form_submitter]
    return submit[-1].click().run()


def test_renamed_under_a_free_name_only(app: AppTest) -> None:
    rename(chosen(app, "ants"), "bees")
    assert "already" in messages(app)
    assert names() == ("ants", "bees")
    rename(app, "  wasps ")
    assert names() == ("bees", "wasps")
    assert "HorizontalFlip" in dumps(library.load(pipelines_folder(), "wasps"))
    assert app.selectbox(key=Key.OPEN_SAVED).value == "wasps"


def test_a_pipeline_of_before_draws_as_before_until_it_is_renewed(app: AppTest) -> None:
    assert not [button for button in app.button if button.key == "renew_streams"]
    old = library.load(pipelines_folder(), "ants").model_copy(update={"streams": 1})
    library.save(pipelines_folder(), old)
    chosen(app, "ants").button(key="open_this").click().run()
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    before = looks.token(app.session_state[Key.WORKSPACE], app.session_state[Key.FOUND])
    app.run().button(key="renew_streams").click().run()
    work = app.session_state[Key.WORKSPACE]
    assert looks.token(work, app.session_state[Key.FOUND]) != before  # the picture is drawn again
    assert (work.history.past[-1].streams, work.draft.streams, work.draft.nodes) == (1, 2, old.nodes)
    assert "its own random numbers" in messages(app)
    assert not [button for button in app.button if button.key == "renew_streams"]


def test_deleted_and_put_back(app: AppTest) -> None:
    chosen(app, "ants")
    app.button(key="delete_saved").click().run()
    assert names() == ("bees",)
    app.button(key="undelete").click().run()
    assert names() == ("ants", "bees")
    assert not app.exception


def test_one_that_another_person_has_deleted_is_told(app: AppTest) -> None:
    before = app.session_state[Key.WORKSPACE].draft
    chosen(app, "ants")
    library.delete(pipelines_folder(), "ants")
    app.button(key="open_this").click().run()
    assert "no saved pipeline of this name" in messages(app)
    assert app.session_state[Key.WORKSPACE].draft == before
