"""Learning curves and searches on tiny images: what is done is kept, and what is resumed has the same numbers."""

import shutil
from typing import Any

import pytest

from explorer.runs.overview.studies import search, worth
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import derive
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest
from tests.training.conftest import FLIP, NOISE, SMALL, config_of, folder_of, run_and_meet, run_here

SHAPES = {"kind": "shapes", "num_classes": 2, "train_images": 30, "val_images": 14, "image_size": 40}
CANDIDATES = [{"name": step["transform"], "pipeline": {"nodes": [step]}} for step in (FLIP, NOISE)]
WORTH = {"ask": "worth", "repeats": 3, "folds": 2, "views": 1, "sizes": [8, 20]}
SEARCH = {"ask": "search", "repeats": 1, "folds": 2, "views": 1, "candidates": CANDIDATES, "most": 1}


def study_of(plan: dict[str, Any], **changes: Any) -> RunConfig:
    """A study that takes a second or two."""
    values = {**SMALL, "kind": "study", "study": plan, "dataset": SHAPES, "pipeline": {"nodes": [FLIP], "streams": 2}}
    return config_of(**(values | changes))


def parts_of(paths: RunPaths) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(paths.study.iterdir())}


def resumed(config: RunConfig, whole: RunPaths, kept: tuple[str, ...]) -> RunPaths:
    """A run that goes on from some of the parts of another one."""
    paths = folder_of(config, "resumed")
    paths.study.mkdir()
    for name in ("images.npz", *kept):
        shutil.copy(whole.study / name, paths.study / name)
    run(paths, StopRequest(paths.stop))
    return paths


@pytest.mark.usefixtures("home")
def test_learning_curves_are_resumed_to_the_bit_and_say_what_the_pipeline_is_worth() -> None:
    config = study_of(WORTH)
    paths, outcome = run_here(config)
    assert outcome.state == "finished", outcome.reason
    found = worth.read(paths, config)
    assert found is not None
    assert (found.done, found.speaks, found.images, found.worth.sizes) == (3, True, 44, (8, 20))
    assert found.worth.low is not None
    assert found.worth.high is not None
    assert found.worth.low <= (found.worth.photographs or 0) <= found.worth.high
    again = resumed(config, paths, ("curves-1.npz",))
    assert parts_of(again) == parts_of(paths)


@pytest.mark.usefixtures("home")
def test_a_search_that_is_stopped_keeps_its_outer_folds_and_is_resumed_to_the_bit() -> None:
    config = study_of(SEARCH)
    paths, outcome = run_here(config)
    assert outcome.state == "finished", outcome.reason
    found = search.read(paths, config)
    assert found is not None
    assert found.effects is not None
    assert [effect.minus for effect in found.effects.main] == ["trivial", "nothing", "pipeline"]
    assert found.verdict is None, "one repeat says nothing"
    assert not any(one.logits for one in found.outer), "the page holds no answers"
    assert (found.done, len(found.outer), found.empty + int(found.counts.sum())) == (1, 2, 2)
    assert found.result is not None
    assert len(found.result.nodes) <= 1

    stopped, outcome = run_and_meet(
        config, lambda paths: paths.stop.touch(), lambda paths: lambda: (paths.study / "outer-0.npz").exists()
    )
    kept = tuple(name for name in parts_of(stopped) if name.startswith("outer"))
    assert "outer-0.npz" in kept
    if outcome.state == "stopped":  # it may have been faster than the stop
        assert "of 3 searches" in derive(stopped).reason
    assert parts_of(resumed(config, stopped, kept)) == parts_of(paths)


@pytest.mark.usefixtures("home")
def test_a_pipeline_without_steps_has_no_worth() -> None:
    paths, outcome = run_here(study_of(WORTH, pipeline={"nodes": []}))
    assert outcome.state == "failed"
    assert "no step whose worth" in derive(paths).reason


def test_candidates_that_do_nothing_or_have_one_name_are_refused() -> None:
    off = {"name": "off", "pipeline": {"nodes": [FLIP | {"p": 0.0}]}}
    for candidates, said in (([*CANDIDATES, CANDIDATES[0]], "name of its own"), ([off], "do anything: off")):
        with pytest.raises(ValueError, match=said):
            study_of(SEARCH | {"candidates": candidates})
