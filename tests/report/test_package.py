"""Model packages: what is in the zip gives the probabilities of the run without this app."""

import json
import os
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import cv2
import efficientnet_lite_pytorch
import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from explorer.base.confined import PAGE_PID
from explorer.report.card import escaped, table
from explorer.report.package import PackageError, write_package
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.packed import Packed
from explorer.runs.record.paths import RunPaths
from explorer.training import onnx_file
from explorer.training.onnx_file import OnnxError
from tests.training.conftest import config_of, run_here

IMAGENET: dict[str, Any] = {"kind": "step", "id": "n1", "transform": "Normalize", "p": 1.0}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of images that are not square, so that the evaluation transform has something to do."""
    folder = tmp_path_factory.mktemp("dark and light")
    generator = np.random.default_rng(0)
    for label, name in enumerate(("dark", "light | 밝은")):
        (folder / name).mkdir()
        for number in range(12):
            image = generator.integers(label * 128, label * 128 + 128, (50 + number, 70, 3), np.uint8)
            cv2.imwrite(str(folder / name / f"{number}.png"), cv2.GaussianBlur(image, (0, 0), 2))
    return folder


@pytest.fixture(scope="module")
def packed(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[RunPaths, Packed, Path]:
    """A run with a pipeline that scales pixels, its package, and the folder that it was unpacked into."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        paths, outcome = run_here(
            config_of(
                dataset={"kind": "image_folder", "path": str(photographs)}, pipeline={"nodes": [IMAGENET]},
                backbone="efficientnet-lite0", image_size=48, normalise="none", epochs=1, precision="32-true",
                name="dark | light",
            )
        )  # fmt: skip
        assert outcome.state == "finished", outcome.reason
        target = tmp_path_factory.mktemp("out") / "모델.zip"
        # As a page starts it: with limits, and images only inside the folders that pages may read.
        patch.setenv("EXPLORER_DATA_ROOTS", str(photographs))
        patch.setenv(PAGE_PID, str(os.getpid()))
        command = [sys.executable, "-m", "explorer", "package", paths.id, "-o", str(target), "--inside", "--json"]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        found = Packed.model_validate(json.loads(done.stdout)["packed"])
    folder = target.parent / "unpacked"
    zipfile.ZipFile(target).extractall(folder)
    return paths, found, folder / paths.id


def test_the_files_give_the_logits_that_the_run_has_stored(
    packed: tuple[RunPaths, Packed, Path], photographs: Path
) -> None:
    paths, found, folder = packed
    recorded = EpochRecord.load(paths.epoch(1, 0))
    assert recorded.logits is not None
    assert recorded.labels is not None
    expected = torch.from_numpy(recorded.logits).softmax(dim=1).numpy()
    golden = np.load(folder / "golden.npz")
    assert golden["probabilities"] == pytest.approx(
        expected[np.isin(recorded.labels, (0, 1))][_places(expected)], abs=1e-5
    )

    # From the files as people have them, by the code of the package alone.
    code = runpy.run_path(str(folder / "preprocess.py"))
    images = [cv2.cvtColor(cv2.imread(str(photographs / name)), cv2.COLOR_BGR2RGB) for name in golden["ids"]]
    pixels = np.stack([code["pixels"](image) for image in images])
    assert (pixels == golden["images"]).all()
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    assert session.run(None, {"images": pixels})[0] == pytest.approx(golden["probabilities"], abs=1e-5)
    net = efficientnet_lite_pytorch.EfficientNet.from_name("efficientnet-lite0", num_classes=2, image_size=48)
    net.load_state_dict(load_file(folder / "model.safetensors"))
    with torch.no_grad():
        outputs = net.eval()(torch.from_numpy(np.stack([code["network_input"](image) for image in images])))
    assert outputs.softmax(dim=1).numpy() == pytest.approx(golden["probabilities"], abs=1e-4)
    assert found.onnx is not None
    assert found.onnx.difference < 1e-4


def _places(scores: np.ndarray) -> list[int]:
    return np.unique(np.linspace(0, len(scores) - 1, min(32, len(scores))).round().astype(int))[:8].tolist()


def test_the_card_says_what_the_model_is(packed: tuple[RunPaths, Packed, Path]) -> None:
    text = (packed[2] / "README.md").read_text()
    assert text.startswith("# dark \\| light\n")
    assert "Classes in the order of the outputs: dark, light \\| 밝은." in text
    assert "| Accuracy | " in text
    assert "– " in text
    assert "20 images for training, 4 for validation" in text
    assert "A.Normalize()" in text
    assert "| torch | 2.13.0" in text


def test_a_run_without_a_model_is_refused_and_names_do_not_break_tables(tmp_path: Path) -> None:
    assert table(("a",), [("x | y\nz",)]).splitlines()[-1] == "| x \\| y z |"
    assert escaped("a_b") == "a\\_b"
    paths = RunPaths(tmp_path / "run")
    paths.root.mkdir()
    with pytest.raises(PackageError, match="not a training run"):
        write_package(paths, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_scaling_that_depends_on_the_image_is_not_written_as_a_graph() -> None:
    config = config_of(pipeline={"nodes": [IMAGENET | {"params": {"normalization": "image"}}]})
    image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    with pytest.raises(OnnxError, match="by its own values"):
        onnx_file.scaling_of(config.pipeline, image)


def test_the_command_refuses_other_names_and_existing_files(
    packed: tuple[RunPaths, Packed, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(packed[0].root.parents[1]))
    there = tmp_path / "there.zip"
    there.write_bytes(b"")
    for name, words in (("a.tar", "another ending"), ("there.zip", "exists already")):
        command = [sys.executable, "-m", "explorer", "package", packed[0].id, "-o", str(tmp_path / name), "--json"]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 2
        assert words in json.loads(done.stderr)["error"]
