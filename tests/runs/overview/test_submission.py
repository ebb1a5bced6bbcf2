"""Sample submissions are understood by their columns and values, and filled in their own order."""

import resource
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.runs.overview import submission
from explorer.runs.overview.prediction_table import as_csv, as_parquet, columns
from explorer.runs.overview.sample_submission import SubmissionError, read_sample
from explorer.runs.overview.submission import filled, rows_of, submissions, write_numbered
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, Predictions, predicted_by

IDS = ("test/a.jpg", "test/b.jpg", "=cmd|' /C calc'!A0.jpg", "개미.png")
SCORES = np.array([[0.9, 0.1], [0.25, 0.75], [0.5, 0.5], [0.4, 0.6]], np.float32)


def _found(classes: tuple[str, ...] = ("ants", "bees"), scores: np.ndarray = SCORES) -> Predictions:
    about = About(classes, (), len(scores), 512, 0, "")
    none, predicted = np.full(len(scores), -1), predicted_by(scores, {})
    return Predictions(
        classes, IDS, scores, scores, scores[None], none, {}, predicted, predicted, IDS, np.arange(len(scores)), about,
        True,
    )  # fmt: skip


def _file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sample_submission.csv"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("id,ants,bees\nb,0,0\na,0,0\n", "id,ants,bees\nb,0.25,0.75\na,0.899999976,0.100000001\n"),
        ("bees,file\n0.5,b.jpg\n0.5,개미.png\n", "bees,file\n0.75,b.jpg\n0.600000024,개미.png\n"),
        ("id,label\na,0.5\n", "id,label\na,0.100000001\n"),  # the second of two classes, as for AUROC
        ("id,label\nb,0\na,1\n", "id,label\nb,1\na,0\n"),
        ("id;label\ntest\\a.jpg;bees\n", "id;label\ntest\\a.jpg;ants\n"),
        ("\ufeffid,prob_ants,prob_bees\na.jpeg,,\n", "id,prob_ants,prob_bees\na.jpeg,0.899999976,0.100000001\n"),
        ("id,class_1,class_0\na,0,0\n", "id,class_1,class_0\na,0.100000001,0.899999976\n"),
    ],
)
def test_a_sample_is_filled_as_its_columns_and_values_say(tmp_path: Path, sample: str, expected: str) -> None:
    found = _found()
    read = read_sample(_file(tmp_path, sample), found.classes, found.ids)
    assert filled(found, read).content.decode() == expected


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("id,label\na,0.5\nzz,0.5\nyy,0.5\n", "2 of the 3 ids of the sample have no predicted image: zz, yy"),
        ("id,ants,wasps\na,0,0\n", "no classes of the prediction: wasps"),
        ("id,ants,ant\na,0,0\n", "no classes"),
        ("id,label\na,wasps\n", "“wasps”, which is neither a number nor a class"),
        ("id," + "9" * 5000 + ",1\na,0,0\n", "no classes"),
        ("id\na\n", "needs a column of ids, another column"),
        ("id,label,label\na,0,0\n", "two columns of the same name"),
    ],
)
def test_a_sample_that_does_not_fit_is_an_error_that_names_it(tmp_path: Path, sample: str, words: str) -> None:
    found = _found()
    with pytest.raises(SubmissionError, match=words):
        filled(found, read_sample(_file(tmp_path, sample), found.classes, found.ids))


def test_ids_without_an_image_get_the_mean_only_with_consent(tmp_path: Path) -> None:
    found = _found()
    read = read_sample(_file(tmp_path, "id,ants,bees\na,0,0\nzz,0,0\n"), found.classes, found.ids)
    made = filled(found, read, fill=True)
    assert made.filled == ("zz",)
    assert made.unused == 3
    mean = [float(cell) for cell in made.content.decode().splitlines()[2].split(",")[1:]]
    assert mean == pytest.approx(SCORES.mean(axis=0).tolist())


def test_an_id_that_fits_several_images_is_an_error(tmp_path: Path) -> None:
    found = _found()
    twice = ("x/a.jpg", "y/a.jpg", *IDS[2:])
    read = read_sample(_file(tmp_path, "id,label\na,0.5\n개미.png,0.5\n"), found.classes, twice)
    with pytest.raises(SubmissionError, match="fit several"):
        filled(replace(found, ids=twice), read)


@pytest.mark.parametrize(
    ("ids", "asked", "rows"),
    [
        (("A/1.jpg",), ("A/1.jpg", "B/1.jpg"), [0, -1]),
        (("1.jpg",), ("1.5", "1.25", "1"), [-1, -1, 0]),
        (("img.jpg",), ("img.v1", "img.v2", "img.JPG"), [-1, -1, 0]),
        (("a.jpg",), ("a.png", "a.jpg"), [-1, 0]),
        (("test/a/1.jpg", "2.jpg"), ("a/1", "c/2.png"), [0, 1]),
    ],
)
def test_no_id_gets_the_prediction_of_another_image(
    tmp_path: Path, ids: tuple[str, ...], asked: tuple[str, ...], rows: list[int]
) -> None:
    read = read_sample(_file(tmp_path, "id,label\n" + "".join(f"{name},0.5\n" for name in asked)), ("x", "y"), ids)
    assert rows_of(read, ids) == rows


def test_two_ids_of_one_image_are_an_error(tmp_path: Path) -> None:
    read = read_sample(_file(tmp_path, "id,label\nx/a,0.5\na,0.5\n"), ("x", "y"), ("a.jpg",))
    with pytest.raises(SubmissionError, match="the same predicted image: a, x/a"):
        rows_of(read, ("a.jpg",))


def test_classes_that_are_numbers_are_written_by_their_names(tmp_path: Path) -> None:
    scores = np.array([[0.2, 0.5, 0.3]] * 4, np.float32)
    for names in (("1", "2", "3"), ("00", "01", "03")):
        read = read_sample(_file(tmp_path, "id,label\na,0\n"), names, IDS)
        assert filled(_found(names, scores), read).content.decode() == f"id,label\na,{names[1]}\n"
        with pytest.raises(SubmissionError, match="no classes of the prediction: 0"):
            read_sample(_file(tmp_path, "id,0,1,2\na,0,0,0\n"), names, IDS)
    read = read_sample(_file(tmp_path, "id,0,1,2\na,0,0,0\n"), ("x", "y", "z"), IDS)
    assert dict(read.columns) == {1: 0, 2: 1, 3: 2}
    with pytest.raises(SubmissionError, match="numbered from 0 to 1"):
        read_sample(_file(tmp_path, "id,label\na,1\nb,2\n"), ("ants", "bees"), IDS)


def test_a_sample_in_utf_16_is_read_as_tables_are(tmp_path: Path) -> None:
    file, found = tmp_path / "sample.csv", _found()
    file.write_text("id,label\na,ants\nb,bees\n", encoding="utf-16")
    sample = read_sample(file, found.classes, found.ids)
    assert (sample.header, sample.ids, sample.fills) == (("id", "label"), ("a", "b"), "label")


def test_one_number_for_three_classes_is_refused_unless_it_is_their_number(tmp_path: Path) -> None:
    scores = np.array([[0.2, 0.5, 0.3]] * 4, np.float32)
    found = _found(("ants", "bees", "wasps"), scores)
    with pytest.raises(SubmissionError, match="not known whose"):
        read_sample(_file(tmp_path, "id,score\na,0.5\n"), found.classes, found.ids)
    read = read_sample(_file(tmp_path, "id,score\na,2\n"), found.classes, found.ids)
    assert filled(found, read).content == b"id,score\na,1\n"


def test_submissions_are_numbered_and_never_written_over(tmp_path: Path) -> None:
    paths, found = RunPaths(tmp_path), _found()
    paths.predictions.mkdir()
    made = filled(found, read_sample(_file(tmp_path, "id,label\na,0.5\n"), found.classes, found.ids))
    for _ in range(11):
        write_numbered(paths, made)
    assert [path.name for path in submissions(paths)] == [f"submission-{number}.csv" for number in range(1, 12)]


def test_a_submission_that_cannot_be_written_whole_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, found = RunPaths(tmp_path), _found()
    paths.predictions.mkdir()
    made = filled(found, read_sample(_file(tmp_path, "id,label\na,0.5\n"), found.classes, found.ids))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            write_numbered(paths, made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(paths.predictions.iterdir()) == []
    monkeypatch.setattr(submission, "MOST", 1)
    write_numbered(paths, made)
    with pytest.raises(SubmissionError, match="which is the most"):
        write_numbered(paths, made)


def test_tables_hold_what_is_predicted_and_no_formula(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = columns(_found())
    (tmp_path / "table.csv").write_bytes(as_csv(table))
    (tmp_path / "table.parquet").write_bytes(as_parquet(table))
    csv, parquet = pandas.read_csv(tmp_path / "table.csv"), pandas.read_parquet(tmp_path / "table.parquet")
    assert csv["id"].tolist() == [IDS[0], IDS[1], f"'{IDS[2]}", IDS[3]]
    assert parquet["id"].tolist() == list(IDS)
    for found in (csv, parquet):
        assert found["predicted"].tolist() == ["ants", "bees", "ants", "bees"]
        assert np.array_equal(found[["p_ants", "p_bees"]].to_numpy(np.float32), SCORES)
