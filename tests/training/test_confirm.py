"""Confirmations: paired full trainings in one run, which is killed and resumed with the same numbers."""

import os
import shutil
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.augment.pipeline import without_augmentation
from explorer.runs.life import launcher
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import MEMBER, images_path, part_path, parts, read_part
from explorer.runs.spec.config import ConfigError, RunConfig, from_values, loads
from explorer.runs.state.status import State, derive
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest
from tests.training.conftest import SMALL, config_of, events_of, folder_of, outcome_of, run_here, wait_until
from tests.training.test_resume import StopAtLook


def confirmation(against: object = None, pairs: int = 6) -> RunConfig:
    """A study of pairs, the pipeline against nothing, each run of which takes a quarter of a second."""
    whole = config_of(**SMALL, epochs=2)
    nothing = against or without_augmentation(whole.pipeline).model_dump()
    plan = {"ask": "confirm", "against": {"name": "nothing", "pipeline": nothing}, "pairs": pairs}
    return from_values(whole.model_dump() | {"kind": "study", "study": plan})


def logits_of(paths: RunPaths) -> NDArray[np.float32]:
    return np.stack([read_part(paths, MEMBER, number)["logits"] for number in parts(paths, MEMBER)])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunPaths]:
    """A confirmation that nothing has interrupted; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        yield run_here(confirmation())[0]


def test_both_runs_of_a_pair_have_the_same_images_and_other_pairs_have_others(undisturbed: RunPaths) -> None:
    assert outcome_of(undisturbed).reason == "All 6 pairs are trained."
    starts = [
        next(event for event in events_of(undisturbed.member(number)) if event.kind == "start").values
        for number in range(12)
    ]
    drawn = [start["identity"]["training images"] for start in starts]
    assert drawn[0::2] == drawn[1::2]
    assert len(set(drawn)) == 6
    assert {start["train_images"] for start in starts} == {18}  # 80 % of 7 images of each class
    assert len({start["identity"]["validation images"] for start in starts}) == 1
    images = StudyImages.load(images_path(undisturbed))
    assert len(set(images.groups)) == len(set(images.hashes))
    assert logits_of(undisturbed).shape == (12, len(images), 3)
    assert not undisturbed.member(3).checkpoints.exists()
    # The study says how far it is with each event of a run.
    said = [event for event in events_of(undisturbed) if event.values.get("pair") == 4][-1]
    assert (said.values["pairs"], said.values["pipeline"], said.epoch) == (6, "no augmentation", 1)


def test_killed_and_stopped_it_goes_on_with_the_same_numbers(
    undisturbed: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_SAVE_EVERY_S", "0")  # a checkpoint after each step
    paths = launcher.start(confirmation())
    # Within the fifth run, or a later one: two pairs are stored, and it has a checkpoint of its own, which it may drop
    # before this is noticed.
    wait_until(paths, lambda: derive(paths).over or any(paths.member(number).last.exists() for number in range(4, 12)))
    launch = latest_launch(paths)
    assert launch is not None
    assert launch.pid is not None
    os.killpg(launch.pid, signal.SIGKILL)
    wait_until(paths, lambda: derive(paths).over)
    assert derive(paths).state is State.LOST
    before = {number: part_path(paths, MEMBER, number).stat().st_mtime_ns for number in range(4)}
    for looks in (25, 40):
        run(paths, StopAtLook(paths.stop, looks))
        assert outcome_of(paths).state in ("stopped", "finished")  # the kill may have come in the last of the runs
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "finished", outcome_of(paths).reason
    assert {number: part_path(paths, MEMBER, number).stat().st_mtime_ns for number in range(4)} == before
    np.testing.assert_array_equal(logits_of(paths), logits_of(undisturbed))


def test_both_pipelines_are_tried_before_the_first_run() -> None:
    decimal = {"kind": "step", "id": "n7", "transform": "Normalize", "p": 0.01}
    paths, ended = run_here(confirmation({"nodes": [decimal]}))
    assert ended.state == "failed"
    assert ended.reason.startswith("The runs with no augmentation cannot be trained. ")
    assert "Normalize: it turns pixels" in ended.reason
    assert parts(paths, MEMBER) == ()


def test_a_run_that_fails_is_the_reason_of_the_study_and_what_was_trained_before_is_kept() -> None:
    config = confirmation()
    paths = folder_of(config, "here")
    blocked = paths.member(1).root
    blocked.parent.mkdir()
    blocked.write_text("no folder")
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "failed"
    assert parts(paths, MEMBER) == (0,)


def test_images_that_changed_between_two_attempts_are_not_trained_on(undisturbed: RunPaths) -> None:
    paths = RunPaths(runs_root() / undisturbed.id)
    shutil.copytree(undisturbed.root, paths.root)
    part_path(paths, MEMBER, 11).unlink()
    config = loads(paths.config.read_bytes())
    other = config.dataset.model_copy(update={"noise": 0.9})
    paths.config.write_text(config.model_copy(update={"dataset": other}).model_dump_json())
    run(paths, StopRequest(paths.stop))
    assert "have changed since it began" in outcome_of(paths).reason


def test_fewer_than_six_pairs_are_refused() -> None:
    with pytest.raises(ConfigError, match="6"):
        confirmation(pairs=5)
    _, ended = run_here(confirmation(config_of().pipeline.model_dump()))
    assert "nothing to confirm" in ended.reason
