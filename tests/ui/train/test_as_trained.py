"""The same seed gives the same image, on the page and in training."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.apply import AugmentedSample, augment
from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft, validate
from explorer.augment.trace import trace
from explorer.data.sample import Sample
from explorer.draw import preview, sources
from explorer.draw.cells import Cell
from explorer.draw.pictures import Photograph, Subject
from explorer.draw.sources import Loaded
from explorer.runs.spec.config import RunConfig, from_values
from explorer.training.batch import Batch
from explorer.training.data import Images
from explorer.training.prepared import Prepared
from explorer.ui.lab import cells
from explorer.ui.lab.places import places
from explorer.ui.preview import pictures
from explorer.ui.preview.sources import Found
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET
from explorer.ui.session.workspace import Workspace
from tests.ui.conftest import APP

SEED = 7
SETS: dict[str, dict[str, Any]] = {
    "shapes": {
        "dataset": {"kind": "shapes", "num_classes": 5, "noise": 0.6, "seed": 0},
        "image_size": 96,
    },
    "digits": {"dataset": {"kind": "digits", "seed": 0}, "image_size": 64},
    "image_folder:{root}/insects": {
        "dataset": {"kind": "image_folder", "path": "{root}/insects", "seed": 0},
        "image_size": 224,
    },
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a set of photographs of several shapes, which are wider and higher than what the network sees."""
    generator = np.random.default_rng(0)
    for number in range(26):
        folder = tmp_path / "sets" / "insects" / ("ants", "bees")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        height, width = generator.integers(60, 420, 2).tolist()
        pixels = generator.integers(0, 256, (7, 9, 3), np.uint8)
        Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC).save(folder / f"{number:02}.jpg")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "sets"))
    return tmp_path / "sets"


def _trained(config: RunConfig) -> dict[int, NDArray[Any]]:
    """The first batch of epoch 1 as the trainer's loader gives it: index -> (S, S, 3)."""
    dataset = config.dataset.open()
    train, val = Prepared(dataset.train, config.kept, keep=True), Prepared(dataset.val, None, keep=False)
    batch: Batch = next(iter(Images(config, train, val, workers=0).train_dataloader()))
    return dict(zip(batch.indices.tolist(), batch.images.permute(0, 2, 3, 1).numpy(), strict=True))


def _draft(*, scaling: bool) -> Draft:
    draft, crop = add(Draft(), "RandomResizedCrop", None)
    draft = set_param(set_p(draft, crop, 0.7), crop, "size", [80, 60])
    draft, turn = add(draft, "RandomRotate90", None)
    draft, affine = add(set_p(draft, turn, 0.5), "Affine", None)
    draft = set_param(set_p(draft, affine, 0.8), affine, "rotate", [-30.0, 30.0])
    draft, noise = add(draft, "GaussNoise", None)
    return add(set_p(draft, noise, 0.5), "Normalize", None)[0] if scaling else draft


def augmented(cell: Cell) -> AugmentedSample:
    result = cell.result()
    assert isinstance(result, AugmentedSample)
    return result


def _looked_at(app: AppTest, key: str) -> tuple[Workspace, Found]:
    app.selectbox(key="picture").set_value(DATA_SET).run()
    app.selectbox(key=Key.SET).set_value(key).run()
    return app.session_state[Key.WORKSPACE], app.session_state[Key.FOUND]


def test_ten_samples_of_three_data_sets_have_the_pixels_of_training_on_the_page(root: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    for number, (name, values) in enumerate(SETS.items()):
        key, draft = name.format(root=root), _draft(scaling=number == 1)
        workspace: Workspace = app.session_state[Key.WORKSPACE]
        app.session_state[Key.WORKSPACE] = replace(workspace, history=workspace.history.record(draft))
        work, found = _looked_at(app, key)
        dataset = values["dataset"] | (
            {"path": f"{root}/insects", "links": "inside"} if "path" in values["dataset"] else {}
        )
        config = from_values(
            values | {"dataset": dataset, "pipeline": validate(draft).model_dump(), "batch_size": 10, "seed": SEED}
        )
        assert found.training is not None, key
        assert found.training.spec == config.dataset, key
        trained = _trained(config)
        assert len(trained) == 10
        for index, pixels in trained.items():
            view = replace(work.view, index=index, seed=SEED)
            seen = pictures.of_view(view, Uploads(work.id), draft.targets, found.training)
            applied = preview.applied(config.pipeline, sources.load(seen.subject), SEED)
            assert applied.refused == ""
            np.testing.assert_array_equal(applied.result.image, pixels, err_msg=f"{key} {index}")
            spec = cells.Spec(seen.subject, seen.picture, config.pipeline, SEED, found.classes)
            np.testing.assert_array_equal(augmented(spec.request).image, pixels, err_msg=f"{key} {index}")
        following = places(replace(work.view, index=3), Uploads(work.id), found, draft.targets, 3)
        assert [place.picture.index for place in following[1:] if place.picture] == [4, 5]
    assert not app.exception


@pytest.mark.usefixtures("root")
def test_without_the_switch_a_sample_is_shown_as_it_is_with_its_own_index() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    _looked_at(app, "digits")
    app.number_input(key="index").set_value(3).run()
    assert any("As in training" in caption.value for caption in app.caption)
    app.toggle(key="as_trained").set_value(False).run()
    found: Found = app.session_state[Key.FOUND]
    work: Workspace = app.session_state[Key.WORKSPACE]
    assert (found.training, found.picture.square, found.picture.index) == (None, None, 3)
    pipeline = validate(work.draft)
    loaded = sources.load(found.subject)
    shown = preview.applied(pipeline, loaded, 5).result
    expected = augment(loaded.sample, pipeline, 5, 0, 3)
    np.testing.assert_array_equal(shown.image, expected.image)
    assert not np.array_equal(shown.image, augment(loaded.sample, pipeline, 5, 0, 0).image)
    assert not app.exception


def test_what_training_refuses_is_shown_with_the_reason() -> None:
    draft, _ = add(Draft(), "ToFloat", None)
    pipeline = validate(set_p(add(draft, "HorizontalFlip", None)[0], draft.nodes[0].id, 1.0))
    loaded = sources.load(Subject(Photograph("coffee")))
    squared = Loaded(replace(loaded.picture, square=64), loaded.sample)
    applied = preview.applied(pipeline, squared, 0)
    assert "put it last with p = 1" in applied.refused
    assert applied.result.image.shape[:2] == loaded.sample.size


def test_the_outline_is_that_of_the_square_that_training_gets() -> None:
    sample = Sample(np.zeros((60, 100, 3), np.uint8))
    draft, crop = add(Draft(), "Crop", None)
    draft = set_param(set_param(draft, crop, "x_max", 90), crop, "y_max", 40)
    for name, steps, expected in (
        ("no step", Draft(), [[20, 0], [80, 0], [80, 60], [20, 60]]),
        ("a flip", set_p(*add(Draft(), "HorizontalFlip", None), 1.0), [[80, 0], [20, 0], [20, 60], [80, 60]]),
        ("a crop", draft, [[25, 0], [65, 0], [65, 40], [25, 40]]),
    ):
        outline, _ = preview.outline_of(trace(sample, validate(steps), 0), "", sample.size, squared=True)
        assert outline is not None, name
        np.testing.assert_allclose(outline, expected, atol=0.02, err_msg=name)
