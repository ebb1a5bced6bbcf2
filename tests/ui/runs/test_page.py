"""The Runs page: every run with its state and reason, whatever is in its folder."""

import gc
import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.base import locks
from explorer.metrics.table import LISTED, listed_for
from explorer.runs.launchers import local
from explorer.runs.life import launcher, trash
from explorer.runs.overview.comparison import MOST_RUNS
from explorer.runs.overview.index import summaries
from explorer.runs.queue import queue
from explorer.runs.record import meta, outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, list_runs, runs_root
from explorer.runs.state.status import State
from explorer.ui.components import run_list
from explorer.ui.components.run_list import Request
from explorer.ui.predict import kept
from explorer.ui.run import bulk_actions
from explorer.ui.run.bulk_actions import Done
from explorer.ui.session.keys import Key, widget_key
from tests.runs.conftest import make_folder, wait_for, wait_for_state
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"


def open_page(run: str | None = None) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    if run is not None:
        app.query_params["run"] = run
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.info, *app.subheader]
    return " ".join(part.value for part in parts).replace("\\", "")


@pytest.fixture
def folder() -> RunPaths:
    paths = RunPaths(runs_root() / "20261123-142501-ants-x7k")
    paths.root.mkdir()
    return paths


def test_without_runs_the_next_step_is_offered() -> None:
    app = open_page()
    assert "No runs yet" in text(app)
    assert app.button(key="to_train")


def test_a_failed_run_says_why(folder: RunPaths) -> None:
    outcome.write(folder, Outcome("failed", "train/ants/0.jpg is empty (0 bytes).", 1.0))
    app = open_page(folder.id)
    assert "failed" in text(app)
    assert "train/ants/0.jpg is empty" in text(app)
    assert not [button for button in app.button if button.key == "run_stop"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 99}'])
def test_a_damaged_run_is_shown_with_its_problem(folder: RunPaths, content: str) -> None:
    folder.config.write_text(content)
    app = open_page(folder.id)
    assert app.error
    row = run_list.rows(summaries(), 0.0)[0]
    assert row["id"] == folder.id
    assert row["reason"]


@pytest.mark.parametrize("run", ["../../etc", "20261123-142501-gone-x7k", "x"])
def test_a_run_that_is_not_there_is_told(run: str) -> None:
    assert "There is no run" in text(open_page(run))


# The list: what its rows say, and what is done to several of them


@pytest.fixture
def several() -> list[RunPaths]:
    """Three runs that are over."""
    made = [make_folder(words, name) for words, name in (("one", "개미 ../"), ("two", "second"), ("three", "third"))]
    for paths in made:
        outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"auroc": 0.75}))
    return made


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> Callable[[], RunPaths]:
    """Starts a run that trains until it is stopped."""
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")

    def start() -> RunPaths:
        paths = make_folder("living", "works_until_stopped")
        launcher.launch_attempt(paths, 1)
        wait_for_state(paths, State.RUNNING)
        return paths

    return start


def row_of(paths: RunPaths) -> dict[str, Any]:
    return next(row for row in run_list.rows(summaries(), 0.0) if row["id"] == paths.id)


def test_a_row_counts_uploaded_images_and_hides_the_folder_that_keeps_them(folder: RunPaths) -> None:
    uploads = kept.keep([("a.png", b"a"), ("b.png", b"b")])
    config = {"kind": "predict", "predict": {"images": {"path": str(uploads)}}}
    folder.config.write_text(json.dumps(config))
    assert row_of(folder)["what"] == "prediction · 2 uploaded images"
    shutil.rmtree(uploads)
    folder.config.write_text(json.dumps(config | {"seed": 1}))
    assert row_of(folder)["what"] == "prediction · uploaded images"


def test_a_row_says_what_people_call_the_run_with_units(folder: RunPaths) -> None:
    outcome.write(folder, Outcome("finished", "r" * 5_000, 1.0, best={"auroc": 0.75, "f1_macro": 0.5}))
    steps = [{"transform": "Blur"}, {"transform": "ToGray", "enabled": False}]
    nested = {"kind": "OneOf", "children": [{"transform": "GaussNoise"}, {"kind": "SomeOf", "children": []}, "damaged"]}
    folder.config.write_text(json.dumps({"kind": "check", "pipeline": {"nodes": [*steps, nested]}}))
    folder.log.write_bytes(b"x" * 34_000_000)
    meta.change(folder, name="../개미 와 벌", tags=["a b", "../"], note="n" * 10_000, archived=True)
    row = row_of(folder)
    assert (row["name"], row["tags"], row["archived"]) == ("../개미 와 벌", ("a b", "../"), True)
    assert (row["size"], row["state"]) == ("34 MB", "finished")
    metrics = listed_for(LISTED)
    assert dict(zip(metrics, row["scores"], strict=True)) == dict.fromkeys(metrics) | {"auroc": 0.75, "f1_macro": 0.5}
    assert row["pipeline"] == "Blur, OneOf(GaussNoise)"
    assert row["probe"]  # it only tries something, so the list can hide it
    assert len(row["note"]) == len(row["reason"]) == run_list.MAX_PROSE + 1


def test_a_row_of_a_living_run_says_how_far_it_is(living: Callable[[], RunPaths]) -> None:
    paths = living()
    wait_for(paths.epoch(1, 0).exists, "the first validation")
    row = row_of(paths)
    assert (row["alive"], row["size"], row["epochs"], row["archived"]) == (True, "", "epochs: 1", False)
    assert row["took"].endswith(" s")
    assert re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d", row["started"])  # its column has a head


@pytest.mark.parametrize(
    "sent",
    [None, [], "delete", {"op": "delete"}, {"op": "rm", "ids": []}, {"op": "delete", "ids": "abc"},
     {"op": "delete", "ids": [1]}, {"op": None, "ids": ["x"]}],
)  # fmt: skip
def test_what_no_list_sends_is_not_obeyed(sent: object) -> None:
    assert run_list.received(sent) is None


def test_no_more_ids_are_taken_than_a_list_can_send(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [str(number) for number in range(MOST_RUNS + 1)]
    assert run_list.received_compared(ids[:MOST_RUNS]) == tuple(ids[:MOST_RUNS])
    assert run_list.received_compared(ids) is None
    monkeypatch.setattr(run_list, "MOST_IDS", 10)
    assert run_list.received({"op": "delete", "ids": ids}) is None


def test_several_runs_are_archived_and_taken_out_again(several: list[RunPaths]) -> None:
    ids = tuple(paths.id for paths in several)
    assert bulk_actions.obey(Request("archive", ids), summaries()) == Done("Archived 3 runs.")
    assert all(row["archived"] for row in run_list.rows(summaries(), 0.0))
    assert bulk_actions.obey(Request("unarchive", ids[:1]), summaries()).text == "Unarchived 1 run."
    assert not row_of(several[0])["archived"]


def test_what_cannot_be_deleted_is_told_by_name_and_the_others_go(
    several: list[RunPaths], living: Callable[[], RunPaths]
) -> None:
    alive = living()
    meta.change(alive, name="개미 run")
    done = bulk_actions.obey(Request("delete", (alive.id, several[0].id, "../x", several[1].id)), summaries())
    assert done.text == "Deleted 2 runs."
    assert len(done.undo) == len(trash.deleted()) == 2
    assert [words in said for words, said in zip(("“개미 run”", "“../x”"), done.refused, strict=True)] == [True, True]
    assert "Stop it first" in done.refused[0]
    assert {paths.id for paths in list_runs()} == {alive.id, several[2].id}


def test_checkpoints_go_but_the_best_and_who_has_none_is_told(several: list[RunPaths]) -> None:
    several[0].checkpoints.mkdir()
    several[0].best.write_bytes(b"b")
    several[0].last.write_bytes(b"l" * 2_000_000)
    done = bulk_actions.obey(Request("keep_best", (several[0].id, several[1].id)), summaries())
    assert done.text == "Freed 2 MB in 1 run."
    assert [path.name for path in several[0].checkpoints.iterdir()] == ["best.ckpt"]
    assert "The checkpoints of “second” were not removed" in done.refused[0]


def test_a_disk_that_refuses_is_told(several: list[RunPaths], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(meta, "write_json_atomic", full)
    done = bulk_actions.obey(Request("archive", (several[0].id,)), summaries())
    assert done.text == ""
    assert "No space left on device" in done.refused[0]


def test_what_was_just_deleted_comes_back_with_a_click(several: list[RunPaths]) -> None:
    done = bulk_actions.obey(Request("delete", tuple(paths.id for paths in several)), summaries())
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state[Key.RUNS_DONE] = done
    app.switch_page(PAGE).run()
    assert "Deleted 3 runs." in text(app)
    app.button(key="runs_undo").click().run()
    assert not app.exception
    assert "Restored 3 runs." in text(app)
    assert len(list_runs()) == 3
    assert not [button for button in app.button if button.key in ("runs_undo", "trash_empty")]


def test_the_trash_gives_back_one_and_is_emptied_of_the_rest(several: list[RunPaths]) -> None:
    first, second = trash.delete(several[0]), trash.delete(several[1])
    app = open_page()
    assert "개미 ../ · deleted" in text(app)
    app.button(key=widget_key("restore", first)).click().run()
    assert "Restored 1 run." in text(app)
    assert {paths.id for paths in list_runs()} == {several[0].id, several[2].id}
    app.button(key="trash_empty").click().run()
    assert "Delete 1 run permanently? It takes up" in text(app)
    app.button(key="trash_yes").click().run()
    assert "Deleted 1 run permanently." in text(app)
    assert trash.deleted() == ()
    assert bulk_actions.restore([second]).refused


def test_the_trash_asks_before_it_is_emptied_and_says_how_much_goes(several: list[RunPaths]) -> None:
    for paths in several[:2]:
        paths.log.write_bytes(b"x" * 1_000_000)
        trash.delete(paths)
    app = open_page()
    app.button(key="trash_empty").click().run()
    assert "Delete 2 runs permanently? They take up 2 MB" in text(app)
    assert len(trash.deleted()) == 2
    app.button(key="trash_no").click().run()
    assert "permanently?" not in text(app)
    assert len(trash.deleted()) == 2


def test_what_is_deleted_after_the_question_is_not_removed(several: list[RunPaths]) -> None:
    trash.delete(several[0])
    app = open_page()
    app.button(key="trash_empty").click().run()
    later = trash.delete(several[1])
    app.run()
    assert "Delete 1 run permanently?" in text(app)
    app.button(key="trash_yes").click().run()
    assert [one.entry for one in trash.deleted()] == [later]


# What travels to the browser


def test_a_tick_sends_the_rows_that_have_changed_and_what_is_gone(several: list[RunPaths]) -> None:
    held = run_list.Held("x", {row["id"]: row for row in run_list.rows(summaries(), 0.0)})
    assert run_list.changes(held, summaries()).rows == []
    meta.change(several[0], name="renamed")
    trash.delete(several[1])
    new = make_folder("new")
    changes = run_list.changes(held, summaries())
    assert {row["id"]: row["name"] for row in changes.rows} == {several[0].id: "renamed", new.id: "ants against bees"}
    assert list(changes.gone) == [several[1].id]
    assert not changes.many


def test_the_row_of_a_run_that_has_not_changed_is_not_made_again(several: list[RunPaths]) -> None:
    del several
    first, again = (run_list.rows(summaries(), 1.0) for _ in range(2))
    runs = summaries()
    assert all(a is b for a, b in zip(run_list.rows(runs, 1.0), run_list.rows(runs, 2.0), strict=True))
    assert first == again
    tomorrow = run_list.rows(runs, 90_000.0)
    assert [row["id"] for row in tomorrow] == [row["id"] for row in first]


def test_rows_are_nothing_to_the_garbage_collector(several: list[RunPaths]) -> None:
    """Streamlit collects after each run of a script, for every session: thousands of rows would hold all of them up."""
    meta.change(several[0], tags=["a", "b"])
    made = run_list.rows(summaries(), 0.0)
    gc.collect()
    assert made[0]["tags"] or made[1]["tags"] or made[2]["tags"]
    assert not any(map(gc.is_tracked, made))


def test_many_changes_are_held_again(monkeypatch: pytest.MonkeyPatch, several: list[RunPaths]) -> None:
    monkeypatch.setattr(run_list, "MANY", 2)
    nothing = run_list.Held("x", {})
    assert run_list.changes(nothing, summaries()).many is (len(several) > 2)


def test_a_run_that_exists_again_is_told_when_it_is_restored(several: list[RunPaths]) -> None:
    entry = trash.delete(several[0])
    make_folder("one", "another")
    app = open_page()
    app.button(key=widget_key("restore", entry)).click().run()
    assert "exists again" in " ".join(warning.value for warning in app.warning).replace("\\", "")


# The queue


@pytest.fixture
def waiting() -> Iterator[list[RunPaths]]:
    """Three runs in the queue, whose process is this one."""
    made = [make_folder(words, f"run {words}") for words in ("first", "second", "third")]
    tickets = [queue.take(paths.id, "cpu") for paths in made]
    yield made
    for ticket in tickets:
        ticket.release()


def order() -> list[str]:
    return [place.id.split("-")[2] for place in queue.waiting()]


@pytest.mark.usefixtures("several")
def test_without_a_queue_nothing_is_said_of_it() -> None:
    app = open_page()
    assert not app.number_input
    assert "Queue" not in text(app)


def test_waiting_runs_change_places(waiting: list[RunPaths]) -> None:
    app = open_page()
    assert "1. run first" in text(app)
    app.button(key=widget_key("queue", waiting[2].id, "first")).click().run()
    assert order() == ["third", "first", "second"]
    assert "1. run third" in text(app)
    app.button(key=widget_key("queue", waiting[0].id, "down")).click().run()
    assert order() == ["third", "second", "first"]
    app.button(key=widget_key("queue", waiting[1].id, "up")).click().run()
    assert order() == ["second", "third", "first"]
    assert app.button(key=widget_key("queue", waiting[1].id, "up")).disabled
    assert app.button(key=widget_key("queue", waiting[0].id, "down")).disabled
    assert not app.exception


def test_a_waiting_run_is_cancelled(waiting: list[RunPaths]) -> None:
    app = open_page()
    app.button(key=widget_key("queue", waiting[1].id, "cancel")).click().run()
    assert [paths.stop.exists() for paths in waiting] == [False, True, False]


def test_more_may_train_at_once_and_the_panel_stays_while_they_may(waiting: list[RunPaths]) -> None:
    app = open_page()
    app.number_input(key=widget_key("lane", "cpu")).set_value(3).run()
    assert queue.slots()["cpu"] == 3
    with queue.guard():
        for paths in waiting:
            queue.drop(paths.id)
    queue.set_slots("cpu", 2)  # by another window
    app.run()
    assert app.number_input(key=widget_key("lane", "cpu")).value == 2
    app.number_input(key=widget_key("lane", "cpu")).set_value(1).run()
    assert not app.number_input


def test_a_move_that_comes_too_late_is_told(waiting: list[RunPaths]) -> None:
    app = open_page()
    with queue.guard():
        queue.drop(waiting[2].id)
    app.button(key=widget_key("queue", waiting[2].id, "up")).click().run()
    assert "does not wait any more" in " ".join(warning.value for warning in app.warning)


def test_a_run_that_another_process_holds_stays(several: list[RunPaths]) -> None:
    with locks.hold(several[0].lock):
        done = bulk_actions.obey(Request("delete", (several[0].id,)), summaries())
    assert "Its process has not ended yet." in done.refused[0]
