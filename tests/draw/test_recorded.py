"""Images of a run, drawn by worker processes: the right ones, as the network saw them, or the reason why not."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.augment import presets
from explorer.augment.pipeline import Pipeline, validate
from explorer.data.cache.contents import content_of, contents_of, joined_digest
from explorer.data.dataset import DatasetError
from explorer.data.fit import square
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.specs import DatasetSpec
from explorer.draw.listing import ListValidation
from explorer.draw.pictures import NoPicture
from explorer.draw.pool import Pool
from explorer.draw.recorded import Card, NetworkInput, Recorded, RecordedPicture, refuse_other_versions
from explorer.draw.training_images import ListTraining, TrainingInput, batch_of, mix_of, partner_of
from explorer.runs.spec.config import RunConfig
from explorer.training.data import Images
from explorer.training.mixing import mixed, plan_for
from explorer.training.prepared import Prepared
from tests.draw.conftest import drawn

SIZE = 32


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Class folders in train/ and val/, with images of random pixels, inside the folders that pages may read."""
    root, generator = tmp_path / "animals", np.random.default_rng(0)
    for part, count in (("train", 5), ("val", 3)):
        for name in ("ants", "bees"):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                pixels = generator.integers(0, 256, (40, 52, 3), np.uint8)
                cv2.imwrite(str(root / part / name / f"{number}.png"), pixels)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    return root


def config_of(dataset: DatasetSpec, **more: object) -> RunConfig:
    pipeline = validate(presets.draft("medium"))
    return RunConfig(dataset=dataset, pipeline=pipeline, image_size=SIZE, batch_size=4, seed=3, **more)  # type: ignore[arg-type]


def spec_of(folder: Path) -> ImageFolderSpec:
    return ImageFolderSpec(path=str(folder), depth="by_image", links="inside")


def recorded(spec: DatasetSpec, part: str, index: int) -> Recorded:
    """An image as a run would have recorded it."""
    dataset = spec.open()
    split = dataset.train if part == "train" else dataset.val
    return Recorded(spec, part, index, split.ids[index], content_of(split, index).hex())


def versions() -> tuple[tuple[str, str], ...]:
    from importlib.metadata import version

    return tuple((name, version(name)) for name in ("albumentations", "opencv-python-headless"))


def pixels_of(card: Card) -> np.ndarray:
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(card.picture, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def as_trained(config: RunConfig) -> Images:
    """The loaders of the trainer itself."""
    dataset = config.dataset.open()
    train = Prepared(dataset.train, config.kept, keep=False)
    return Images(config, train, Prepared(dataset.val, square(SIZE), keep=False), workers=0)


@pytest.mark.parametrize("kind", ["files", "generated"])
def test_validation_and_training_images_are_shown_as_the_loaders_of_the_trainer_give_them(
    folder: Path, pool: Pool, kind: str
) -> None:
    spec = spec_of(folder) if kind == "files" else DigitsSpec()
    config = config_of(spec)
    loaders = as_trained(config)
    first = next(iter(loaders.val_dataloader()))
    for index in (0, 1):
        shown = drawn(pool, NetworkInput(recorded(spec, "val", index), config, None, versions()))
        assert np.array_equal(pixels_of(shown), first.images[index].permute(1, 2, 0).numpy())

    batches = loaders.train_dataloader()
    batches.batch_sampler.sampler.set_epoch(2)  # type: ignore[union-attr]
    batch = next(iter(batches))
    index = int(batch.indices[1])
    own = NetworkInput(recorded(spec, "train", index), config, 2, versions())
    shown = drawn(pool, TrainingInput(own, None, len(spec.open().train)))
    assert np.array_equal(pixels_of(shown), batch.images[1].permute(1, 2, 0).numpy())
    other = drawn(pool, TrainingInput(replace(own, epoch=0), None, len(spec.open().train)))
    assert not np.array_equal(pixels_of(shown), pixels_of(other))


def test_a_mixed_image_is_shown_with_the_image_that_the_trainer_has_mixed_in(folder: Path, pool: Pool) -> None:
    spec = spec_of(folder)
    config = config_of(spec, mixing="both")
    batches = as_trained(config).train_dataloader()
    batches.batch_sampler.sampler.set_epoch(1)  # type: ignore[union-attr]
    for number, batch in enumerate(batches):
        mix = plan_for(config, config.seed, 1, number, batch.images)
        assert mix is not None
        expected = mixed(batch.images, mix)[0].permute(1, 2, 0).numpy() * 255
        index = int(batch.indices[0])
        partner = partner_of(config, 10, 1, index)
        assert partner == int(batch.indices[mix.partners[0]])
        own = NetworkInput(recorded(spec, "train", index), config, 1, versions())
        shown = drawn(pool, TrainingInput(own, recorded(spec, "train", partner), 10))
        assert np.abs(pixels_of(shown) - expected).max() <= 0.51  # rounded to 8 bits
        assert recorded(spec, "train", partner).id in shown.note


def test_an_image_that_an_epoch_leaves_out_is_in_no_batch() -> None:
    config = config_of(DigitsSpec())
    batches = [batch_of(config, 9, 0, index) for index in range(9)]
    assert sum(batch is None for batch in batches) == 1  # a last batch of one image
    assert all(mix_of(config, batch, 0) is None for batch in batches if batch)


def test_a_changed_or_deleted_image_says_so_and_one_outside_the_folders_is_not_read(
    folder: Path, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = spec_of(folder)
    changed, deleted, kept = (recorded(spec, "val", index) for index in range(3))
    (folder / changed.id).write_bytes((folder / kept.id).read_bytes())
    (folder / deleted.id).unlink()
    for image, words in ((changed, "Changed since"), (deleted, "Deleted since")):
        with pytest.raises(NoPicture, match=words):
            drawn(pool, RecordedPicture(image))
        with pytest.raises(NoPicture, match=words):
            drawn(pool, NetworkInput(image, config_of(spec), None, versions()))
    # The others are found by their names, although they have other places by now.
    shown = drawn(pool, RecordedPicture(kept))
    assert shown.size == (40, 52)
    assert shown.note == ""
    unknown = replace(kept, hash="")
    assert "may have changed" in drawn(pool, RecordedPicture(unknown)).note
    with pytest.raises(NoPicture, match="no hash"):
        drawn(pool, NetworkInput(unknown, config_of(spec), None, versions()))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "elsewhere"))
    for image in (kept, replace(kept, id="../../../../etc/hostname")):
        with pytest.raises(NoPicture, match="outside the folders"):
            drawn(pool, RecordedPicture(image))


def test_other_versions_are_refused_with_both_numbers() -> None:
    refuse_other_versions(versions())
    with pytest.raises(NoPicture, match=r"albumentations 1\.3\.0 then, \d+\.\d+\.\d+ now"):
        refuse_other_versions((("albumentations", "1.3.0"), *versions()))
    with pytest.raises(NoPicture, match="has not recorded the versions"):
        refuse_other_versions(())


def test_training_images_are_listed_only_while_they_are_those_of_the_run(folder: Path, pool: Pool) -> None:
    spec = spec_of(folder)
    config = config_of(spec)
    split = spec.open().train
    contents = joined_digest(contents_of(split, None, 1, lambda done: None))
    request = ListTraining(config, split.listing(config.kept), contents)
    listed = drawn(pool, request)
    assert listed.ids == split.ids
    assert listed.labels == tuple(split.labels.tolist())
    assert listed.hashes[3] == recorded(spec, "train", 3).hash
    with pytest.raises(NoPicture, match="has not recorded which training images"):
        drawn(pool, replace(request, contents=""))
    cv2.imwrite(str(folder / "train" / "ants" / "0.png"), np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(NoPicture, match="content of training images has changed"):
        drawn(pool, request)
    with pytest.raises(NoPicture, match="no longer those of the run"):
        drawn(pool, replace(request, listing="0" * 16))


def test_a_pipeline_that_scales_is_shown_with_a_word_about_it(folder: Path, pool: Pool) -> None:
    spec = spec_of(folder)
    from explorer.augment.pipeline import Step

    pipeline = Pipeline(nodes=(Step(id="n1", transform="Normalize", p=1.0),))
    config = config_of(spec).model_copy(update={"pipeline": pipeline})
    assert "scales the values" in drawn(pool, NetworkInput(recorded(spec, "val", 0), config, None, versions())).note


def test_a_table_outside_the_folders_is_not_read(
    folder: Path, pool: Pool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = tmp_path_factory.mktemp("outside") / "people.csv"
    table.write_text("path,label\nalice@corp.png,ant\n")
    spec = CsvSpec(path=str(table), folder=str(folder), depth="by_image")
    requests = (ListValidation(spec, SIZE), ListTraining(config_of(spec), "0", "0"))
    for request in requests:
        with pytest.raises((DatasetError, NoPicture), match="outside the folders") as refused:
            drawn(pool, request)
        assert "alice" not in str(refused.value)
