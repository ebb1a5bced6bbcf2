"""The package of a network for several labels gives their probabilities and labels without this app."""

import runpy
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from explorer.metrics.table import EVERY
from explorer.report.package import write_package
from explorer.runs.record import thresholds
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.thresholds import Threshold
from tests.training.conftest import SMALL, config_of, run_here


def test_the_files_give_the_labels_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, rows = np.random.default_rng(0), ["image,label"]
    for number in range(16):
        truth = [name for name, has in zip("ab", draw.random(2) < 0.5, strict=True) if has]
        pixels = draw.integers(0, 90, (40, 60, 3)) + np.array([80 * ("a" in truth), 0, 80 * ("b" in truth)])
        cv2.imwrite(str(tmp_path / f"{number}.png"), pixels.astype(np.uint8))
        rows.append(f"{number}.png,{';'.join(truth)}")
    (tmp_path / "table.csv").write_text("\n".join(rows).replace(",", "\t"))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    data = {"kind": "csv", "path": str(tmp_path / "table.csv"), "several": ";", "val_fraction": 0.5}
    paths, outcome = run_here(config_of(dataset=data, epochs=1, batch_size=4, threshold=0.4, **SMALL))
    assert outcome.state == "finished", outcome.reason
    thresholds.keep(paths, Threshold("b", 1, 0.51, 0.04, 0))
    found = write_package(paths, tmp_path / "model.zip")
    assert found.onnx is not None, found.why_no_onnx
    assert found.thresholds == pytest.approx((0.4, 0.51))
    zipfile.ZipFile(tmp_path / "model.zip").extractall(tmp_path / "out")
    folder = tmp_path / "out" / paths.id
    golden, code = np.load(folder / "golden.npz"), runpy.run_path(str(folder / "preprocess.py"))
    recorded = EpochRecord.load(paths.epoch(1, 0))
    assert recorded.logits is not None
    assert golden["probabilities"] == pytest.approx(1 / (1 + np.exp(-recorded.logits)), abs=1e-5)
    assert (golden["labels"] == recorded.labels).all()
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    for place, name in enumerate(golden["ids"]):
        pixels = code["pixels"](cv2.cvtColor(cv2.imread(str(tmp_path / name)), cv2.COLOR_BGR2RGB))
        assert (pixels == golden["images"][place]).all()
        (probabilities,) = session.run(None, {"images": pixels[None]})[0]
        assert probabilities == pytest.approx(golden["probabilities"][place], abs=1e-5)
        expected = [
            name for name, value, least in zip("ab", probabilities, found.thresholds, strict=True) if value >= least
        ]
        assert code["labels_of"](probabilities) == expected
    text = (folder / "README.md").read_text()
    assert "An image has a label whose probability reaches its threshold: a 0.4, b 0.51." in text
    assert f"| {EVERY['mean_precision'].title} | " in text
    assert "sigmoid" in text
    assert "softmax" not in text
