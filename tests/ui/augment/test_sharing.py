"""A link opens a copy of the pipeline and the view; a bad one is told, and what was there stays."""

import base64
import json
import zlib
from copy import deepcopy
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from explorer.augment import presets
from explorer.augment.files import dumps_draft
from explorer.augment.pipeline import Draft, Step
from explorer.ui.augment import sharing
from explorer.ui.augment.sharing import ShareError, pack, unpack
from explorer.ui.preview import pictures
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace
from tests.ui.conftest import APP

VIEW = View(selected="n2", seed=7, picture="photograph/coffee", difference=True, boxes="1 2 30 40 0")


def packed(record: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(record).encode())).rstrip(b"=").decode()


def test_every_preset_comes_out_as_it_went_in() -> None:
    for name in presets.presets():
        draft = presets.draft(name)
        assert unpack(pack(draft, VIEW)) == (draft, VIEW)
        address = sharing.link("http://box:8501/lab?draft=x#y", Workspace("i" * 22, History(draft), VIEW))
        assert len(address) < sharing.MAX_LINK
        query = parse_qs(urlsplit(address).query)
        assert set(query) == {"p"}
        assert unpack(query["p"][0]) == (draft, VIEW)


def test_a_picture_of_ones_own_stays_behind() -> None:
    draft, seen = unpack(pack(Draft(), replace(VIEW, picture=pictures.UPLOAD)))
    assert draft == Draft()
    assert seen.picture == ""
    assert seen.boxes == ""
    assert seen.seed == 7


def test_a_link_opens_a_copy_that_a_reload_keeps() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["p"] = pack(presets.draft("strong"), VIEW)
    app.run()
    assert not app.exception
    work = app.session_state[Key.WORKSPACE]
    assert work.draft.nodes == presets.draft("strong").nodes
    assert work.view.seed == 7
    assert "p" not in app.query_params
    again = AppTest.from_file(APP, default_timeout=60)
    again.query_params["draft"] = work.id
    again.run()
    assert again.session_state[Key.WORKSPACE].draft == work.draft


def of(*transforms: str) -> object:
    """The record of a draft of these steps."""
    steps = tuple(Step(id=f"n{at}", transform=name) for at, name in enumerate(transforms))
    return json.loads(dumps_draft(Draft(nodes=steps)))


BAD = {
    "cut": pack(presets.draft("strong"), VIEW)[:-40],
    "no base64": "%%%",
    "not unicode": "é",
    "empty": "",
    "a bomb": base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000_000)).decode(),
    "deep": packed({"pipeline": json.loads("[" * 900 + "]" * 900), "view": {}}),
    "a list": packed([1]),
    "no pipeline": packed({}),
    "unknown transform": packed({"pipeline": of("os.system")}),
    "10,000 steps": packed({"pipeline": of(*["HorizontalFlip"] * 10_000)}),
    "wrong view": packed({"pipeline": of(), "view": {"seed": -1}}),
    "view of another type": packed({"pipeline": of(), "view": [1]}),
    "nan": packed({"pipeline": {"format": "augmentation-explorer/pipeline", "version": 1, "nodes": [float("nan")]}}),
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_link_is_an_error_with_words(name: str) -> None:
    with pytest.raises(ShareError, match=r"\w"):
        unpack(BAD[name])


def test_a_bad_link_shows_why_and_the_page_is_there() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["p"] = BAD["unknown transform"]
    app.run()
    assert not app.exception
    assert "os.system" in app.warning[0].value.replace("\\", "")
    assert len(app.session_state[Key.WORKSPACE].draft.nodes) == 3


@given(st.text())
def test_any_text_opens_or_is_told(text: str) -> None:
    with pytest.raises(ShareError):
        unpack(text)


@pytest.mark.parametrize(
    ("listens", "names", "here", "link"),
    [
        ("localhost", ["localhost"], "http://localhost:8501/", "http://localhost:8501/"),
        (
            "0.0.0.0",
            ["lab.example.org", "10.0.0.2", "localhost"],
            "http://127.0.0.1:8501/",
            "http://lab.example.org:8501",
        ),
        ("0.0.0.0", ["localhost", "2001:db8::1"], "http://localhost:8501/", "http://[2001:db8::1]:8501"),
        ("0.0.0.0", ["lab.example.org", "10.0.0.2"], "http://10.0.0.2:8501/", "http://10.0.0.2:8501/"),
        # The address of a proxy is not known here.
        ("localhost", ["lab.example.org"], "http://localhost:8501/", "http://localhost:8501/"),
    ],
)
def test_a_link_made_on_the_server_itself_carries_the_address_that_others_can_open(
    listens: str, names: list[str], here: str, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "_config_options", deepcopy(config.get_config_options()))
    for name, value in {"server.address": listens, "server.allowedHosts": names}.items():
        config.set_option(name, value)
    assert sharing.address(here) == link
