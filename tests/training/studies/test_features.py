import sqlite3

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.augment.network_input import training_image, validation_image
from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.training.prepared import Prepared
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.studies import bank
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.drawings import Drawing
from explorer.training.studies.extractor import BATCH, Extractor
from explorer.training.studies.features import Features, features_of_validation, features_of_views
from explorer.training.studies.images import joined
from tests.training.conftest import FLIP, NOISE, SHAPES, config_of

CONFIG = config_of(
    dataset=SHAPES | {"train_images": 37, "val_images": 24}, backbone="small-cnn", weights="none", frozen=False
)
SETUP = Setup.choose(CONFIG, {})


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.build(CONFIG, SETUP, lambda done, total: None)


@pytest.fixture(scope="module")
def samples() -> Prepared:
    found = Prepared(joined(CONFIG.dataset.open()), square(32), keep=True)
    found.read(1, lambda done: None)
    return found


def views(extractor: Extractor, samples: Prepared, workers: int = 0, indices: range = range(50)) -> Features:
    pipelines = [CONFIG.pipeline, Pipeline.model_validate({"nodes": [FLIP]}), Pipeline()]
    return features_of_views(
        extractor, FeatureBank.open(), samples, pipelines, indices, 2, seed=5, size=32, workers=workers,
        report=lambda done, total: None,
    )  # fmt: skip


def test_views_have_the_features_that_training_would_compute(extractor: Extractor, samples: Prepared) -> None:
    found = views(extractor, samples)
    assert found.places.shape == (3, 50, 2)
    image = training_image(samples.sample(41), CONFIG.pipeline, 5, 1, 41, 32)
    assert np.array_equal(found.take(0, 41, 1), extractor.features(image[None])[0])
    plain = features_of_validation(
        extractor, FeatureBank.open(), samples, CONFIG.pipeline, [41, 3], workers=0, report=lambda done, total: None
    )
    image = validation_image(samples.sample(3), CONFIG.pipeline)
    assert np.array_equal(plain.take(1), extractor.features(image[None])[0])
    assert np.array_equal(plain.take(0), found.take(2, 41, 0))


def test_equal_pixels_are_computed_once_and_the_bank_gives_the_same_bits(
    extractor: Extractor, samples: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = views(extractor, samples, indices=range(20))
    assert len(first.vectors) < first.places.size - 20  # both views without steps, and most without the flip
    computed: list[int] = []
    real = extractor.features
    monkeypatch.setattr(extractor, "features", lambda images: computed.append(len(images)) or real(images))
    again = views(extractor, samples, workers=2, indices=range(30))
    assert np.array_equal(again[:, :20].take(), first.take())
    assert first.made == first.places.size
    assert 0 < again.made <= again.places.size - first.places.size
    assert 0 < sum(computed) <= len(again.vectors) - len(first.vectors)
    monkeypatch.setenv("EXPLORER_FEATURES_DISK", "0")
    assert np.array_equal(views(extractor, samples, indices=range(30)).take(), again.take())


def test_views_that_were_drawn_before_are_not_drawn_again(
    extractor: Extractor, samples: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = views(extractor, samples, indices=range(10))
    drawn: list[int] = []
    real = Drawing.image

    def image(self: Drawing, index: int, place: int) -> NDArray[np.generic]:
        drawn.append(index)
        return real(self, index, place)

    monkeypatch.setattr(Drawing, "image", image)
    again = views(extractor, samples, indices=range(12))
    assert drawn == [10] * 6 + [11] * 6
    assert np.array_equal(again[:, :10].take(), first.take())


def test_features_do_not_depend_on_the_other_images_of_a_batch(extractor: Extractor) -> None:
    images = np.random.default_rng(0).integers(0, 256, (BATCH + 7, 32, 32, 3), np.uint8)
    together, order = extractor.features(images), np.random.default_rng(1).permutation(len(images))
    assert np.array_equal(extractor.features(images[order]), together[order])
    assert np.array_equal(extractor.features(images[-1:]), together[-1:])


def test_a_stop_keeps_what_was_computed(extractor: Extractor, samples: Prepared) -> None:
    def stop(done: int, total: int) -> None:
        del total
        if done >= 3 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        features_of_views(
            extractor, FeatureBank.open(), samples, [Pipeline.model_validate({"nodes": [NOISE]})], range(50), 4,
            seed=5, size=32, workers=0, report=stop,
        )  # fmt: skip
    with sqlite3.connect(next(bank.folder().glob("*.sqlite"))) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone()[0] >= BATCH
    connection.close()


def test_a_step_that_fails_is_named(extractor: Extractor, samples: Prepared) -> None:
    crop = {"kind": "step", "id": "n1", "transform": "RandomCrop", "p": 1.0, "params": {"height": 64, "width": 64}}
    with pytest.raises(TrainingError, match="RandomCrop"):
        features_of_views(
            extractor, FeatureBank.open(), samples, [Pipeline.model_validate({"nodes": [crop]})], [0], 1,
            seed=0, size=32, workers=1, report=lambda done, total: None,
        )  # fmt: skip


def test_the_key_of_a_network_is_that_of_its_weights_and_not_of_its_head() -> None:
    def key(**changes: object) -> str:
        config = CONFIG.model_copy(update=changes)
        return Extractor.build(config, SETUP, lambda done, total: None).key

    assert key() == key(epochs=7)
    assert len({key(), key(seed=1), key(image_size=48), key(normalise="symmetric")}) == 4
