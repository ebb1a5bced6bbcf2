"""A pipeline is a document: it has a name and an address, and one browser finds again what it had."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import library
from explorer.augment.pipeline import Draft, validate
from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Augment as A
from explorer.texts import Files as T
from explorer.ui.augment import sharing
from explorer.ui.augment.sharing import pack
from explorer.ui.session import browsers
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, demo_draft
from tests.ui.conftest import APP, present_key

MINE, THEIRS = "m" * 22, "t" * 22


def visit(browser: str = MINE, **address: str) -> AppTest:
    """A window of a browser. address: what stands behind the question mark."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state[Key.BROWSER] = browser
    app.session_state[Key.PLAYING] = False
    for name, value in address.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def work(app: AppTest) -> Workspace:
    found: Workspace = app.session_state[Key.WORKSPACE]
    assert found.id in app.query_params["draft"]
    return found


def add(app: AppTest, name: str) -> AppTest:
    return checked(app.selectbox(key=Key.ADD).set_value(name).run())


def menu(app: AppTest) -> AppTest:
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    return checked(app.run())


def is_open(app: AppTest) -> bool:
    return any(button.key == "new_pipeline" for button in app.button)


def recents(app: AppTest) -> list[str]:
    """The drafts that the menu lists, by id."""
    prefix = widget_key("recent", "")
    return [str(button.key).removeprefix(prefix) for button in menu(app).button if str(button.key).startswith(prefix)]


def heading(app: AppTest) -> str:
    return str(app.markdown[0].value).replace("\\", "")


def new(app: AppTest) -> AppTest:
    return checked(menu(app).button(key="new_pipeline").click().run())


def test_what_a_browser_had_is_found_again_and_by_nobody_else() -> None:
    app = add(visit(), "InvertImg")
    first = work(app)
    new(app)
    second = work(app)
    assert second.id != first.id
    assert not second.draft.nodes
    assert not is_open(app)  # it closes
    app.session_state[Key.FILE_MENU] = True  # an update that the browser had asked for before it knew that
    assert not is_open(app.run())
    assert work(visit(draft=second.id)).draft == second.draft  # a reload keeps the empty one, at its address
    assert recents(app) == [first.id]
    label = app.button(key=widget_key("recent", first.id)).label.replace("\\", "")
    assert label.startswith("HorizontalFlip, InvertImg and 2 more · ")

    # Opening it changes the address, and the window goes on with it.
    checked(app.button(key=widget_key("recent", first.id)).click().run())
    assert work(app).id == first.id
    assert work(app).draft == first.draft
    add(app, "Blur")
    assert recents(app) == []  # the other one is empty: nobody misses it

    # The address without a draft leads to what this browser had last, on every page; a stranger sees nothing of it.
    assert work(visit()).id == first.id
    stranger = visit(THEIRS)
    assert work(stranger).id != first.id
    assert recents(stranger) == []
    add(stranger, "Solarize")
    assert work(visit()).id == first.id
    assert recents(visit()) == []

    # The names of the files give no token away.
    names = [file.name for file in (pipelines_folder().parent / "browsers").iterdir()]
    assert names
    assert not any(MINE in name or THEIRS in name for name in names)


def test_the_heading_names_the_pipeline_and_marks_unsaved_changes() -> None:
    app = visit()
    assert T.UNTITLED in heading(app)
    assert T.NEVER_SAVED in heading(app)
    menu(app).text_input(key=Key.NAME).input("ants")
    checked(next(button for button in app.button if button.proto.is_form_submitter).click().run())
    assert heading(app).startswith("**ants**")
    assert T.AS_SAVED in heading(app)
    assert T.NEVER_SAVED not in heading(app)
    add(app, "Blur")
    assert T.CHANGED in heading(app)
    node = work(app).view.selected
    assert node is not None
    saved = library.load(pipelines_folder(), "ants")
    library.save(pipelines_folder(), validate(work(app).draft))  # in another window
    assert T.CHANGED not in heading(app.run())
    library.save(pipelines_folder(), saved)
    assert T.CHANGED in heading(app.run())

    # Opening what is saved is another document; the one that was open stays as it is.
    before = work(app)
    menu(app).selectbox(key=Key.OPEN_SAVED).set_value("ants").run()
    checked(app.button(key="open_this").click().run())
    assert work(app).id != before.id
    assert work(app).draft.nodes == saved.nodes
    assert T.AS_SAVED in heading(app)
    assert work(visit(draft=before.id)).draft == before.draft
    assert before.id in recents(app)


@pytest.mark.parametrize("address", ["u" * 22, "../../etc/passwd"])
def test_an_address_that_names_no_pipeline_is_told_until_somebody_works_on(address: str) -> None:
    app = visit(draft=address)
    warnings = [warning.value.replace("\\", "") for warning in app.warning]
    assert warnings == [f"{A.DRAFT_UNKNOWN} {A.SAMPLE_INSTEAD}"]
    assert [warning.value for warning in app.run().warning] != []
    mine = work(add(app, "Blur"))
    assert not app.warning
    app = visit(draft=address)
    assert A.LAST_INSTEAD in app.warning[0].value.replace("\\", "")
    assert work(app).id == mine.id


def test_a_shared_link_is_opened_once_and_its_address_is_the_one_of_the_browser() -> None:
    packed = pack(demo_draft(), View(seed=3))
    app = visit(p=packed)
    first = work(app)
    app.query_params["p"] = packed  # Back of the browser leads there once more
    checked(app.run())
    assert work(app).id == first.id
    app.context = {"url": "http://lab-7:8501/train"}
    app.session_state["export_form"] = T.LINK
    shared = Workspace("i" * 22, History(Draft()), View())
    assert sharing.link("http://lab-7:8501/", shared).startswith("http://lab-7:8501/?p=")
    local = ("http://localhost:8501/", "http://127.0.0.1/", "http://[::1]:8501/", "http://a.localhost/")
    assert all(map(sharing.is_local, local))
    assert not any(map(sharing.is_local, ("http://lab-7:8501/", "https://10.0.0.4/", "http://localhost.lab.de/")))


def test_a_list_of_a_browser_forgets_the_oldest_and_survives_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "MOST", 2)
    app = visit()
    ids = [work(add(new(app), name)).id for name in ("Blur", "Solarize", "Posterize")]
    assert recents(app) == [ids[1]]
    for file in (pipelines_folder().parent / "browsers").glob("*.json"):
        file.write_text('{"drafts": {"../../x": 1, "y": "z"}}')
    assert recents(app) == []
