"""What is refused because it would not fit, and what a study says of where it began and what it could not keep."""

import shutil
from typing import Any

import pytest

from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import from_json, in_words
from explorer.runs.record.resume_point import first_identity, started
from explorer.runs.record.studies import origin
from explorer.runs.spec.plans.search import SearchPlan, most_heads
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest
from explorer.training.studies import room
from explorer.training.studies.errors import StudyError
from tests.training.conftest import folder_of, run_here
from tests.training.studies.test_curves_and_searches import SEARCH, WORTH, study_of

EFFECTS = {"ask": "effects", "repeats": 1, "folds": 2, "views": 1}


def test_plans_that_no_machine_carries_out_are_refused() -> None:
    with pytest.raises(StudyError, match="16 GB, more than the"):
        room.check_plan(4_000, 10_000, 100, 1)  # 20 sizes and 100 repeats of learning curves
    with pytest.raises(StudyError, match="heads, more than"):
        room.check_plan(1, 100, 2, most_heads(SearchPlan(repeats=100, folds=20, most=10)))
    room.check_plan(4, 100, 2, most_heads(SearchPlan()))
    with pytest.raises(StudyError, match="302 pipelines"):
        room.check_variants(302)
    needed = room.needed_memory(302, 10_000, 32, 1280, 2)
    assert needed == 302 * 10_000 * 32 * 1280 * 2 + 2 * 10_000 * 32 * 1280 * 8
    with pytest.raises(StudyError, match="are free"):
        room.check_memory(needed, free=16_000_000_000)
    room.check_memory(800, free=1000)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("plan", "limit", "value", "said"),
    [
        (EFFECTS, "_SHARE", 1e-9, "of memory"),
        (WORTH, "MOST_ANSWERS", 1, "The answers of this study"),
        (SEARCH, "MOST_HEADS", 1, "would train up to"),
        (SEARCH, "_SHARE", 1e-9, "of memory"),
    ],
)
def test_each_study_is_refused_before_its_first_head(
    plan: dict[str, Any], limit: str, value: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, limit, value)
    paths, outcome = run_here(study_of(plan))
    assert (outcome.state, said in in_words(outcome.why)) == ("failed", True), outcome.why
    assert [file.name for file in paths.study.iterdir()] == ["images.npz"]


def _notes(paths: RunPaths) -> str:
    start = started(paths, 1)
    assert start is not None
    return " ".join(in_words(from_json(note)) for note in start.values["notes"])


@pytest.mark.usefixtures("home")
def test_a_study_that_goes_on_from_another_machine_keeps_its_threads_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXPLORER_FEATURES_DISK", "0.000001")
    config = study_of(EFFECTS, threads=None)
    before, outcome = run_here(config)
    assert "All" not in (said := in_words(outcome.why))
    assert said.startswith("The repeat is done. The feature bank may take 1e-06 GB of the disk"), said
    paths = folder_of(config, "extended")
    paths.study.mkdir()
    for part in before.study.glob("*.npz"):
        shutil.copy(part, paths.study / part.name)
    there = first_identity(before, 2)
    origin.write(paths, there | {"torch": "1.0", "threads": "3"})
    run(paths, StopRequest(paths.stop))
    assert first_identity(paths, 2)["threads"] == "3"
    assert f"torch: 1.0 then, {there['torch']} now" in _notes(paths)
    assert "threads" not in _notes(paths)
