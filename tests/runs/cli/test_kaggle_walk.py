"""A competition on the command line: a table with patients, grouped folds, views, and a submission that is checked."""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import explorer
from explorer.runs.cli.main import main
from explorer.runs.record.outcome import read as outcome_of
from explorer.runs.record.paths import RunPaths, run_paths, runs_root
from explorer.runs.spec.config import dumps, from_values, loads
from explorer.training.__main__ import run
from explorer.training.stopping import StopRequest

PROJECT = Path(explorer.__file__).parents[1]
DISEASES = ("mel", "nv", "bkl")  # as the sample submission orders them, which is not their alphabetical order
FOLDS = 3
STUDY = {
    "kind": "study",
    "study": {"ask": "folds", "folds": FOLDS},
    "pipeline": {"nodes": [{"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5}], "streams": 2},
    "backbone": "small-cnn",
    "weights": "none",
    "frozen": False,
    "image_size": 32,
    "epochs": 1,
    "batch_size": 8,
    "accelerator": "cpu",
    "workers": 0,
    "threads": 1,
}
Rows = list[dict[str, str]]


@pytest.fixture
def competition(tmp_path: Path) -> Path:
    """Images whose brightest channel is their class, a table of them, and a sample submission in another order."""
    folder, generator = tmp_path / "피부 competition", np.random.default_rng(0)

    def draw(place: str, disease: int) -> None:
        image = generator.integers(0, 120, (24, 30, 3), np.uint8)
        image[..., disease] += 120
        Image.fromarray(image).save(folder / place)

    for name in ("train_images", "test_images"):
        (folder / name).mkdir(parents=True)
    table = []
    for patient in range(15):
        for _ in range(2 + patient % 2):
            table.append((f"ISIC_{len(table):04}", f"IP_{patient}", DISEASES[patient % 3]))
            draw(f"train_images/{table[-1][0]}.png", patient % 3)
    tests = [f"ISIC_T{number}" for number in range(9)]
    for number, name in enumerate(tests):
        draw(f"test_images/{name}.png", number % 3)
    _write(folder / "train.csv", [("image_id", "patient_id", "diagnosis"), *table])
    _write(folder / "sample.csv", [("image_id", *DISEASES), *((name, 0.33, 0.33, 0.33) for name in tests[::-1])])
    return folder


def _write(file: Path, rows: list[tuple[object, ...]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(rows)


def _explorer(folder: Path, *arguments: str) -> str:
    """What a command prints that a person types in the folder of the competition."""
    call = [sys.executable, "-m", "explorer", *arguments]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _trained(folder: Path) -> RunPaths:
    """A study of folds of the table, which this process trains."""
    paths = RunPaths(runs_root() / "20261123-142501-folds-x7k")
    paths.stop.parent.mkdir(parents=True)
    config = from_values(STUDY | {"dataset": {"kind": "csv", "path": str(folder / "train.csv")}})
    paths.config.write_text(dumps(config))
    run(paths, StopRequest(paths.stop))
    assert (outcome := outcome_of(paths)) is not None
    assert outcome.state == "finished", outcome.reason
    return paths


def _rows(file: Path) -> Rows:
    with file.open(newline="", encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


def test_from_a_table_of_patients_to_a_submission(competition: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = _trained(competition).id
    views = ("--tta", "light", "--views", "2")
    files = ("--images", "sample.csv", "--folder", "test_images", "--sample", "sample.csv", "--out", "submission.csv")
    said = json.loads(_explorer(competition, "predict", study, *files, *views, "--json"))
    _check_submission(competition / "submission.csv", competition / "sample.csv")
    _check_average(run_paths(said["id"]), _rows(competition / "submission.csv"))

    table = competition / "oof.csv"
    assert main(["verdict", study, "--out", str(table)]) == 0
    assert f"{FOLDS} of {FOLDS} folds, 37 images" in capsys.readouterr().out
    _check_out_of_fold(_rows(table), _rows(competition / "train.csv"))
    for fold in range(FOLDS):
        _check_division(run_paths(study).member(fold), fold, _rows(table), _rows(competition / "train.csv"))
    assert main(["show", study]) == 0
    assert f"{FOLDS} folds, by patient_id, 15 groups: each validates once." in capsys.readouterr().out

    before = table.read_bytes()
    assert main(["verdict", study, "--out", str(table)]) == 2
    assert "is not written over" in capsys.readouterr().err
    assert table.read_bytes() == before
    assert main(["verdict", said["id"], "--out", str(competition / "none.csv")]) == 4
    assert "is no study of folds" in capsys.readouterr().err


def _check_submission(file: Path, sample: Path) -> None:
    """What the site of a competition checks, and that each column holds what its name says."""
    rows, wanted = _rows(file), _rows(sample)
    assert file.read_text().splitlines()[0] == sample.read_text().splitlines()[0]
    assert [row["image_id"] for row in rows] == [row["image_id"] for row in wanted]
    scores = np.array([[float(row[name]) for name in DISEASES] for row in rows])
    assert scores.min() >= 0
    assert scores.max() <= 1
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-6)
    assert scores.argmax(axis=1).tolist() == [number % 3 for number in range(9)][::-1]


def _check_average(prediction: RunPaths, submitted: Rows) -> None:
    """The submission has the mean of the probabilities that the networks of the folds have given."""
    (part,) = (prediction.root / "predictions").glob("part-*.npz")
    with np.load(part) as content:
        each = content["each"]
    classes = json.loads((prediction.root / "predictions" / "about.json").read_text())["classes"]
    assert len(each) == FOLDS
    assert np.abs(each[0] - each[1]).max() > 0
    for name in DISEASES:
        expected = each[:, :, classes.index(name)].mean(axis=0)
        np.testing.assert_allclose([float(row[name]) for row in submitted], expected, atol=1e-6)


def _check_out_of_fold(rows: Rows, images: Rows) -> None:
    """Each image has one row, by its own label, and no patient is in two folds."""
    assert sorted(Path(row["id"]).stem for row in rows) == sorted(image["image_id"] for image in images)
    of = {image["image_id"]: image for image in images}
    folds = defaultdict(set)
    for row in rows:
        image = of[Path(row["id"]).stem]
        assert row["label"] == image["diagnosis"]
        assert sum(float(row[f"p_{name}"]) for name in DISEASES) == pytest.approx(1)
        folds[image["patient_id"]].add(row["fold"])
    assert {len(each) for each in folds.values()} == {1}
    assert set.union(*folds.values()) == {str(1 + fold) for fold in range(FOLDS)}


def _check_division(member: RunPaths, fold: int, judged: Rows, images: Rows) -> None:
    """The run of a fold validated on its rows of the table, and trained on all images of all other patients."""
    patients = {image["image_id"]: image["patient_id"] for image in images}
    dataset = loads(member.config.read_bytes()).dataset.open()
    train, val = ([Path(name).stem for name in part.ids] for part in (dataset.train, dataset.val))
    assert sorted(val) == sorted(Path(row["id"]).stem for row in judged if row["fold"] == str(1 + fold))
    assert sorted(train + val) == sorted(patients)
    assert not {patients[name] for name in train} & {patients[name] for name in val}
