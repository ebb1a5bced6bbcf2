"""Where a run's images are kept changes nothing but its pace, and what is kept is a choice that is kept to."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from explorer.augment.apply import augment
from explorer.data.cache import contents, memo
from explorer.data.cache.contents import contents_of
from explorer.data.prepare import fit_square
from explorer.data.sample import Sample
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import from_json, in_words
from explorer.runs.spec.config import RunConfig
from explorer.training.attempt import Attempt
from explorer.training.batch import Batch
from explorer.training.data import Images
from explorer.training.prepared import Prepared
from explorer.training.reading import read
from explorer.training.stopping import StopRequest
from tests.training.conftest import SMALL, config_of, events_of, folder_of, make_image_folder, run_here


def _cached(paths: RunPaths) -> str:
    (start,) = [event for event in events_of(paths) if event.kind == "start"]
    assert start.values["notes"] == []  # where images lie is no news about the data
    return " ".join(in_words(from_json(note)) for note in start.values["cached"])


def _weights(paths: RunPaths) -> dict[str, Any]:
    found: dict[str, Any] = torch.load(paths.last, weights_only=True)["state_dict"]
    return found


def test_a_run_ends_with_the_same_weights_wherever_its_images_are(monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(**SMALL, epochs=1)
    told, weights = [], []
    for name, memory, disk, changes in (
        ("memory", "500", "1", {}),
        ("again", "500", "1", {}),
        ("file", "0", "1", {}),
        ("part", "0.1", "1", {"workers": 2}),
        ("nowhere", "0", "0", {}),
    ):
        monkeypatch.setenv("EXPLORER_CACHE_MEMORY", memory)
        monkeypatch.setenv("EXPLORER_CACHE_DISK", disk)
        paths, outcome = run_here(config.model_copy(update=changes), name)
        assert outcome.state == "finished", outcome.reason
        told.append(_cached(paths))
        weights.append(_weights(paths))
    assert told == [
        "Cached 33 images in memory (137 kB). 33 of 33 were decoded for this run.",
        "Cached 33 images in memory (137 kB). 0 of 33 were decoded for this run.",
        "Cached 33 images on the disk. 0 of 33 were decoded for this run.",
        "Cached 24 images in memory (100 kB) and 9 images on the disk. 0 of 33 were decoded for this run.",
        "33 of 33 images are not cached: they are decoded again in each epoch.",
    ]
    for other in weights[1:]:
        assert other.keys() == weights[0].keys()
        assert all(torch.equal(weights[0][key], value) for key, value in other.items())


def test_a_setting_that_is_no_amount_ends_the_run_with_what_is_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CACHE_DISK", "-1")
    _, outcome = run_here(config_of())
    assert outcome.state == "failed"
    assert "EXPLORER_CACHE_DISK is '-1'. Expected GB as a number from 0, such as 20." in outcome.reason


def _read(config: RunConfig) -> tuple[Prepared, Prepared]:
    class Writer:
        def write(self, *_: Any, **__: Any) -> None:
            pass

    writer: Any = Writer()
    paths = folder_of(config, f"reads-{config.cache_size}-{config.seed}")
    data = read(Attempt(paths, 1, writer, StopRequest(paths.stop)), config, 1)
    return data.train, data.val


CROP = {"kind": "step", "id": "c", "transform": "RandomCrop", "p": 1.0, "params": {"height": 44, "width": 40}}


@pytest.mark.parametrize(
    ("changes", "seen_size"),
    [
        ({}, (32, 40)),
        ({"cache_size": 0}, (40, 50)),
        ({"cache_size": 56}, (56, 70)),
        ({"pipeline": {"nodes": [CROP]}}, (44, 55)),
        ({"kept_as": "squares"}, (32, 32)),
        ({"kept_as": "squares", "cache_size": 56}, (56, 56)),
    ],
    ids=str,
)
def test_augmentation_sees_the_size_that_was_chosen_and_the_network_its_own(
    tmp_path: Path, changes: Any, seen_size: tuple[int, int]
) -> None:
    folder = make_image_folder(tmp_path, {"ants": 5, "bees": 4})
    make_image_folder(tmp_path, {"ants": 2, "bees": 2}, "val")
    config = config_of(dataset={"kind": "image_folder", "path": str(folder)}, **changes)
    train, val = _read(config)
    dataset = config.dataset.open()
    images = Images(config, train, val, 0)
    batches: list[Batch] = list(images.train_dataloader())
    for pixels, index in zip(batches[0].images, batches[0].indices.tolist(), strict=True):
        whole = dataset.train.load(index)
        method = cv2.INTER_AREA if seen_size[0] < 40 else cv2.INTER_LINEAR
        seen = Sample(cv2.resize(whole.image, seen_size[::-1], interpolation=method))
        if config.kept_as == "squares":
            seen = fit_square(whole, seen_size[0])
        expected = augment(seen, config.pipeline, config.seed, 0, index).image
        np.testing.assert_array_equal(pixels.permute(1, 2, 0).numpy(), fit_square(Sample(expected), 32).image)
    validated: list[Batch] = list(images.val_dataloader())
    for pixels, index in zip(validated[0].images, validated[0].indices.tolist(), strict=True):
        expected = fit_square(dataset.val.load(index), 32).image
        np.testing.assert_array_equal(pixels.permute(1, 2, 0).numpy(), expected)
        assert train.sample(0).size == seen_size
    assert train.tally.in_memory == (0 if config.cache_size == 0 else len(dataset.train))


def test_content_that_changed_is_another_identity_wherever_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_image_folder(tmp_path, {"ants": 5, "bees": 4})
    make_image_folder(tmp_path, {"ants": 2, "bees": 2}, "val")
    config = config_of(dataset={"kind": "image_folder", "path": str(folder)})
    before = _read(config)[0].contents()
    monkeypatch.setenv("EXPLORER_CACHE_MEMORY", "0")
    monkeypatch.setenv("EXPLORER_CACHE_DISK", "0")
    assert _read(config.model_copy(update={"seed": 1}))[0].contents() == before
    decoded_again = config.model_copy(update={"cache_size": 0})
    assert _read(decoded_again)[0].contents() == before
    image = next((folder / "train" / "ants").iterdir())
    image.write_bytes(image.read_bytes() + b"one more byte")
    assert _read(decoded_again.model_copy(update={"seed": 1}))[0].contents() != before


def test_files_that_have_not_changed_are_not_read_again_to_see_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memo, "FRESH_NS", -1)  # what was made just now counts as made long ago
    folder = make_image_folder(tmp_path, {"ants": 5, "bees": 4})
    make_image_folder(tmp_path, {"ants": 2, "bees": 2}, "val")
    split = config_of(dataset={"kind": "image_folder", "path": str(folder)}).dataset.open().train
    read: list[Path] = []
    reading = contents._read

    def noted(source: Path) -> bytes:
        read.append(source)
        return reading(source)

    monkeypatch.setattr(contents, "_read", noted)
    told: list[int] = []
    first = contents_of(split, tmp_path / "memo", 2, told.append)
    assert (len(read), told) == (len(split), [len(split)])
    assert contents_of(split, tmp_path / "memo", 2, told.append) == first
    assert len(read) == len(split)
    assert contents_of(split, None, 2, told.append) == first  # nothing may be noted: all are read
    assert len(read) == 2 * len(split)
