"""Measurements beside plain Pillow, OpenCV and numpy, with damaged files, interrupted and changed meanwhile."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

import explorer
from explorer.data.contents import Annotations
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.images import read_image
from explorer.data.overview import fine, look, saved, summaries
from explorer.data.overview.kept import Kept, path
from explorer.data.overview.measured import Measured
from explorer.data.overview.measuring import measure
from explorer.data.overview.near import compare
from explorer.data.overview.sampling import USUAL, Sampling, chosen
from tests.data.overview.generated import contents_of, jpeg, photograph

RNG = np.random.default_rng(5)
OLD = time.time() - 60  # files that were changed just now are not kept


def _row(file: Path) -> Any:
    found = look.at_file(file, file.name)
    assert not found.trouble
    return np.frombuffer(found.record, look.RECORD)[0]


@pytest.mark.parametrize("kind", ["color.jpg", "gray.jpg", "turned.jpg", "color.png", "cmyk.jpg", "palette.gif"])
def test_an_image_is_measured_as_pillow_decodes_it(tmp_path: Path, kind: str) -> None:
    file, image = tmp_path / kind, Image.fromarray(photograph(RNG))
    match kind:
        case "gray.jpg":
            image.convert("L").save(file)
        case "turned.jpg":
            exif = Image.Exif()
            exif[0x0112] = 6
            image.save(file, exif=exif)
        case "cmyk.jpg":
            image.convert("CMYK").save(file)
        case _:
            image.save(file)
    with Image.open(file) as opened:
        plain = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    row = _row(file)
    assert (row["height"], row["width"]) == plain.shape[:2]
    assert row["size"] == file.stat().st_size
    assert np.allclose(row["mean"], plain.mean(axis=(0, 1)) / 255, atol=0.002)
    assert np.allclose(row["square"], ((plain / 255.0) ** 2).mean(axis=(0, 1)), atol=0.002)
    gray = cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY)
    assert row["brightness"] == pytest.approx(gray.mean(), abs=0.5)
    assert row["contrast"] == pytest.approx(gray.std(), abs=0.5)
    assert row["format"].decode() == {"gif": "GIF", "png": "PNG"}.get(kind.split(".")[-1], "JPEG")


def test_a_large_jpeg_that_is_decoded_at_a_part_of_its_size_has_its_own_size_and_nearly_its_own_values(
    tmp_path: Path,
) -> None:
    pixels = photograph(RNG, 1500, 2300)
    row = _row(jpeg(tmp_path / "large.jpg", pixels))
    assert (row["height"], row["width"]) == pixels.shape[:2]
    plain = read_image(tmp_path / "large.jpg")
    assert np.allclose(row["mean"], plain.mean(axis=(0, 1)) / 255, atol=0.002)
    assert row["contrast"] == pytest.approx(cv2.cvtColor(plain, cv2.COLOR_RGB2GRAY).std(), rel=0.02)


def test_deviations_of_large_jpegs_are_those_of_all_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fine, "DRAWN", Sampling(8))
    _later(monkeypatch)
    rng, files = np.random.default_rng(7), []
    for number in range(16):
        height, width = ((300, 400), (600, 800), (900, 1200))[number % 3]  # the first is measured in full
        noisy = photograph(rng, height, width) * 0.4 + 60 + rng.normal(0, 25, (height, width, 3))
        files.append(jpeg(tmp_path / f"{number:02}.jpg", np.clip(noisy, 0, 255).astype(np.uint8)))
    contents = contents_of(files)
    found = measure(contents, kept=Kept())
    flat = np.concatenate([read_image(file).reshape(-1, 3) for file in files]) / 255
    channels = summaries.channels(contents, found)
    assert channels is not None
    assert (channels.large, channels.drawn) == (10, 8)
    assert np.allclose(channels.mean, flat.mean(axis=0), atol=0.002)
    assert np.allclose(channels.std, flat.std(axis=0), rtol=0.02)
    lossy = summaries.channels(contents, replace(found, fine=np.zeros((0, 3), np.float32)))
    assert lossy is not None
    assert (lossy.std < 0.9 * channels.std).all()
    seen: list[Path] = []
    monkeypatch.setattr(look, "whole_square", seen.append)
    assert np.array_equal(measure(contents, kept=Kept()).fine, found.fine, equal_nan=True)
    assert seen == []
    some = found.rows(np.array([3, 1]))
    assert np.array_equal(some.fine, found.fine[[3, 1]], equal_nan=True)


def test_only_equal_pixels_have_the_same_content(tmp_path: Path) -> None:
    pixels = photograph(RNG)
    one = jpeg(tmp_path / "a.jpg", pixels)
    named = jpeg(tmp_path / "b.jpg", pixels, comment=b"the same picture with a comment")
    turned = jpeg(tmp_path / "c.jpg", pixels, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0")
    for name, level in (("d.png", 1), ("e.png", 9)):
        Image.fromarray(pixels).save(tmp_path / name, compress_level=level)
    other = pixels.copy()
    other[0, 0, 0] ^= 1
    Image.fromarray(other).save(tmp_path / "f.png")
    found = [int(_row(tmp_path / name)["content"]) for name in ("a.jpg", "b.jpg", "c.jpg", "d.png", "e.png", "f.png")]
    assert found[0] == found[1]
    assert found[3] == found[4]
    assert len(set(found)) == 4
    assert (read_image(one) == read_image(named)).all()
    assert read_image(turned).shape != read_image(one).shape


def _damages(data: bytes) -> dict[str, bytes]:
    middle = len(data) // 2
    return {
        "cut.jpg": data[:middle],
        "cut with an end.jpg": data[:middle] + b"\xff\xd9",
        "no end.jpg": data[:-2],
        "zeros.jpg": data[:middle] + bytes(len(data) - middle),
        "flipped.jpg": bytes([*data[:middle], data[middle] ^ 0x55, *data[middle + 1 :]]),
        "head.jpg": data[:30],
        "text.jpg": b"<html>404 Not Found</html>",
        "empty.jpg": b"",
        "end only.jpg": b"\xff\xd8\xff\xd9",
        "a newline\n.jpg": data,
    }


def test_files_that_do_not_decode_are_those_that_the_reader_of_images_refuses(tmp_path: Path) -> None:
    whole = jpeg(tmp_path / "whole.jpg", photograph(RNG)).read_bytes()
    for name, data in _damages(whole).items():
        (tmp_path / name).write_bytes(data)
    head = bytearray(whole)  # a bomb: 65,000 × 65,000 px by its head
    at = head.index(b"\xff\xc0")
    head[at + 5 : at + 9] = b"\xfd\xe8\xfd\xe8"
    (tmp_path / "bomb.jpg").write_bytes(head)
    for number in range(60):  # damaged at random places
        torn = bytearray(whole)
        for place in RNG.integers(2, len(torn), 3):
            torn[place] = RNG.integers(256)
        (tmp_path / f"random {number}.jpg").write_bytes(torn)
    files = [*sorted(tmp_path.iterdir()), tmp_path / "missing.jpg"]
    found = measure(contents_of(files), kept=None)
    for row, file in enumerate(files):
        assert found.trouble.get(row, "") == _refusal(file)
    assert "megapixels" in found.trouble[files.index(tmp_path / "bomb.jpg")]
    assert len(found) == len(files)
    assert found.width[list(found.trouble)].max() == 0


def _refusal(file: Path) -> str:
    try:
        read_image(file)
    except ValueError as error:
        return str(error)
    return ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of 150 images each, in files that are not new."""
    for number in range(300):
        file = jpeg(tmp_path / "set" / "ab"[number % 2] / f"{number}.jpg", photograph(RNG, 60, 80))
        os.utime(file, (OLD, OLD))
    return tmp_path / "set"


class _Stopped(Exception):
    pass


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    seen: list[Path] = []
    original: Callable[..., look.Look] = look.at_file

    def at_file(file: Path, *rest: object) -> look.Look:
        seen.append(file)
        return original(file, *rest)

    monkeypatch.setattr(look, "at_file", at_file)
    return seen


def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock be ahead, so that files of this moment are old: their change of inode cannot be set back."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 60_000_000_000)


def test_a_canceled_measurement_goes_on_where_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _later(monkeypatch)
    contents = ImageFolderSpec(path=str(folder)).contents()
    seen = _counting(monkeypatch)

    def stop(*_: int) -> None:
        raise _Stopped

    with pytest.raises(_Stopped):
        measure(contents, kept=Kept(), report=stop)
    seen.clear()
    measured = measure(contents, kept=Kept())
    assert 0 < len(seen) <= 300 - 128
    seen.clear()
    again = measure(contents, kept=Kept())
    assert seen == []
    fresh = measure(contents, kept=None)
    for one, other in ((measured, fresh), (again, fresh)):
        assert (one.dhash == other.dhash).all()
        assert (one.mean == other.mean).all()
    changed = next(iter(seen))
    jpeg(changed, photograph(RNG, 60, 80))
    seen.clear()
    assert len(measure(contents, kept=Kept())) == 300
    assert seen == [changed]


def test_a_damaged_store_counts_as_empty() -> None:
    path().parent.mkdir(parents=True)
    path().write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    kept = Kept()
    assert kept.trouble == ""
    assert kept.get([b"x" * 16]) == {}
    kept.add({b"x" * 16: (b"1", "")})
    assert kept.get([b"x" * 16]) == {b"x" * 16: (b"1", "")}


def test_a_store_that_another_process_keeps_locked_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.data.overview.kept._WAIT_S", 0.05)
    first = Kept()
    first.add({b"x" * 16: (b"1", "")})
    first.close()
    other = sqlite3.connect(path())
    other.execute("pragma locking_mode=exclusive")
    other.execute("begin exclusive")
    kept = Kept()
    assert "locked" in kept.trouble
    assert kept.get([b"x" * 16]) == {}
    other.close()
    assert Kept().get([b"x" * 16]) == {b"x" * 16: (b"1", "")}


def test_the_child_measures_and_leaves_what_a_page_reads(folder: Path) -> None:
    spec = ImageFolderSpec(path=str(folder))
    command = [sys.executable, "-m", "explorer.data.overview.run", spec.model_dump_json(), "40", "7"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=explorer.child_environment())
    file = saved.place(spec, Sampling(40, 7))
    assert printed.stdout.splitlines()[-1] == str(file)
    found = saved.read(file)
    assert found is not None
    other_fold = spec.model_copy(update={"folds": 5, "fold": 3})
    assert saved.place(other_fold, Sampling(40, 7)) == file
    contents = spec.contents()
    aligned = found.measured.aligned(contents.ids)
    direct = measure(contents, Sampling(40, 7))
    assert aligned.sampled
    assert (aligned.index == direct.index).all()
    assert (aligned.content == direct.content).all()
    assert len(found.duplicates(contents.ids, contents.part).pairs) == len(compare(direct).first)
    assert json.loads(spec.model_dump_json())["path"] == str(folder)


def test_a_table_is_measured_once_however_its_images_are_divided(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "table.csv").write_text("path,label,group\na.png,x,1\n")
    spec = CsvSpec(path=str(tmp_path / "table.csv"), folder=str(tmp_path / "images"))
    others = [
        {"group_column": "group", "split_column": "label"},
        {"folder": str(tmp_path / "images" / ".." / "images")},
    ]
    for changes in others:
        assert saved.place(spec.model_copy(update=changes), USUAL) == saved.place(spec, USUAL)
    assert saved.place(spec.model_copy(update={"folder": ""}), USUAL) != saved.place(spec, USUAL)


def test_the_oldest_measurements_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_MOST_FILES", 3)
    jpeg(tmp_path / "a.jpg", photograph(RNG))
    measured = measure(contents_of([tmp_path / "a.jpg"]), kept=None)
    for number in range(5):
        file = tmp_path / "kept" / f"{number}.npz"
        saved.write(file, measured, compare(measured))
        os.utime(file, (OLD + number, OLD + number))
    (tmp_path / "kept" / "left.progress").touch()
    os.utime(tmp_path / "kept" / "left.progress", (0, 0))
    saved.write(tmp_path / "kept" / "0.npz", measured, compare(measured))
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"0.npz", "3.npz", "4.npz"}


def test_a_data_set_that_cannot_be_listed_is_refused_with_a_message(tmp_path: Path) -> None:
    spec = ImageFolderSpec(path=str(tmp_path / "nothing"))
    command = [sys.executable, "-m", "explorer.data.overview.run", spec.model_dump_json()]
    failed = subprocess.run(command, check=False, capture_output=True, text=True, env=explorer.child_environment())
    assert failed.returncode == 1
    assert "There is no folder" in failed.stderr


def test_the_same_images_are_drawn_in_whatever_order_they_are_listed() -> None:
    ids = [f"{number:05d}" for number in range(1000)]
    shuffled = list(np.array(ids)[np.random.default_rng(1).permutation(1000)])
    one, other = (chosen(names, Sampling(50, 3)) for names in (ids, shuffled))
    assert {ids[place] for place in one} == {shuffled[place] for place in other}
    assert len(one) == 50
    assert (chosen(ids, USUAL) == np.arange(1000)).all()


def test_measurements_follow_images_to_their_new_places(folder: Path) -> None:
    contents = ImageFolderSpec(path=str(folder)).contents()
    found = measure(contents, Sampling(30, 0))
    turned = list(reversed(contents.ids))[10:]
    aligned = found.aligned(turned)
    assert isinstance(aligned, Measured)
    assert (np.diff(aligned.index) > 0).all()
    assert aligned.total == 290
    known = dict(zip(found.ids, found.content.tolist(), strict=True))
    assert all(known[turned[place]] == content for place, content in zip(aligned.index, aligned.content, strict=True))


def test_masks_are_measured_beside_their_images_and_those_that_fit_nothing_are_named(tmp_path: Path) -> None:
    files = [jpeg(tmp_path / f"{number}.jpg", photograph(RNG, 40, 60)) for number in range(4)]
    values = np.zeros((40, 60), np.uint8)
    values[:10] = 1
    Image.fromarray(values).save(tmp_path / "fits.png")
    Image.fromarray(values[:20]).save(tmp_path / "half.png")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG")
    boxes = np.array([[1, 2, 30, 20, 0]], np.float32)
    about = [
        Annotations(bboxes=boxes, mask=tmp_path / "fits.png"),
        Annotations(mask=tmp_path / "half.png"),
        Annotations(mask=tmp_path / "torn.png"),
        Annotations(bboxes=boxes, mask=lambda: values),
    ]
    contents = replace(contents_of(files), mask_classes=("ground", "thing"), annotations=about.__getitem__)
    reports: list[tuple[int, int]] = []
    found = measure(contents, report=lambda done, total: reports.append((done, total)))
    assert found.mask_area is not None
    assert np.allclose(found.mask_area[[0, 1, 3]], [[0.75, 0.25], [0.5, 0.5], [0.75, 0.25]])
    assert np.isnan(found.mask_area[2]).all()
    assert sorted(found.mask_trouble) == [1, 2]
    assert "60 × 20 px" in found.mask_trouble[1]
    assert found.box_row.tolist() == [0, 3]
    assert reports == sorted(reports)
    assert reports[-1] == (4, 4)


def test_masks_with_values_that_are_no_class_and_those_that_are_all_void_are_named(tmp_path: Path) -> None:
    values = np.zeros((40, 60), np.uint8)
    values[0, :7], values[1, :2] = 9, 255
    masks = [values, np.full((40, 60), 255, np.uint8)]
    files = [jpeg(tmp_path / f"{number}.jpg", photograph(RNG, 40, 60)) for number in range(2)]
    about = [Annotations(mask=lambda mask=mask: mask) for mask in masks]
    found = measure(replace(contents_of(files), mask_classes=("ground", "thing"), annotations=about.__getitem__))
    assert found.mask_trouble[0] == "The mask has values that are no class: 9 (7 px)."
    assert found.mask_trouble[1].startswith("All pixels of the mask are 255")
