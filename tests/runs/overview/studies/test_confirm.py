"""What is read of a confirmation: nothing is judged before all pairs are trained."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.figures import pair_words, pairs
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects
from explorer.report import studied
from explorer.runs.cli import confirming
from explorer.runs.machine import durations
from explorer.runs.machine.durations import Duration
from explorer.runs.machine.paces import machine_key
from explorer.runs.machine.pair_costs import cost_of
from explorer.runs.overview.studies import confirm
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import MEMBER, images_path, read_part, write_part
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.spec.members import SIDES, config_of, members_of
from explorer.runs.spec.plans.effects import without_node
from tests.runs.machine.test_machine import ANSWER, machine_of

IMAGES = 120
NOISE = {"kind": "step", "id": "n2", "transform": "GaussNoise", "p": 0.5, "params": {"std_range": [0.1, 0.2]}}
FLIP = {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5}


def confirmation() -> RunConfig:
    pipeline = {"nodes": [FLIP, NOISE]}
    whole = from_values(
        {"dataset": {"kind": "shapes"}, "pipeline": pipeline, "accelerator": "cpu", "monitor": "accuracy"}
    )
    against = {"name": "without n1", "pipeline": without_node(whole.pipeline, "n1").model_dump()}
    return from_values(whole.model_dump() | {"kind": "study", "study": {"ask": "confirm", "against": against}})


def answers(generator: np.random.Generator, labels: NDArray[np.int64], right: float) -> NDArray[np.float32]:
    """Logits that are right about this share of the images."""
    hits = generator.random(len(labels)) < right
    predicted = np.where(hits, labels, 1 - labels)
    return np.eye(2, dtype=np.float32)[predicted] * 3


@pytest.fixture
def study() -> RunPaths:
    paths = RunPaths(runs_root() / "20261128-120000-pairs-abc")
    paths.study.mkdir(parents=True)
    labels = np.arange(IMAGES) % 2
    ids = tuple(map(str, range(IMAGES)))
    StudyImages(ids, ids, labels, np.arange(IMAGES), 0, ("a", "b")).save(images_path(paths))
    return paths


def train(paths: RunPaths, number: int, right: float) -> NDArray[np.float32]:
    """Store the answers of one of the runs."""
    found = answers(np.random.default_rng(number), np.arange(IMAGES) % 2, right)
    write_part(paths, MEMBER, number, {"logits": found, "seconds": np.ones(1)})
    return found


def test_pairs_of_several_labels_are_judged_at_the_threshold_of_the_runs(study: RunPaths) -> None:
    labels = np.stack([np.arange(IMAGES) % 2, np.arange(IMAGES) // 2 % 2], axis=1)
    images = StudyImages.load(images_path(study))
    replace(images, labels=labels).save(images_path(study))
    for number in range(12):
        wrong = np.random.default_rng(number).random(labels.shape) < (0.05 if number % 2 == 0 else 0.3)
        odds = np.where(labels ^ wrong, 1.5, 0.5).astype(np.float32)  # above 0.7, and between that and 0.5
        write_part(study, MEMBER, number, {"logits": odds, "seconds": np.ones(1)})
    dataset = {"kind": "csv", "path": "labels.csv", "several": "columns"}
    plan = {"ask": "confirm", "against": {"name": "nothing", "pipeline": {}}}
    values = {"kind": "study", "dataset": dataset, "pipeline": {"nodes": [FLIP]}, "study": plan, "threshold": 0.7}
    config = from_values(values | {"monitor": "f1_macro"})
    found = confirm.read(study, config)
    assert found is not None
    assert found.effect is not None
    assert found.effect.main[0].word == "helps"
    assert found.effect.main[0].value_plus == pytest.approx(0.95, abs=0.02)
    assert "above the threshold" in pair_words.rests_on(found)
    said = studied.studied(study, config)
    assert said is not None
    assert "helps" in said.sentences[0]
    assert "Sign flip test" in said.sentences[1]
    assert len(said.rows) == 6
    assert [chart.key for chart in studied.charts(study, config)] == ["pairs", "pair-curves"]


def test_pairs_come_one_by_one_and_the_verdict_with_the_last(study: RunPaths) -> None:
    config, logits = confirmation(), []
    assert confirm.read(study, config).done == 0
    for number in range(12):
        logits.append(train(study, number, 0.95 if number % 2 == 0 else 0.7))
        found = confirm.read(study, config)
        assert found is not None
        assert found.done == (number + 1) // 2
        assert found.complete == (number == 11)
        if found.effect is not None:
            assert (found.effect.main[0].word is not None) == found.complete
    labels = np.arange(IMAGES) % 2
    scores = OutOfFold(labels, {side: np.stack(logits[place::2]) for place, side in enumerate(SIDES)})
    expected = effects(scores, [confirm.CONTRAST], config.monitor, planned=6)
    assert found.effect == expected
    assert found.effect.main[0].word == "helps"
    right = [(np.argmax(one, 1) == labels).mean() for one in logits]
    np.testing.assert_allclose(found.differences, np.subtract(right[::2], right[1::2]))
    assert found.test is not None
    assert found.test.p == pytest.approx(2 / 64)  # all six are better
    assert found.titles == {"plus": "the pipeline", "minus": "the pipeline without HorizontalFlip"}


def test_the_cost_is_that_of_earlier_runs_with_the_same_work(study: RunPaths) -> None:
    del study
    config, machine = confirmation(), machine_of(ANSWER)
    assert cost_of(config, machine).seconds is None
    plus = config_of(config, members_of(config.study)[0])
    whole = plus.model_copy(update={"dataset": config.dataset})
    durations.keep(durations.work_of(whole, machine_key(machine)), Duration(by="train", epoch_s=10, start_s=5))
    found = cost_of(config, machine)
    assert (found.runs, found.both) == (12, False)
    assert found.seconds == pytest.approx(12 * (5 + config.epochs * 8))


def test_figures_and_sentences_hold_at_every_stage(study: RunPaths) -> None:
    config = confirmation()
    for number in range(12):
        found = confirm.read(study, config)
        assert found is not None
        for figure in (pairs.differences(found), pairs.curves(found)):
            json.dumps(figure, allow_nan=False)
        assert found.complete is False
        assert pair_words.test(found) == ""
        assert "**helps**" not in pair_words.sentence(found)
        train(study, number, 0.95 if number % 2 == 0 else 0.7)
    found = confirm.read(study, config)
    assert found is not None
    drawn = pairs.differences(found)["data"][0]
    np.testing.assert_allclose(drawn["x"], 100 * np.array(found.differences), rtol=1e-5)
    assert pair_words.sentence(found).startswith("With full training, the pipeline **helps** against the pipeline with")
    assert "p = 0.031" in pair_words.test(found)
    assert "sign flip test: p = 0.031" in confirming.text(found)
    chosen = replace(found, plan=found.plan.model_copy(update={"chosen_by": "20260101-000000-study-abc"}))
    for said in (pair_words.rests_on, confirming.text):
        assert "also took part in the study that chose what is compared" in said(chosen)
        assert "took part" not in said(found)


def test_copies_of_an_image_are_drawn_together(study: RunPaths) -> None:
    images = StudyImages.load(images_path(study))
    copies = np.arange(IMAGES) // 4
    replace(images, groups=copies).save(images_path(study))
    for number in range(12):
        train(study, number, 0.95 if number % 2 == 0 else 0.7)
    found = confirm.read(study, confirmation())
    assert found is not None
    stored = [read_part(study, MEMBER, number)["logits"] for number in range(12)]
    scores = OutOfFold(images.labels, {"plus": np.stack(stored[::2]), "minus": np.stack(stored[1::2])}, copies)
    assert found.effect == effects(scores, [("plus", "minus")], "accuracy", planned=6)
