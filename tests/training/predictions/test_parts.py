"""What is done of a prediction stays when it is killed; what cannot be used is named, or left out with consent."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.medmnist import MedMnistSpec
from explorer.data.inspection import Looking
from explorer.runs.life import launcher
from explorer.runs.life.predicting import prediction
from explorer.runs.record import predictions, thresholds
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import in_words
from explorer.runs.record.thresholds import Threshold
from explorer.runs.spec.config import ConfigError, loads
from explorer.runs.state.status import derive
from explorer.training.__main__ import run
from explorer.training.networks import build
from explorer.training.predictions.cautions import _Shown
from explorer.training.stopping import StopRequest
from tests.training.conftest import SHAPES, events_of, outcome_of, wait_until
from tests.training.predictions.conftest import FLIPS, Trained, plan_of, predict


def test_a_killed_prediction_goes_on_and_ends_with_the_same_numbers(here: Trained) -> None:
    plan = plan_of(here.shapes, dataset=SHAPES | {"val_images": 900}, views=FLIPS, count=1)
    _, outcome, expected = predict(plan, "undisturbed")
    assert expected is not None, outcome.reason
    paths = launcher.start(prediction(plan))
    wait_until(paths, lambda: len(predictions.finished(paths)) >= 1)
    launch = read_launch(paths, 1)
    assert launch is not None
    assert launch.pid is not None
    os.killpg(launch.pid, signal.SIGKILL)
    wait_until(paths, lambda: str(derive(paths).state) == "lost" or derive(paths).over)
    half = predictions.read(paths)
    assert half is not None
    assert (half.complete, len(half) % half.about.part) == (False, 0)
    run(paths, StopRequest(paths.stop))  # on with it, in this process
    assert outcome_of(paths).state == "finished"
    found = predictions.read(paths)
    assert found is not None
    assert (found.complete, found.ids) == (True, expected.ids)
    assert np.array_equal(found.each, expected.each)
    assert np.array_equal(found.plain, expected.plain)
    first = next(event for event in events_of(paths, 2) if event.values.get("phase") == "predicting")
    assert first.count("done") == len(half)


def _pictures(folder: Path, *names: str) -> Path:
    folder.mkdir()
    generator = np.random.default_rng(1)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        Image.fromarray(generator.integers(0, 256, (40, 50, 3), np.uint8)).save(folder / name)
    return folder


def test_damaged_images_of_a_folder_are_named_or_left_out(here: Trained, tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "새 사진", "b.png", "a.jpg", "sub/c.png")
    (folder / "broken.png").write_bytes((folder / "b.png").read_bytes()[:300])
    (folder / "empty.jpg").write_bytes(b"")
    images = {"path": str(folder)}
    _, outcome, found = predict(plan_of(here.first, images=images), "damaged")
    assert outcome.state == "failed"
    assert "broken.png" in in_words(outcome.reason)
    assert "empty.jpg" in in_words(outcome.reason)
    _, outcome, found = predict(plan_of(here.first, images=images, skip_unusable=True), "skipped")
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert found.ids == ("a.jpg", "b.png", "sub/c.png")
    assert set(found.left_out) == {"broken.png", "empty.jpg"}
    assert (found.complete, found.labeled) == (True, False)


def test_a_table_names_images_without_suffix_and_unknown_ones_are_listed(here: Trained, tmp_path: Path) -> None:
    folder = _pictures(tmp_path / "test", "b.png", "a.jpg", "sub/c.png")
    table = tmp_path / "sample_submission.csv"
    table.write_text("id,label\nc,0.5\nb.png,0.5\na,0.5\n")
    images = {"path": str(table), "folder": str(folder)}
    paths, outcome, found = predict(plan_of(here.second, images=images, sample=str(table)), "table")
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert (found.ids, found.files) == (("c", "b.png", "a"), ("sub/c.png", "b.png", "a.jpg"))
    rows = (paths.predictions / "submission-1.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["id", "c", "b.png", "a"]
    assert [float(row.split(",")[1]) for row in rows[1:]] == pytest.approx(found.scores[:, 1].tolist())
    table.write_text(table.read_text() + "zz,0.5\n")
    _, outcome, _ = predict(plan_of(here.second, images=images), "unknown")
    assert "There is no image zz" in in_words(outcome.reason)
    images["path"] = str(folder)
    _, outcome, _ = predict(plan_of(here.second, images=images, sample=str(table)), "sampled")
    assert "1 of the 4 ids of the sample have no predicted image: zz" in in_words(outcome.reason)


def test_thresholds_decide_and_what_flatters_is_said(here: Trained) -> None:
    _, _, found = predict(plan_of(here.second, part="all", views=FLIPS), "flattered")
    assert found is not None
    assert found.predicted.tolist() == (found.scores[:, 1] > 0.4).astype(int).tolist()
    said = " ".join(map(in_words, found.about.notes))
    assert "bees is predicted from a probability of 0.4 on" in said
    assert "42 of the 52 images are among those" in said
    assert "HorizontalFlip" not in said  # the training has seen flips
    turns: dict[str, Any] = {"nodes": [{"kind": "step", "id": "v1", "transform": "RandomRotate90", "p": 1.0}]}
    _, _, found = predict(plan_of(here.first, here.second, views=turns, count=1), "turned")
    assert found is not None
    said = " ".join(map(in_words, found.about.notes))
    assert "2 networks did not use these steps of the views: RandomRotate90" in said
    assert "different thresholds" in said


def test_images_that_were_trained_on_are_told_through_links_and_without_files(here: Trained, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(here.folder)
    _, _, found = predict(plan_of(here.first, images={"path": str(tmp_path / "link")}), "linked")
    assert found is not None
    assert "42 of the 52 images are among those" in " ".join(map(in_words, found.about.notes))
    (tmp_path / "some").mkdir()
    for file in sorted((here.folder / "ants").iterdir()):
        (tmp_path / "some" / file.name).symlink_to(file)
    _, _, found = predict(plan_of(here.first, images={"path": str(tmp_path / "some")}), "some")
    assert found is not None
    assert "24 of the 30 images are among those" in " ".join(map(in_words, found.about.notes))
    one, other = DigitsSpec(seed=1), DigitsSpec(seed=2)
    both = _Shown(one, one.open().val).trained_by(other, here.first, Looking())
    assert both == len(set(one.open().val.ids) & set(other.open().train.ids)) > 200


def test_folds_of_arrays_were_trained_on_by_the_other_folds(here: Trained, tmp_path: Path) -> None:
    arrays = tmp_path / "set.npz"
    names = {f"{part}_{what}" for part in ("train", "val") for what in ("images", "labels")}
    generator = np.random.default_rng(0)
    values = {
        name: np.arange(20)[:, None] % 2 if name.endswith("labels") else generator.integers(0, 256, (20, 28, 28))
        for name in names
    }
    np.savez(arrays, **{name: value.astype(np.uint8) for name, value in values.items()})
    (tmp_path / "again.npz").hardlink_to(arrays)
    folds = [MedMnistSpec(path=str(arrays), folds=4, fold=fold) for fold in range(4)]
    for place in (arrays, tmp_path / "again.npz"):
        other = MedMnistSpec(path=str(place), folds=4, fold=1)
        shown = _Shown(folds[0], folds[0].open().val)
        assert shown.trained_by(folds[0], here.first, Looking()) == 0
        assert shown.trained_by(other, here.first, Looking()) == len(folds[0].open().val)


def test_a_data_set_that_is_divided_anew_is_said(here: Trained) -> None:
    more = [here.folder / "ants" / f"more-{number}.png" for number in range(9)]
    for number, path in enumerate(more):
        shutil.copy(here.folder / "ants" / f"{number}.png", path)
    try:
        _, _, found = predict(plan_of(here.first), "divided")
    finally:
        for path in more:
            path.unlink()
    assert found is not None
    assert "were not in its validation part" in " ".join(map(in_words, found.about.notes))


def test_a_threshold_that_a_person_keeps_decides_and_its_epoch_is_said(here: Trained) -> None:
    thresholds.keep(here.first, Threshold("ants", 0, 0.3, 0.0, epoch=4, chosen="recall"))
    try:
        _, _, found = predict(plan_of(here.first, part="all"), "kept")
    finally:
        thresholds.remove(here.first, 0)
    assert found is not None
    assert found.predicted.tolist() == (found.scores[:, 0] < 0.3).astype(int).tolist()
    said = " ".join(map(in_words, found.about.notes))
    assert "ants is predicted from a probability of 0.3 on" in said
    assert "chosen on the scores of epoch 5, and the weights are those of epoch 1" in said


def test_classes_in_another_order_are_matched_by_name(here: Trained) -> None:
    twin = RunPaths(here.first.root.with_name("20261123-142501-twin-x7k"))
    shutil.copytree(here.first.root, twin.root)
    checkpoint = torch.load(twin.last, weights_only=True)
    checkpoint["explorer"]["classes"].reverse()
    state = checkpoint["state_dict"]
    head = build(loads(twin.config.read_bytes()), 2, None).head
    for name, value in state.items():
        if value.shape in (head.weight.shape, head.bias.shape):
            state[name] = value.flip(0)
    torch.save(checkpoint, twin.last)
    _, outcome, found = predict(plan_of(here.first, twin), "swapped")
    assert found is not None, outcome.reason
    np.testing.assert_allclose(found.each[0], found.each[1], atol=1e-6)
    assert found.classes == ("ants", "bees")


def test_networks_with_other_classes_are_refused(here: Trained) -> None:
    _, outcome, _ = predict(plan_of(here.first, here.shapes), "mixed")
    assert "was trained on other classes" in in_words(outcome.reason)
    other, _, _ = predict(plan_of(here.shapes), "untrained")
    with pytest.raises(ConfigError, match="is a run of kind predict"):
        prediction(plan_of(other))
