"""Sample submissions for masks are recognized, and filled with an encoding that a plain decoder reads back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.base.tables import read_csv
from explorer.runs.overview.mask_submission import encoded, filled_masks, read_mask_sample
from explorer.runs.overview.sample_submission import SubmissionError
from explorer.runs.overview.submission import submissions, write_numbered
from explorer.runs.record.mask_predictions import MaskCounts, MaskPredictions, mask_path
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, Predictions

IDS, CLASSES, VALUES = ("test/a.jpg", "test/b_1.jpg"), ("background", "car", "road"), (0, 7, 2)
MASKS = [np.random.default_rng(place).choice(VALUES, (5 + place, 9)).astype(np.uint8) for place in range(2)]


def decoded(text: str, shape: tuple[int, int]) -> np.ndarray:
    """The usual decoder of competitions: pixels from 1, down and then to the right."""
    numbers = [int(word) for word in text.split()]
    mask = np.zeros(shape[0] * shape[1], bool)
    for start, length in zip(numbers[::2], numbers[1::2], strict=True):
        mask[start - 1 : start - 1 + length] = True
    return mask.reshape(shape[::-1]).T


@pytest.fixture
def paths(tmp_path: Path) -> RunPaths:
    found = RunPaths(tmp_path / "run")
    for place, mask in enumerate(MASKS):
        mask_path(found, place).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask).save(mask_path(found, place))
    return found


def _found(classes: tuple[str, ...] = CLASSES, values: tuple[int, ...] = VALUES) -> MaskPredictions:
    places = (None, *range(len(classes) - 1))
    about = replace(About(classes, (), 2, 512, 0, ""), mask_values=values, color_places=places)
    shares, none = np.full((2, len(classes)), 1 / len(classes), np.float32), np.full(2, -1)
    predicted = np.zeros(2, np.int64)
    of = Predictions(
        classes, IDS, shares, shares, shares[None], none, {}, predicted, predicted, IDS, np.arange(2), about, True
    )
    margins = np.zeros((2, len(classes), 3), np.int64)
    return MaskPredictions(of, MaskCounts(shares, shares, np.zeros(2, bool), margins, margins, margins[None]))


def _sample(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sample_submission.csv"
    file.write_text(text)
    return file


def test_what_is_encoded_is_what_a_plain_decoder_reads() -> None:
    mask = np.random.default_rng(5).random((23, 17)) < 0.4
    np.testing.assert_array_equal(decoded(encoded(mask), mask.shape), mask)
    assert encoded(np.ones((3, 2), bool)) == "1 6"
    assert encoded(np.array([[0, 1], [0, 0], [1, 0]], bool)) == "3 2"
    assert encoded(np.zeros((3, 2), bool)) == ""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ImageId,ClassId,EncodedPixels\nb_1.jpg,7,1 1\na.jpg,2,\na.jpg,7,\n", [(1, 7), (0, 2), (0, 7)]),
        ("rle;class;id\n;road;a\n;car;b_1\n", [(0, 2), (1, 7)]),
        ("ImageId_ClassId,EncodedPixels\nb_1.jpg_2,\na.jpg_7,\nb_1.jpg_7,\n", [(1, 2), (0, 7), (1, 7)]),
    ],
)
def test_a_sample_with_rows_for_images_and_classes_is_filled(
    paths: RunPaths, tmp_path: Path, text: str, keys: list[tuple[int, int]]
) -> None:
    file, found = _sample(tmp_path, text), _found()
    made = filled_masks(paths, found, read_mask_sample(file, found.of.about, found.of.ids))
    written = [write_numbered(paths, made) for _ in range(2)]
    assert [path.name for path in written] == ["submission-1.csv", "submission-2.csv"]
    assert submissions(paths) == tuple(written)
    before, after = read_csv(file), read_csv(written[0])
    column = next(place for place, name in enumerate(before.header) if name in ("EncodedPixels", "rle"))
    assert after.header == before.header
    for then, now, (image, value) in zip(before.rows, after.rows, keys, strict=True):
        assert then[:column] + then[column + 1 :] == now[:column] + now[column + 1 :]
        np.testing.assert_array_equal(decoded(now[column], MASKS[image].shape), MASKS[image] == value)


def test_a_row_for_each_image_takes_the_one_class_besides_the_background(paths: RunPaths, tmp_path: Path) -> None:
    found = _found(("background", "car"), (0, 7))
    file = _sample(tmp_path, "id,rle_mask\nb_1,\na,\nzz,1 1\n")
    sample = read_mask_sample(file, found.of.about, found.of.ids)
    with pytest.raises(SubmissionError, match="1 of the 3 ids of the sample have no predicted image: zz"):
        filled_masks(paths, found, sample)
    made = filled_masks(paths, found, sample, fill=True)
    assert made.filled == ("zz",)
    rows = made.content.decode().splitlines()
    assert rows == ["id,rle_mask", f"b_1,{encoded(MASKS[1] == 7)}", f"a,{encoded(MASKS[0] == 7)}", "zz,"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,EncodedPixels\na,\n", "one row for each image, and there are 2 classes: car, road"),
        ("id,class,rle\na,5,\n", r"no classes, neither by name nor by their value in masks: 5. .* car \(7\)"),
        ("id,class,rle\na,car,\na,7,\n", "several rows for the same image and class: a"),
        ("id,label\na,0\n", "needs one column that takes run-length encoded pixels"),
        ("id,class,width,rle\na,car,5,\n", "neither ids nor encoded pixels nor classes: class, width"),
    ],
)
def test_a_sample_that_is_not_understood_says_why(tmp_path: Path, text: str, words: str) -> None:
    found = _found()
    with pytest.raises(SubmissionError, match=words):
        read_mask_sample(_sample(tmp_path, text), found.of.about, found.of.ids)
