"""Small data sets of every format, inside a folder that pages may read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that pages may read."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def picture(file: Path, width: int = 40, height: int = 30) -> None:
    """Write an image of noise."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(len(file.name)).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(file)
