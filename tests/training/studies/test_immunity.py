"""Immunity maps: heads of a study and checkpoints of runs judge distorted images; kills and stops change no number."""

import shutil
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.augment.distortions import Distortion, distortions
from explorer.augment.pipeline import Step
from explorer.runs.overview.studies.immunity import CLEAN_PLACE, Place, read_map
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import in_words
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.parts import HEADS, SCORES, part_path, read_part
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.training.__main__ import run
from explorer.training.__main__ import run as run_again
from explorer.training.networks import Network
from explorer.training.stopping import StopRequest
from explorer.training.studies import judging_heads, judging_runs
from tests.training.conftest import SMALL, config_of, folder_of, outcome_of, run_here
from tests.training.studies.test_effects import SHAPES, study_of

FEW = tuple(one for one in distortions() if one.name in ("noise", "rotation"))


def map_of(few: tuple[Distortion, ...] = FEW, **asked: Any) -> RunConfig:
    """A map that takes a second or two."""
    plan = {"ask": "immunity", "distortions": [one.model_dump() for one in few], **asked}
    pipeline = {"nodes": [], "streams": 2}
    return config_of(**{**SMALL, "kind": "study", "study": plan, "dataset": SHAPES, "pipeline": pipeline})


def answers_of(paths: RunPaths) -> list[dict[str, bytes]]:
    """All answers, by part and array, to the bit."""
    found = [read_part(paths, answers.KIND, number) for number in answers.finished(paths)]
    return [{name: array.tobytes() for name, array in part.items()} for part in found]


@pytest.fixture(scope="module")
def home_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that all tests of this module share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def in_it(home_of_all: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has it, also after others have set theirs."""
    monkeypatch.setenv("EXPLORER_HOME", str(home_of_all))


@pytest.fixture(scope="module")
def study(home_of_all: Path) -> RunPaths:
    """A finished study of effects."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home_of_all))
        paths, outcome = run_here(study_of(plan={"repeats": 2}), "study")
    assert outcome.state == "finished", outcome.reason
    return paths


@pytest.fixture(scope="module")
def whole(study: RunPaths, home_of_all: Path) -> RunPaths:
    """Its map, which nothing has disturbed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home_of_all))
        paths, outcome = run_here(map_of(study=study.id), "whole")
    assert outcome.state == "finished", outcome.reason
    return paths


def test_heads_of_a_study_judge_distorted_images_that_they_have_not_seen(study: RunPaths, whole: RunPaths) -> None:
    rows = answers.read_rows(whole)
    assert rows.repeats == 2
    assert judging_heads._source(study.id, 1).repeats == (0,), "a map that began with one repeat keeps it"
    assert [row.name for row in rows.rows] == ["pipeline", "nothing", "without n1", "without n2"]
    clean = read_part(whole, answers.KIND, answers.CLEAN)
    for number, row in enumerate(rows.rows):
        of_study = [read_part(study, SCORES, repeat)[row.name] for repeat in range(2)]
        np.testing.assert_array_equal(clean[f"{number}.logits"][0], np.stack(of_study))
    noise = read_part(whole, answers.KIND, 1)
    assert noise["0.logits"].shape == (5, 2, 44, 2)
    assert not np.array_equal(noise["0.logits"][0], noise["0.logits"][4])


def test_a_map_has_the_metric_and_its_difference_to_nothing_with_an_interval(study: RunPaths, whole: RunPaths) -> None:
    plan = ImmunityPlan(study=study.id, distortions=FEW)
    found = read_map(whole, plan, "accuracy")
    assert found is not None
    assert (found.done, found.repeats, found.images, found.reference) == ((0, 1), 2, 44, 1)
    assert len(found.places) == 11
    place = Place(0, 4)
    logits = [read_part(whole, answers.KIND, 1)[f"{row}.logits"][4] for row in (0, 1)]
    accuracy = [(one.argmax(axis=-1) == found.rows[0].row.labels).mean() for one in logits]
    assert found.rows[0].levels[place].value == pytest.approx(accuracy[0])
    effect = found.rows[0].effects[place]
    assert effect.effect == pytest.approx(accuracy[0] - accuracy[1])
    assert effect.low is not None
    assert effect.low <= effect.effect <= effect.high
    assert found.rows[1].effects == {}, "nothing is the reference"


def test_a_map_that_was_interrupted_has_the_same_numbers_to_the_bit(study: RunPaths, whole: RunPaths) -> None:
    paths = folder_of(map_of(study=study.id), "resumed")
    shutil.copytree(whole.study, paths.study)
    part_path(paths, answers.KIND, 1).unlink()
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "finished", outcome_of(paths).reason
    assert answers_of(paths) == answers_of(whole)


def test_heads_that_were_not_kept_are_fitted_again_with_the_same_numbers(
    study: RunPaths, whole: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = RunPaths(study.root.parent / f"{study.id}-copy")
    shutil.copytree(study.root, copy.root)
    for repeat in range(2):
        part_path(copy, HEADS, repeat).unlink()
    monkeypatch.setattr(judging_heads, "_REFITTED", "Fitted again.")
    paths, outcome = run_here(map_of(study=copy.id), "again")
    assert outcome.state == "finished", outcome.reason
    assert answers.read_rows(paths).notes == ("Fitted again.",)
    before, now = (answers_of(one) for one in (whole, paths))
    assert [{**part, "about": b""} for part in now] == [{**part, "about": b""} for part in before]
    assert not (paths.study / "again").exists(), "nobody needs these heads any more"


def test_a_checkpoint_judges_its_own_validation_images_as_its_training_did(monkeypatch: pytest.MonkeyPatch) -> None:
    run, outcome = run_here(config_of(**{**SMALL, "dataset": SHAPES, "epochs": 1}), "trained")
    assert outcome.state == "finished", outcome.reason
    paths, outcome = run_here(map_of(runs=[run.id]), "robust")
    assert outcome.state == "finished", outcome.reason
    record = EpochRecord.load(run.epoch(1, 0))
    assert record.logits is not None
    clean = read_part(paths, answers.KIND, answers.CLEAN)["0.logits"]
    np.testing.assert_allclose(clean[0, 0], record.logits, atol=0.02)  # features are kept with half precision
    found = read_map(paths, ImmunityPlan(runs=(run.id,), distortions=FEW), "log_loss")
    assert found is not None
    assert found.reference is None
    assert set(found.rows[0].effects) == set(found.places) - {CLEAN_PLACE}, "each is compared with clean images"
    twin = RunPaths(run.root.parent / f"{run.id}-twin")
    shutil.copytree(run.root, twin.root)
    alive: weakref.WeakSet[Network] = weakref.WeakSet()
    real = judging_runs._network

    def network(*asked: Any) -> Network:
        assert not alive, "one network is in memory at a time"
        alive.add(made := real(*asked))
        return made

    monkeypatch.setattr(judging_runs, "_network", network)
    both, outcome = run_here(map_of(runs=[run.id, twin.id]), "both")
    assert outcome.state == "finished", outcome.reason
    for number in answers.finished(both):
        part, alone = (read_part(one, answers.KIND, number) for one in (both, paths))
        np.testing.assert_array_equal(part["0.logits"], alone["0.logits"])
        np.testing.assert_array_equal(part["1.logits"], alone["0.logits"])
    # It does not go on with another checkpoint, such as that of a better epoch.
    answered = part_path(paths, answers.KIND, answers.finished(paths)[-1])
    answered.unlink()
    content = torch.load(run.best, weights_only=True)
    bias = next(name for name in reversed(content["state_dict"]) if name.endswith("bias"))
    content["state_dict"][bias] += 1
    torch.save(content, run.best)
    run_again(paths, StopRequest(paths.stop))
    assert "has changed since the map began" in in_words(outcome_of(paths).why)
    assert not answered.exists()
    run.best.unlink()
    _, outcome = run_here(map_of(runs=[run.id]), "gone")
    assert "best checkpoint" in in_words(outcome.why)
    assert "missing" in in_words(outcome.why)


CROP = Distortion(
    name="crop",
    title="Crop",
    steps=tuple(
        Step(id="crop", transform="RandomCrop", params={"height": 64, "width": side}, p=1.0) for side in range(60, 65)
    ),
)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("no-study", {"study": "20260101-000000-gone-abc"}, "was deleted"),
        ("no-run", {"runs": ["20260101-000000-gone-abc"]}, "was deleted"),
        ("failing", {"few": (CROP,)}, "The distortion Crop fails: RandomCrop"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_reason(
    name: str, asked: dict[str, Any], said: str, study: RunPaths
) -> None:
    config = map_of(**({"study": study.id} | asked if "few" in asked else asked))
    _, outcome = run_here(config, name)
    assert outcome.state == "failed"
    assert said in in_words(outcome.why)


def test_a_map_of_a_data_set_that_changed_is_refused(study: RunPaths) -> None:
    copy = RunPaths(study.root.parent / f"{study.id}-other")
    shutil.copytree(study.root, copy.root)
    changed = copy.config.read_text().replace('"train_images": 30', '"train_images": 31')
    assert changed != copy.config.read_text()
    copy.config.write_text(changed)
    _, outcome = run_here(map_of(study=copy.id), "changed")
    assert outcome.state == "failed"
    assert "have changed since the study" in in_words(outcome.why)


def test_where_all_answers_are_too_many_accuracy_and_log_loss_stay(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 40)
    logits = rng.normal(size=(2, 40, 3)).astype(np.float32)
    row = answers.Row("nothing", "", labels)
    rows = answers.Rows((row,), 3, "scores")
    paths = RunPaths(tmp_path)
    answers.write(paths, answers.CLEAN, rows.words() | rows.kept(0, [logits]))
    assert answers.read_rows(paths).keeps == "scores"
    plan = ImmunityPlan(study="some", distortions=FEW)
    losses = -np.log(np.take_along_axis(_softmax(logits), np.broadcast_to(labels[:, None], (2, 40, 1)), axis=2))
    for metric, value in (("accuracy", (logits.argmax(axis=2) == labels).mean()), ("log_loss", losses.mean())):
        found = read_map(paths, plan, metric)
        assert found is not None
        assert found.rows[0].levels[CLEAN_PLACE].value == pytest.approx(value, abs=1e-6)
    with pytest.raises(ValueError, match="only accuracy and log loss were kept"):
        read_map(paths, plan, "auroc")
    sizes = [(1, "all"), (2, "half"), (3, "scores")]
    for repeats, keeps in sizes:
        assert answers.Rows.choose([row], 100_000, 16, repeats).keeps == keeps


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
