"""Names that are no UTF-8, and links that lead away, in a trainer of its own: it ends with an outcome in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import explorer
from explorer.runs.record.paths import RunPaths
from tests.training.conftest import config_of, folder_of, outcome_of

ODD = os.fsdecode(b"gr\xfcn")


def train(spec: dict[str, str]) -> RunPaths:
    """A run in a process as a page starts it, to its end; its log is a plain file."""
    paths = folder_of(config_of(dataset={"kind": "image_folder", "val_fraction": 0.5, **spec}, epochs=1, batch_size=2))
    with paths.log.open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "explorer.training", str(paths.root)], stdout=log, stderr=log,
            env={**explorer.child_environment(), "PYTHONUTF8": "1"}, check=False, timeout=120,
        )  # fmt: skip
    return paths


@pytest.fixture
def insects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "roots" / "insects"
    for name, color in ((ODD, "green"), ("red", "red")):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (40, 40), color).save(folder / name / f"{ODD}{number}.png")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder.parent))
    return folder


def test_classes_and_images_of_such_names_are_trained_on(insects: Path) -> None:
    paths = train({"path": str(insects), "links": "inside"})
    assert outcome_of(paths).state == "finished", outcome_of(paths).reason
    assert "gr\\\\xfcn" in paths.events(1).read_text()  # the names of the classes, in JSON


def test_a_damaged_image_of_such_a_name_ends_the_run_with_an_outcome_that_names_it(insects: Path) -> None:
    (insects / "red" / f"{ODD}7.png").write_bytes(b"no image")
    paths = train({"path": str(insects)})
    found = outcome_of(paths)
    assert found.state == "failed"
    assert "red/gr\\xfcn7.png" in found.reason
    assert "failed: " in paths.log.read_text()


def test_a_link_that_leads_out_ends_the_run_that_a_page_started(insects: Path, tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "secret.png")
    (insects / "red" / "link.png").symlink_to(tmp_path / "secret.png")
    found = outcome_of(train({"path": str(insects), "links": "inside"}))
    assert found.state == "failed"
    assert "red/link.png is a link that leads outside" in found.reason
    assert "secret" not in found.reason
