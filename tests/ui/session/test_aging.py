"""What nobody has opened for long is cleared by the next visitor; what is open, younger or still named stays."""

import io
import json
import logging
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment import library
from explorer.augment.edits import add, set_param
from explorer.augment.pipeline import Draft, validate
from explorer.data import references
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.record.paths import pipelines_folder, runs_root, trash_root
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.predict import Images, Network, PredictPlan
from explorer.texts import Keeping
from explorer.ui.keeping import limits
from explorer.ui.keeping.places import browsers_folder, drafts_folder, statistics_folder
from explorer.ui.predict import kept
from explorer.ui.session import aging, browsers
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Uploads, draft_file, draft_files
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, demo_draft
from explorer.ui.session.workspace_files import save
from tests.ui.conftest import APP, present_key

LONG, SHORT = limits.DEFAULT_DAYS + 1, limits.SAMPLE_DAYS + 1  # days


def age(*files: Path, days: float) -> None:
    """Let files look as if they had been written some days ago."""
    then = time.time() - days * limits.DAY_S
    for file in files:
        os.utime(file, (then, then))


def draft_of(name: str, draft: Draft | None = None, days: float = 0.0) -> str:
    """A draft that somebody has worked on, last some days ago; its id."""
    draft_id = name.ljust(22, "x")
    before = demo_draft()
    after = before.model_copy(update={"name": "mine"}) if draft is None else draft
    save(Workspace(draft_id, History(after, (before,)), View()))
    age(draft_file(draft_id), days=days)
    return draft_id


def picture(seed: int, days: float = LONG) -> str:
    """A reference image that was sent some days ago; its name."""
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (20, 20, 3), np.uint8)).save(stream, "PNG")
    name = references.keep(stream.getvalue(), "x.png")
    age(file_of(name), days=days)
    return name


def file_of(name: str) -> Path:
    return references.folder() / f"{name.removeprefix('upload/')}.png"


def naming(*names: str) -> Draft:
    draft, node = add(Draft(name="with images"), "FDA", None)
    return set_param(draft, node, "references", list(names))


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    (home / "drafts").mkdir(parents=True)
    browsers_folder().mkdir()


def test_a_draft_that_nobody_opened_for_long_goes_with_all_that_belongs_to_it() -> None:
    old, young = draft_of("old"), draft_of("young", days=LONG - 2)
    for draft_id in (old, young):
        Uploads(draft_id).keep("picture", b"pixels")
        Uploads(draft_id).keep("mask", b"pixels")
        for kind in ("train", "probes"):
            (drafts_folder() / f"{draft_id}.{kind}.json").write_text("{}")
    age(*draft_files(old), days=LONG)
    age(*draft_files(young), days=LONG - 2)
    cleared = aging.clear(time.time())
    assert cleared.drafts == (old,)
    assert draft_files(old) == ()
    assert len(draft_files(young)) == 5
    assert cleared.room > 0


@pytest.mark.parametrize("part", ["picture", "train.json"])
def test_one_of_its_files_that_is_younger_keeps_all_of_them(part: str) -> None:
    old = draft_of("old", days=LONG)
    (drafts_folder() / f"{old}.{part}").write_bytes(b"{}")
    assert aging.clear(time.time()).drafts == ()
    assert len(draft_files(old)) == 2


def test_a_draft_that_was_opened_lately_stays_however_old_its_last_change_is() -> None:
    old, opened = draft_of("old", days=LONG), draft_of("opened", days=LONG)
    record = {"version": 1, "drafts": {opened: time.time() - (LONG - 2) * limits.DAY_S}}
    (browsers_folder() / "some.json").write_text(json.dumps(record))
    assert aging.clear(time.time()).drafts == (old,)


def test_a_draft_that_is_open_stays_and_goes_when_its_page_is_gone() -> None:
    draft_id = draft_of("open")
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["draft"] = draft_id
    app.run()
    assert app.session_state[Key.WORKSPACE].id == draft_id
    age(draft_file(draft_id), *browsers_folder().iterdir(), days=LONG)
    for file in browsers_folder().glob("*.json"):
        file.unlink()  # only the page itself knows
    assert aging.clear(time.time()).drafts == ()
    app.session_state[Key.HELD].clear()
    assert aging.clear(time.time()).drafts == (draft_id,)


def test_a_page_that_is_open_for_days_is_noted_again_for_the_other_servers_of_the_home() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    (listed,) = browsers_folder().glob("*.json")
    draft_id = app.session_state[Key.WORKSPACE].id
    listed.write_text(json.dumps({"version": 1, "drafts": {draft_id: time.time() - LONG * limits.DAY_S}}))
    aging._next.clear()
    app.run()
    assert browsers.opened_last()[draft_id] > time.time() - 60


def test_samples_that_nobody_edited_go_after_days_and_what_somebody_edited_stays() -> None:
    ids = {}
    for name, history in {
        "sample": History(demo_draft()),
        "empty": History(Draft()),
        "edited": History(Draft(), (demo_draft(),)),
        "undone": History(demo_draft(), (), (Draft(),)),
        "named": History(demo_draft().model_copy(update={"name": "mine"})),
        "preset": History(naming("shape/star").model_copy(update={"name": ""})),
        "image": History(demo_draft()),
    }.items():
        ids[name] = name.ljust(22, "x")
        save(Workspace(ids[name], history, View()))
    Uploads(ids["image"]).keep("picture", b"pixels")
    age(*drafts_folder().glob("*x.*"), days=SHORT)
    young = "young".ljust(22, "x")
    save(Workspace(young, History(demo_draft()), View()))
    age(draft_file(young), days=limits.SAMPLE_DAYS - 1)
    assert set(aging.clear(time.time()).drafts) == {ids["sample"], ids["empty"]}
    assert draft_file(young).exists()


def test_reference_images_stay_as_long_as_anything_names_them() -> None:
    shown, undone, saved, run, deleted, nobody = (picture(seed) for seed in range(6))
    young = picture(6, days=LONG - 2)
    draft_of("shown", naming(shown))
    save(Workspace("undone".ljust(22, "x"), History(demo_draft(), (naming(undone),)), View()))
    library.save(pipelines_folder(), validate(naming(saved)))
    for root, name in ((runs_root() / "20260101-000000-a-abc", run), (trash_root() / "1-20260101-b-abc", deleted)):
        root.mkdir(parents=True)
        config = RunConfig(name="x", dataset=DigitsSpec(), pipeline=validate(naming(name)))
        (root / "run.json").write_text(dumps(config))
    assert aging.clear(time.time()).references == 1
    assert not file_of(nobody).exists()
    assert all(file_of(name).exists() for name in (shown, undone, saved, run, deleted, young))
    draft_file("shown".ljust(22, "x")).unlink()
    assert aging.clear(time.time()).references == 0  # named not long ago
    age(file_of(shown), days=LONG)
    assert aging.clear(time.time()).references == 1


def test_uploads_for_predictions_stay_as_long_as_a_run_names_them() -> None:
    left, queued, trashed, young = (kept.keep([("벌.png", name)]) for name in (b"1", b"22", b"333", b"4444"))
    age(left, queued, trashed, days=SHORT)
    for root, folder in ((runs_root() / "20260101-000000-a-abc", queued), (trash_root() / "1-20260101-b-abc", trashed)):
        root.mkdir(parents=True)
        plan = PredictPlan(networks=(Network(run="a"),), images=Images(path=str(folder)))
        config = RunConfig(kind="predict", name="x", dataset=DigitsSpec(), pipeline=validate(Draft()), predict=plan)
        (root / "run.json").write_text(dumps(config))
    cleared = aging.clear(time.time())
    assert (cleared.predicted, cleared.room) == (1, 1)
    assert [folder.exists() for folder in (left, queued, trashed, young)] == [False, True, True, True]


def test_lists_of_browsers_statistics_and_torn_files_go_too() -> None:
    statistics_folder().mkdir(parents=True)
    old = [
        browsers_folder() / "old.json", browsers_folder() / "old.lock", statistics_folder() / "old.json",
        drafts_folder() / ".x.json.12-ab.part", browsers_folder() / ".y.json.12-ab.part",
    ]  # fmt: skip
    young = [
        browsers_folder() / "young.json",
        browsers_folder() / "young.lock",
        statistics_folder() / "young.json",
    ]
    writing = drafts_folder() / ".z.json.12-ab.part"
    for file in (*old, *young, writing):
        file.write_text("{}")
    age(*old, young[1], days=LONG)
    cleared = aging.clear(time.time())
    assert not any(file.exists() for file in old)
    assert all(file.exists() for file in (*young, writing))
    assert (cleared.browsers, cleared.statistics, cleared.leftovers) == (2, 1, 2)


@pytest.mark.parametrize(("days", "goes"), [("30", True), ("365", False), ("inf", False)])
def test_the_environment_says_how_long(days: str, goes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.DAYS, days)
    draft_of("old", days=LONG)
    assert bool(aging.clear(time.time()).drafts) is goes


@pytest.mark.parametrize("days", ["ninety", "0", "-1", "nan"])
def test_a_limit_that_is_none_is_told_and_nothing_is_cleared(
    days: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(limits.DAYS, days)
    old = draft_of("old", days=LONG)
    aging._next.clear()
    aging.in_passing()
    assert draft_file(old).exists()
    assert f"EXPLORER_KEEP_DAYS='{days}' has to be a number of at least 1" in caplog.text
    assert limits.problems()


def test_whoever_opens_the_app_clears_and_the_log_says_what(caplog: pytest.LogCaptureFixture) -> None:
    old, again = draft_of("forgotten", days=LONG), draft_of("later")
    aging._next.clear()
    with caplog.at_level(logging.WARNING):
        app = AppTest.from_file(APP, default_timeout=60).run()
        assert not app.exception
        assert not draft_file(old).exists()
        assert "1 drafts" in caplog.text
        assert "forgot…" in caplog.text
        assert old not in caplog.text  # it is the key to the draft
        age(draft_file(again), days=LONG)
        app.run()
    assert draft_file(again).exists()  # at most once an hour


def test_where_there_is_much_each_visitor_clears_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aging, "_MOST", 3)
    for number in range(7):
        draft_of(f"old{number}", days=LONG)
    unnamed = picture(0)
    assert [len(aging.clear(time.time()).drafts) for _ in range(4)] == [3, 3, 1, 0]
    assert not file_of(unnamed).exists()


def test_a_browser_keeps_the_drafts_that_it_used_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "MOST", 3)
    app = AppTest.from_file(APP, default_timeout=60).run()
    (listed,) = browsers_folder().glob("*.json")
    now = time.time()
    opened = {draft_of(name, days=days): now - days * limits.DAY_S for name, days in {"a": 9, "b": 8, "c": 0.1}.items()}
    listed.write_text(json.dumps({"version": 1, "drafts": opened}))
    for _ in range(3):  # a, b and c fall off its list
        app.session_state[present_key(app, Key.FILE_MENU)] = True
        app.run()
        assert Keeping.KEPT.format(days=limits.DEFAULT_DAYS, most=3) in [caption.value for caption in app.caption]
        app.button(key="new_pipeline").click().run()
    assert [draft_file(name.ljust(22, "x")).exists() for name in "abc"] == [False, False, True]  # c is of today


def test_what_another_browser_uses_does_not_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "MOST", 1)
    shared = draft_of("shared", days=9)
    app = AppTest.from_file(APP, default_timeout=60).run()
    (listed,) = browsers_folder().glob("*.json")
    listed.write_text(json.dumps({"version": 1, "drafts": {shared: 1.0}}))
    (browsers_folder() / "other.json").write_text(json.dumps({"version": 1, "drafts": {shared: time.time() - 60}}))
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    app.run()
    app.button(key="new_pipeline").click().run()
    assert draft_file(shared).exists()
