"""Runs in every state and of earlier versions have a report that says what they are."""

import shutil
import zipfile
from pathlib import Path

import numpy as np

from explorer.base import locks
from explorer.report.figures import Chart, fitting
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.state.status import State, derive
from explorer.texts import Report as T
from explorer.texts import Runs
from tests.report.conftest import data_of, written_run
from tests.report.test_report import Page, report
from tests.ui.test_old_homes import FIXTURES, repacked


def test_runs_of_an_earlier_version_are_reported_whatever_became_of_them(home: Path, target: Path) -> None:
    shutil.copytree(FIXTURES / "home" / "runs", home / "runs", copy_function=shutil.copy)
    for epoch in home.rglob("*.npz"):
        repacked(epoch, zipfile.ZIP_STORED)
    runs = list_runs()
    states = {derive(paths).state for paths in runs}
    assert {State.FINISHED, State.FAILED, State.STOPPED, State.LOST} <= states
    # All at once: the imports of a process of its own for each would take minutes.
    text = report(target, *runs)
    page, found = Page(text), data_of(text)["runs"]
    assert [run["state"] for run in found] == [str(derive(paths).state) for paths in runs]
    assert all(run["reason"] in page.said for run in found)
    assert T.NO_EPOCH in page.said
    assert T.NOT_TRAINING in page.said
    assert "run.json cannot be read" in page.said
    assert target.stat().st_size < 15e6


def test_a_run_that_trains_says_that_its_numbers_may_change(target: Path) -> None:
    paths = written_run(ended=False)
    held = locks.take(paths.lock)
    assert held is not None
    with held:
        text = report(target, paths)
    assert data_of(text)["runs"][0]["state"] in ("running", "stalled")
    assert T.STILL in Page(text).said
    assert Runs.STATES["running"] in Page(text).said


def test_an_undefined_score_is_never_a_number(target: Path) -> None:
    paths = written_run("alone", ["only", "never seen", "nor this"], images=1, epochs=1)
    text = report(target, paths)
    (run,) = data_of(text)["runs"]
    assert run["epochs"][0]["auroc"] is None
    assert [row["auroc"] for row in run["per_class"]] == [None, None, None]
    assert run["per_class"][1]["recall"] is None
    assert T.UNDEFINED in Page(text).said


def test_scores_that_are_not_finite_are_said_and_not_ordered(target: Path) -> None:
    paths = written_run(epochs=1)
    _spoil(paths)
    text = report(target, paths)
    assert "nan or infinite" in Page(text).said
    assert data_of(text)["runs"][0]["mistakes"] == []


def _spoil(paths: RunPaths) -> None:
    """Make one score of the only epoch infinite."""
    file = paths.epoch(1, 0)
    with np.load(file) as found:
        arrays = dict(found)
    arrays["logits"][3, 1] = np.inf
    np.savez(file, allow_pickle=False, **arrays)


def test_figures_that_do_not_fit_are_named_and_the_most_important_ones_are_kept() -> None:
    figure = {"data": [{"x": list(range(1000))}], "layout": {}}
    runs = [[Chart("loss", "Loss", figure), Chart("lr", "Learning rate", figure)] for _ in range(2)]
    size = runs[0][0].size
    kept = fitting(runs, room=int(2.5 * size), most_mb=15)
    assert [[chart.figure is not None for chart in group] for group in kept] == [[True, False], [True, False]]
    assert kept[0][1].why_not == T.LEFT_OUT.format(most=15)
