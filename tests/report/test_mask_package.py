"""The package of a network for masks gives the masks of the run without this app."""

import runpy
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from explorer.metrics.table import EVERY
from explorer.report.package import write_package
from tests.training.conftest import SMALL, config_of, run_here


def test_the_files_give_the_masks_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    for number in range(8):
        regions = np.kron(draw.integers(0, 2, (2, 3)), np.ones((20, 20), int)).astype(np.uint8)
        for folder, pixels in (
            ("images", regions[..., None] * 120 + draw.integers(0, 90, (40, 60, 3))),
            ("masks", regions),
        ):
            (tmp_path / "data" / folder).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(tmp_path / "data" / folder / f"{number}.png"), pixels.astype(np.uint8))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    data = {"kind": "mask_folder", "path": str(tmp_path / "data"), "val_fraction": 0.5}
    paths, outcome = run_here(config_of(dataset=data, epochs=1, batch_size=4, **SMALL))
    assert outcome.state == "finished", outcome.reason
    found = write_package(paths, tmp_path / "model.zip")
    assert found.onnx is not None, found.why_no_onnx
    assert found.mask_values == (0, 1)
    zipfile.ZipFile(tmp_path / "model.zip").extractall(tmp_path / "out")
    folder = tmp_path / "out" / paths.id
    golden, code = np.load(folder / "golden.npz"), runpy.run_path(str(folder / "preprocess.py"))
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    for place, name in enumerate(golden["ids"]):
        image = cv2.cvtColor(cv2.imread(str(tmp_path / "data" / name)), cv2.COLOR_BGR2RGB)
        pixels = code["pixels"](image)
        assert (pixels == golden["images"][place]).all()
        probabilities = session.run(None, {"images": pixels[None]})[0][0]
        assert (probabilities.argmax(axis=0) == golden["predicted"][place]).mean() > 0.999
        assert code["mask_of"](probabilities, 40, 60).shape == (40, 60)
        assert set(np.unique(golden["masks"][place])) <= {0, 1, 255}
    text = (folder / "README.md").read_text()
    assert f"The value of each class in masks: {found.classes[0]} 0" in text
    assert f"| {EVERY['iou'].title} | " in text
