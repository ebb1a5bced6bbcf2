"""Files of this home with values that no page has written: the pages are shown all the same."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.edits import add
from explorer.augment.exchange import read
from explorer.augment.files import NO_TEXT, PipelineFileError, dumps_draft, loads_draft
from explorer.augment.pipeline import Draft
from explorer.base.home import made_home as home_folder
from explorer.settings.fields import DEFAULTS
from explorer.ui.session.history import History
from explorer.ui.session.keys import Query
from explorer.ui.session.uploads import draft_file
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, save
from tests.ui.conftest import APP

DRAFT = "f" * 22
ODD = {"infinity": "1e999", "no number": "NaN", "large": "9" * 30, "half a character": '"\\ud800"', "a list": "[[1]]"}


def open_train(query: str = "") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params[Query.DRAFT] = DRAFT
    return app.switch_page(f"explorer/ui/pages/{query or 'train'}.py").run()


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_the_form_of_a_file_with_odd_values_is_shown(odd: str) -> None:
    save(Workspace(DRAFT, History(Draft()), View()))
    folder = home_folder() / "drafts"
    (folder / f"{DRAFT}.train.json").write_text(json.dumps(dict.fromkeys(DEFAULTS, "MARK")).replace('"MARK"', odd))
    (folder / f"{DRAFT}.probes.json").write_text(f'{{"check": {odd}, "rate": {odd}}}')
    assert not open_train().exception


@pytest.mark.parametrize("page", ["augment", "laboratory", "train", "runs"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_draft_with_an_odd_view_is_opened_or_said_to_be_damaged(odd: str, page: str) -> None:
    save(Workspace(DRAFT, History(Draft()), View()))
    record = json.loads(draft_file(DRAFT).read_text())
    record["view"] |= dict.fromkeys(("seed", "picture", "set_key", "boxes", "names"), "MARK")
    draft_file(DRAFT).write_text(json.dumps(record).replace('"MARK"', odd))
    assert not open_train(page).exception


def test_a_text_that_no_file_can_hold_does_not_become_a_pipeline() -> None:
    draft, _ = add(Draft(), "Blur", None)
    text = dumps_draft(draft).replace('"Blur", "params": {', '"Blur", "params": {"x": "\\ud800"')
    assert "ud800" in text
    with pytest.raises(PipelineFileError, match=NO_TEXT):
        loads_draft(text)
    for code in ('A.Compose([A.Blur(blur_limit="\\ud800")])', 'A.Compose([A.Normalize(normalization="\\udcff")])'):
        with pytest.raises(PipelineFileError, match=NO_TEXT):
            read(code)
