"""What the Data page says of a data set, and which images its charts and filters open, compared with plain counting."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from explorer.augment.pipeline import Draft, Step
from explorer.data import curation
from explorer.data.contents import NO_LABEL, Annotations, Contents, LeftOut
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.overview.measured import Measured
from explorer.ui.data import browsing, channels, counts, opened, picked, understood
from explorer.ui.data.album import Album, classes_of
from explorer.ui.data.annotated import annotated_of
from explorer.ui.session.workspace import demo_draft

COUNT = 200


def contents() -> Contents:
    generator = np.random.default_rng(0)
    return Contents(
        "made",
        ("cat", "dog", "owl"),
        ("train", "val"),
        [f"{index}.jpg" for index in range(COUNT)],
        lambda index: Path(f"/nowhere/{index}.jpg"),
        generator.integers(0, 2, COUNT).astype(np.int8),
        generator.integers(-1, 3, COUNT).astype(np.int32),
        left_out=(LeftOut("한글, a.jpg", 'It is "empty".'),),
    )


def measured(made: Contents) -> Measured:
    """Measurements of every second image, one of which does not decode."""
    index = np.arange(0, len(made), 2)
    values = np.random.default_rng(1).uniform(0, 255, len(index)).astype(np.float32)
    px = np.full(len(index), 64, np.int32)
    channel = np.zeros((len(index), 3), np.float32)
    hashes = np.zeros(len(index), np.uint64)
    return Measured(
        len(made), index, px, px, px.astype(np.int64), values, values, values, channel, channel, hashes, hashes,
        ["JPEG"] * len(index), {3: "It is cut off."},
    )  # fmt: skip


def test_the_answer_counts_images_parts_classes_and_what_was_left_out() -> None:
    made = contents()
    said = understood.answer(made, counts.counts_of(made), annotated_of(made))
    parts = [int((made.part == part).sum()) for part in (0, 1)]
    where = f"{parts[0]} in training, {parts[1]} in validation"
    assert said == f"200 images in 3 classes: {where}. 1 row or file cannot be used."
    by_you = understood.answer(replace(made, left_out=()), counts.counts_of(made), annotated_of(made), by_you=2)
    assert by_you == f"200 images (2 left out by you) in 3 classes: {where}."
    assert understood.decoding(measured(made)) == "1 does not decode."
    assert _table(made) == [["Name", "Reason"], ["한글, a.jpg", 'It is "empty".']]
    made = replace(made, left_out=(LeftOut("=1+1.jpg", "-"),))
    assert _table(made)[1] == ["'=1+1.jpg", "'-"]


def _table(made: Contents) -> list[list[str]]:
    return list(csv.reader(io.StringIO(understood.left_out_csv(made).decode("utf-8-sig"), newline="")))


def test_counts_and_filters_agree_with_counting_one_by_one() -> None:
    made = contents()
    found = counts.counts_of(made)
    for part in (0, 1):
        for label in (NO_LABEL, 0, 1, 2):
            plain = [at for at in range(COUNT) if made.part[at] == part and made.label[at] == label]
            assert counts.of_class(made, label, part).tolist() == plain
            assert (found.without[part] if label == NO_LABEL else found.table[part, label]) == len(plain)


def test_samples_are_of_as_many_classes_as_possible_and_the_same_each_time() -> None:
    made = contents()
    chosen = understood.samples(made)
    assert set(made.label[chosen]) == {0, 1, 2}
    assert len(set(chosen.tolist())) == understood.SAMPLES
    assert chosen.tolist() == understood.samples(made).tolist()


def test_an_order_by_what_was_measured_has_measured_images_only() -> None:
    made = contents()
    known = measured(made)
    places = counts.of_class(made, 1, None)
    row = {int(index): number for number, index in enumerate(known.index)}
    there = [place for place in places.tolist() if place in row and row[place] != 3]
    assert browsing.ordered(places, known, "bright").tolist() == sorted(
        there, key=lambda at: -known.brightness[row[at]]
    )


def test_boxes_are_counted_by_class_and_their_images_found() -> None:
    boxes = {5: [[0, 0, 9, 9, 1], [1, 1, 5, 5, 1]], 9: [[0, 0, 3, 3, 0]], 12: [[2, 2, 4, 4, 7]]}  # 7 is no class

    def known(index: int) -> Annotations:
        return Annotations(np.array(boxes.get(index, []), np.float32).reshape(-1, 5))

    made = replace(contents(), annotations=known, label=np.full(COUNT, NO_LABEL, np.int32))
    found = annotated_of(made)
    assert (found.kind, found.counts.tolist(), found.whole) == ("boxes", [1, 2, 0], True)
    assert found.images_with(1).tolist() == [5]
    assert Album(opened.Opened("coco:/x", opened.spec_of("shapes"), made)).caption(5).title == "2 dog"
    said = understood.answer(made, counts.counts_of(made), found)
    assert said.startswith("200 images with 4 boxes of 3 classes: ")


def test_the_background_of_masks_has_no_color() -> None:
    made = replace(contents(), mask_classes=("background", "sky", "road"))
    assert (classes_of(made).names, classes_of(made).first) == (("sky", "road"), 1)
    assert classes_of(replace(made, mask_classes=("sky", "road"))).first == 0


def test_means_and_deviations_fill_the_last_normalize_or_a_new_one() -> None:
    draft = channels.normalized(demo_draft(), [0.5, 0.4, 0.3], [0.2, 0.2, 0.2])
    assert len(draft.nodes) == len(demo_draft().nodes) + 1
    again = channels.normalized(draft, [0.1, 0.1, 0.1], [0.3, 0.3, 0.3])
    last = again.nodes[-1]
    assert isinstance(last, Step)
    assert (last.transform, last.p, last.params["mean"], last.params["std"]) == ("Normalize", 1.0, [0.1] * 3, [0.3] * 3)
    assert len(again.nodes) == len(draft.nodes)
    assert len(channels.normalized(Draft(), [0.5] * 3, [0.2] * 3).nodes) == 1


@pytest.mark.parametrize("key", ["", "image_folder", "image_folder:", "nothing:/data", "shapes:/data", "x" * 9_000])
def test_an_address_that_names_no_data_set_is_refused_in_words(key: str) -> None:
    with pytest.raises(DatasetError, match="no data set"):
        opened.spec_of(key)


def test_an_address_cannot_lead_out_of_the_allowed_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "in"))
    for place in ("/etc", str(tmp_path / "in" / ".." / "out")):
        with pytest.raises(DatasetError):
            opened.of_key(f"image_folder:{place}")


def test_parts_are_those_of_a_run_that_keeps_images_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    for number in range(20):
        file = tmp_path / "insects" / ("ants", "bees")[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number, 0, 0)).save(file)
    found = opened.of_key(f"image_folder:{tmp_path / 'insects'}")
    assert isinstance(found.spec, FileSpec)
    assert opened.as_divided(found) is found
    places = [int(np.flatnonzero(found.contents.part == part)[0]) for part in (0, 1)]
    curation.keep_together(found.spec, [[found.contents.ids[place] for place in places]])
    divided = opened.as_divided(found).contents
    assert divided.part[places[0]] == divided.part[places[1]]
    parts = dict(zip(divided.ids, divided.part.tolist(), strict=True))
    of_run = curation.curated(found.spec).contents()
    assert parts == dict(zip(of_run.ids, of_run.part.tolist(), strict=True))


def test_filters_are_those_of_the_bar_that_was_clicked() -> None:
    picked.pick("key", "ants, validation", np.arange(3), (0, 1))
    assert [st.session_state[f"{name}:key"] for name in picked.FILTERS] == [0, 1]
    picked.filter_changed()
    assert picked.current("key") is None
    picked.pick("key", "ants, validation", np.arange(3), (0, 1))
    picked.drop()
    assert [st.session_state[f"{name}:key"] for name in picked.FILTERS] == [picked.EVERY] * 2
