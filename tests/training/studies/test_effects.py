"""Studies of effects: kills, stops and resumes change no number, and bad data is refused in plain words."""

import dataclasses
import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.runs.life import launcher
from explorer.runs.life.launcher import extend_study
from explorer.runs.overview.studies.effects import read
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import first_identity
from explorer.runs.record.studies import origin
from explorer.runs.record.studies.parts import HEADS, SCORES, parts, read_part
from explorer.runs.spec.config import RunConfig, loads
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest
from tests.training.conftest import (
    FLIP,
    NOISE,
    SMALL,
    attempt_and_meet,
    config_of,
    make_image_folder,
    outcome_of,
    run_here,
    wait_until,
)

SHAPES = {"kind": "shapes", "num_classes": 2, "train_images": 30, "val_images": 14, "image_size": 40}
PLAN = {"ask": "effects", "repeats": 3, "folds": 2, "views": 2}


def study_of(plan: dict[str, Any] | None = None, **changes: Any) -> RunConfig:
    """A study of two steps that takes a second or two."""
    values = {**SMALL, "kind": "study", "study": PLAN | (plan or {}), "dataset": SHAPES}
    return config_of(**({"pipeline": {"nodes": [FLIP, NOISE], "streams": 2}} | values | changes))


def scores_of(paths: RunPaths) -> list[dict[str, bytes]]:
    """All answers, by repeat and variant, to the bit."""
    found = [read_part(paths, SCORES, number) for number in parts(paths, SCORES)]
    return [{name: logits.tobytes() for name, logits in repeat.items()} for repeat in found]


def kill(paths: RunPaths) -> None:
    """Kill the process of a study as it is."""
    launch = latest_launch(paths)
    assert launch is not None
    assert launch.pid is not None
    os.kill(launch.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A study that nothing has disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        paths, outcome = run_here(study_of(), "whole")
        assert outcome.state == "finished", outcome.reason
        assert re.search(r"All 3 repeats are done\. .*pipeline.* Steps that .*: \d\.", outcome.reason)
        yield paths


def test_a_study_answers_for_each_variant_out_of_fold(whole: RunPaths) -> None:
    found = read(whole, loads(whole.config.read_bytes()))
    assert found is not None
    assert (found.done, found.planned, found.complete) == (3, 3, True)
    assert [variant.name for variant in found.variants] == ["pipeline", "nothing", "without n1", "without n2"]
    assert found.contrasts == (("pipeline", "without n1"), ("pipeline", "without n2"))
    assert {logits.shape for logits in found.answers.logits.values()} == {(3, 44, 2)}
    heads = read_part(whole, HEADS, 0)
    assert sorted(np.unique(heads.pop("fold"))) == [0, 1]
    assert {weights.shape[0] for weights in heads.values()} == {2}
    effects = found.effects()
    assert effects.complete
    assert effects.gate is not None
    assert {effect.word for effect in (effects.gate, *effects.main)} <= {"helps", "harms", "same", "unknown"}
    assert read(whole, loads(whole.config.read_bytes())) is found, "it is read once"


def test_a_study_that_is_extended_killed_resumed_and_stopped_has_the_same_numbers_to_the_bit(
    whole: RunPaths, home: Path
) -> None:
    del home
    pilot, outcome = run_here(study_of(plan={"repeats": 1}), "pilot")
    assert outcome.state == "finished"
    paths = extend_study(pilot, 100)  # so many that it is not finished before it is killed or stopped
    asked = loads(paths.config.read_bytes())
    assert asked.study is not None
    assert (asked.study.ask, getattr(asked.study, "extends", None)) == ("effects", pilot.id)
    assert getattr(asked.study, "looked", None) == (), "a pilot gives no verdict"
    assert parts(paths, SCORES)[0] == 0
    wait_until(paths, lambda: len(parts(paths, SCORES)) > 1)
    kill(paths)
    wait_until(paths, lambda: launcher.derive(paths).over)
    assert launcher.derive(paths).state == "lost"
    assert origin.read(paths) == first_identity(pilot, 2) == first_identity(paths, 2)
    wanted = max(3, len(parts(paths, SCORES)) + 1)
    outcome = attempt_and_meet(paths, paths.stop.touch, lambda: len(parts(paths, SCORES)) >= wanted)
    assert outcome.state == "stopped", outcome.why
    assert scores_of(paths)[:3] == scores_of(whole)
    found = read(paths, asked)
    assert found is not None
    assert wanted <= found.done < 100
    assert all(effect.word is None for effect in found.effects().main), "no verdict before the planned repeats"
    assert f"after {found.done} of 100 repeats" in launcher.derive(paths).reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pipeline": {"nodes": [], "streams": 2}}, "no step"),
        ({"pipeline": {"nodes": [{**FLIP, "enabled": False}], "streams": 2}}, "no step"),
        ({"dataset": {**SHAPES, "train_images": 10, "val_images": 6}}, "at least 10 images"),
        (
            {"pipeline": {"nodes": [{**FLIP, "id": "f", "transform": "ToFloat", "p": 1.0}, FLIP], "streams": 2}},
            "ToFloat",
        ),
    ],
)
def test_what_cannot_be_studied_is_refused_with_its_reason(changes: dict[str, Any], said: str, home: Path) -> None:
    del home
    _, outcome = run_here(study_of(**changes), "bad")
    assert outcome.state == "failed"
    assert said in launcher.in_words(outcome.why)


def test_a_data_set_that_changed_meanwhile_ends_the_study_and_keeps_what_is_done(home: Path, tmp_path: Path) -> None:
    del home
    folder = make_image_folder(tmp_path / "pictures", {"a": 12, "b": 12})
    make_image_folder(tmp_path / "pictures", {"a": 2, "b": 2}, "val")
    config = study_of(plan={"repeats": 1}, dataset={"kind": "image_folder", "path": str(folder)})
    paths, outcome = run_here(config, "changing")
    assert outcome.state == "finished", outcome.why
    before = scores_of(paths)
    shutil.copy(folder / "train" / "a" / "0.png", folder / "train" / "a" / "1.png")
    paths.outcome.unlink()
    run(paths, StopRequest(paths.stop))
    outcome = outcome_of(paths)
    assert outcome.state == "failed"
    assert "have changed since the study began" in launcher.in_words(outcome.why)
    assert scores_of(paths) == before
    assert dataclasses.is_dataclass(outcome)
