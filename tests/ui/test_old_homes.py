"""A home, addresses and files of an earlier version open as they did: see tests/fixtures/README.md.

What is expected was written down by that version, in expected.json. It is never computed here.
"""

import contextlib
import fcntl
import io
import json
import math
import runpy
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import exchange
from explorer.augment.pipeline import Draft
from tests.ui.conftest import APP

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PAGES = "explorer/ui/pages/{}.py"
NUMBERS = ("accuracy", "auroc", "f1_macro", "train_loss", "val_loss")
PROBES = ("check", "rate")
METRICS = ("Best epoch", "AUROC", "F1, macro", "Accuracy", "Validation loss")  # that there were


def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / "expected.json").read_text("utf-8"))
    return found


@pytest.fixture(autouse=True)
def old(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The home, as if it had been used a moment ago: what is old is cleared; the waiting run has a process."""
    shutil.copytree(FIXTURES / "home", home, copy_function=shutil.copy)
    for entry in (home / "trash").iterdir():
        entry.rename(entry.with_name(f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}_{entry.name.partition('_')[2]}"))
    for epoch in home.rglob("*.npz"):
        repacked(epoch, zipfile.ZIP_STORED)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with contextlib.ExitStack() as stack:
        for ticket in (home / "queue" / "tickets").iterdir():
            fcntl.flock(stack.enter_context(ticket.open("r+")), fcntl.LOCK_EX)
        yield home
    monkeypatch.undo()
    time.tzset()


def repacked(file: Path, how: int) -> None:
    """Write the arrays of a file again, compressed or not: here they take a tenth, and the app reads none of those."""
    with zipfile.ZipFile(file) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in arrays.items():
            archive.writestr(name, content)


def command(*arguments: str) -> Any:
    """What `python -m explorer ... --json` prints."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(sys, "argv", ["explorer", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module("explorer", run_name="__main__")
    assert not ended.value.code, arguments
    return json.loads(printed.getvalue())


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(PAGES.format(page)).run()
    assert not app.exception, app.exception
    return app


def run_facts(run_id: str) -> dict[str, Any]:
    """What the command line says about a run."""
    shown = command("show", run_id)
    fields = ("name", "state", "reason", "over", "best", "tags", "note", "archived", "attempts", "place")
    epochs = [{name: epoch.get(name) for name in ("epoch", "step", *NUMBERS)} for epoch in shown["epochs"]]
    return {field: shown[field] for field in fields} | {"epochs": epochs}


def run_page(run_id: str, kind: str = "") -> dict[str, Any]:
    """What the page of a run shows; of a check or a search also what it found."""
    app = opened("runs", run=run_id)
    lines = [line.value for line in app.markdown if not line.value.startswith("<")]
    said = [line.value for line in app.caption if line.value.startswith("latest ")]
    return {
        "title": app.subheader[0].value,
        "state": next(line for line in lines if "-badge[" in line),
        # Below each value was the one of the latest epoch; now that is below the interval.
        "metrics": {
            one.label: [one.value, latest] for one, latest in zip(app.metric, said, strict=True) if one.label in METRICS
        },
        "problems": [each.value for each in [*app.error, *app.warning]],
        "found": lines if kind in PROBES else [],
    }


def as_it_was(draft: Draft) -> dict[str, Any]:
    """A draft as that version wrote it, in which all steps share one generator of random numbers."""
    written = draft.model_dump(mode="json")
    assert written.pop("streams") == 1
    return written


def editor(app: AppTest) -> dict[str, Any]:
    """The pipeline that is open, and the fields of its view that are not as in the beginning."""
    work = app.session_state["workspace"]
    view = asdict(work.view)
    plain = asdict(type(work.view)())
    changed = {name: value for name, value in view.items() if value != plain[name]}
    history = work.history
    found: dict[str, Any] = json.loads(json.dumps({
        "draft": as_it_was(work.draft),
        "view": changed,
        "undo": [as_it_was(draft) for draft in history.past],
        "redo": [as_it_was(draft) for draft in history.future],
    }))  # fmt: skip
    return found


def values(app: AppTest, start: str) -> dict[str, Any]:
    """Values of the page's fields whose keys start so."""
    fields = [*app.number_input, *app.text_input, *app.selectbox, *app.slider, *app.toggle, *app.checkbox]
    found = {str(field.key): field.value for field in fields if str(field.key).startswith(start)}
    return json.loads(json.dumps(dict(sorted(found.items()))))  # type: ignore[no-any-return]


def draft_page(draft_id: str) -> dict[str, Any]:
    """What the editor shows of a draft, with the fields of the selected step."""
    app = opened("augment", draft=draft_id)
    assert not app.warning, [each.value for each in app.warning]
    assert app.query_params["draft"] in (draft_id, [draft_id])
    found = editor(app)
    return found | {"fields": values(app, f"{found['view'].get('selected')}:")}


def link_page(address: str) -> dict[str, Any]:
    """What an address opens."""
    page, _, query = address.partition("?")
    app = opened(page, **dict(parse_qsl(query)))
    warnings = [each.value for each in app.warning]
    if page == "train":
        return {"fields": values(app, "train:"), "warnings": warnings}
    if page == "help":
        return {"topic": app.session_state["help_topic"], "warnings": warnings}
    if page == "runs":
        return {"title": app.subheader[0].value, "warnings": warnings}
    return editor(app) | {"warnings": warnings} | ({"mode": app.session_state["lab:mode"]} if "lab" in page else {})


def saved_pipeline(name: str) -> dict[str, Any]:
    """What comes of a saved pipeline that is opened from the File menu."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["file_menu"] = True
    app.run().selectbox(key="open_saved").set_value(name).run().button(key="open_this").click().run()
    assert not app.exception, app.exception
    return editor(app)["draft"]  # type: ignore[no-any-return]


def exported(file: str) -> dict[str, Any]:
    """The pipeline of an exported file."""
    (found,) = exchange.read((FIXTURES / "exports" / file).read_bytes(), file)
    if file.endswith(".py"):  # code has nothing to replay
        return found.draft.model_dump(mode="json", exclude={"streams"})
    return as_it_was(found.draft)


def links() -> dict[str, str]:
    lines = (FIXTURES / "links.txt").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def differences(now: Any, then: Any, place: str = "") -> Iterator[str]:
    """Where two values differ; numbers may by 1e-6."""
    if isinstance(now, dict) and isinstance(then, dict):
        for key in {*now, *then}:
            yield from differences(now.get(key, "missing"), then.get(key, "missing"), f"{place} > {key}")
    elif isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        for at, pair in enumerate(zip(now, then, strict=True)):
            yield from differences(*pair, f"{place} > {at}")
    elif isinstance(now, float) and isinstance(then, float) and math.isfinite(now) and math.isfinite(then):
        if abs(now - then) > 1e-6:
            yield f"{place}: {now} is no more {then}"
    elif now != then and not (now != now and then != then):
        yield f"{place}: {now!r} is no more {then!r}"


def test_every_run_has_its_state_its_reason_and_its_numbers_on_the_command_line() -> None:
    then = expected()["runs"]
    assert {run["id"]: run["state"] for run in command("list", "--all")} == {
        run_id: run["facts"]["state"] for run_id, run in then.items()
    }
    assert [run["id"] for run in command("list", "--tag", "baseline")] == expected()["tagged"]
    assert [entry["name"] for entry in command("restore")] == expected()["trash"]
    now = {run_id: run_facts(run_id) for run_id in then}
    assert not list(differences(now, {run_id: run["facts"] for run_id, run in then.items()}))


def test_every_run_opens_on_its_page() -> None:
    then = expected()["runs"]
    now = {run_id: run_page(run_id, run["kind"]) for run_id, run in then.items()}
    assert not list(differences(now, {run_id: run["page"] for run_id, run in then.items()}))


def test_drafts_open_in_the_editor_with_their_values_and_undo(old: Path) -> None:
    then = expected()["drafts"]
    assert not list(differences({draft_id: draft_page(draft_id) for draft_id in then}, then))
    draft_id = next(draft_id for draft_id, draft in then.items() if draft["redo"])
    app = opened("laboratory", draft=draft_id)
    app.button(key="lab_undo").click().run()
    written = json.loads((old / "drafts" / f"{draft_id}.json").read_text("utf-8"))
    assert editor(app)["draft"] == then[draft_id]["undo"][-1]
    assert len(written["past"]) == len(then[draft_id]["undo"]) - 1


def test_saved_pipelines_and_exported_files_open() -> None:
    then = expected()
    assert not list(differences({name: saved_pipeline(name) for name in then["pipelines"]}, then["pipelines"]))
    assert not list(differences({file: exported(file) for file in then["exports"]}, then["exports"]))


def test_links_open_what_they_opened() -> None:
    then = expected()["links"]
    assert not list(differences({name: link_page(address) for name, address in links().items()}, then))
