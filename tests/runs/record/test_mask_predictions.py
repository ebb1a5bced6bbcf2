"""The files of a prediction of masks that another person's folder may hold: what is no mask is not read as one."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.mask_png import indexed_png
from explorer.draw import predicted_mask
from explorer.draw.pictures import NoPicture
from explorer.runs.overview.mask_predictions import as_zip
from explorer.runs.record import mask_predictions, predictions
from explorer.runs.record.mask_predictions import MaskCounts, mask_path
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, Judge, Part, PredictionsError

MASK = np.arange(6, dtype=np.uint8).reshape(2, 3)
IDS = ("a.png", "a-2.png", "a.jpg", "A.bmp")


def counts(images: int, classes: int = 2, networks: int = 1) -> MaskCounts:
    """Counts that say nothing."""
    shares, margins = np.full((images, classes), 0.5, np.float32), np.ones((images, classes, 3), np.int64)
    return MaskCounts(shares, shares, np.ones(images, bool), margins, margins, np.stack([margins] * networks))


@pytest.fixture
def paths(tmp_path: Path) -> RunPaths:
    """A prediction of four images in two parts, whose classes are called "sky" and, over two lines, "a road"."""
    found = RunPaths(tmp_path / "run")
    found.root.mkdir()
    judge = Judge("run", "title", None, "best", 0, "0")
    predictions.begin(found, About(("sky", "a\nroad"), (judge,), 4, 2, 0, "", mask_values=(0, 3)))
    for number in range(2):
        mine = IDS[2 * number : 2 * number + 2]
        shares = np.full((1, 2, 2), 0.5, np.float32)
        part = Part(mine, mine, np.full(2, -1), np.arange(2) + 2 * number, shares, shares, {})
        mask_predictions.write_counts(found, number, counts(2))
        predictions.write_part(found, number, part)
    for place in range(4):
        mask_predictions.write_mask(found, place, indexed_png(MASK))
    return found


def test_each_mask_has_a_name_of_its_own_in_the_zip_and_each_value_a_line(paths: RunPaths) -> None:
    found = mask_predictions.read(paths)
    assert found is not None
    with zipfile.ZipFile(io.BytesIO(as_zip(paths, found))) as archive:
        names = [name.lower() for name in archive.namelist()]
        assert len(set(names)) == 6
        assert archive.read("values.txt").decode() == "0 sky\n3 a road\n"


def _png(mode: str) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (3, 2)).save(file, "PNG")
    return file.getvalue()


def _link(path: Path) -> None:
    path.with_name("elsewhere").write_bytes(indexed_png(MASK))
    path.symlink_to("elsewhere")


def _linked_folder(path: Path) -> None:
    path.parent.rename(path.parents[2] / "elsewhere")
    path.parent.symlink_to(path.parents[2] / "elsewhere")
    path.write_bytes(indexed_png(MASK))


@pytest.mark.parametrize(
    "spoil",
    [
        _link,
        _linked_folder,
        lambda path: path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 3 2\nshowpage\n"),
        lambda path: path.write_bytes(_png("RGB")),
        lambda path: path.write_bytes(_png("I;16")),
        lambda path: path.write_bytes(indexed_png(MASK)[:20]),
        lambda path: path.write_bytes(indexed_png(MASK) + bytes(9000)),
        lambda path: None,
    ],
    ids=["link", "linked folder", "eps", "colors", "16 bits", "torn", "far too long", "missing"],
)
def test_what_is_no_mask_is_neither_shown_nor_put_into_the_zip(paths: RunPaths, spoil: Callable[[Path], None]) -> None:
    found = mask_predictions.read(paths)
    assert found is not None
    assert (predicted_mask._mask(paths, 2, (2, 3)) == MASK).all()
    mask_path(paths, 2).unlink()
    spoil(mask_path(paths, 2))
    with pytest.raises(NoPicture):
        predicted_mask._mask(paths, 2, (2, 3))
    with pytest.raises(PredictionsError, match=r"\.png cannot be read as a predicted mask"):
        as_zip(paths, found)


@pytest.mark.parametrize(
    "spoilt",
    [
        counts(2, networks=2),
        counts(2, classes=1),
        replace(counts(2), shares=np.full((2, 2), np.nan, np.float32)),
        replace(counts(2), margins=np.full((2, 2, 3), -1)),
        replace(counts(2), known=np.array(True)),
    ],
    ids=["other networks", "other classes", "no numbers", "negative", "no axis"],
)
def test_counts_of_a_part_that_do_not_fit_are_damaged(paths: RunPaths, spoilt: MaskCounts) -> None:
    mask_predictions.write_counts(paths, 1, spoilt)
    with pytest.raises(PredictionsError, match=r"counts-1\.npz cannot be read"):
        mask_predictions.read(paths)
