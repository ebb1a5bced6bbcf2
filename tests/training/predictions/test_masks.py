"""Predicted masks are those of a plain loop over the images, also with views, and an interrupted run ends with them."""

import io
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.metrics import f1_score, jaccard_score

from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.mask_classes import mask_classes
from explorer.draw.mask_overlay import overlaid
from explorer.figures import charts
from explorer.figures.palette import class_color, rgb
from explorer.runs.life.predicting import prediction
from explorer.runs.overview.mask_predictions import SeenMasks, as_zip
from explorer.runs.overview.view import RunView
from explorer.runs.record import mask_predictions
from explorer.runs.record.color_places import color_places, stored
from explorer.runs.record.mask_predictions import MaskPredictions, mask_path
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import part_path
from explorer.runs.spec.config import loads
from explorer.texts import PredictMasks
from explorer.training.__main__ import run
from explorer.training.networks import build
from explorer.training.predictions.judges import Judge
from explorer.training.stopping import StopRequest
from explorer.ui.data.album import classes_of
from explorer.ui.predict import masks
from explorer.ui.train.mask_classes import lines
from tests.training.conftest import SMALL, config_of, outcome_of, run_here
from tests.training.predictions.conftest import plan_of
from tests.ui.conftest import open_run

FLIP = {"nodes": [{"kind": "step", "id": "v1", "transform": "HorizontalFlip", "p": 1.0}], "streams": 2}
BENT = {"nodes": [{"kind": "step", "id": "v1", "transform": "ElasticTransform", "p": 1.0}], "streams": 2}
COLORS = np.array([[20, 20, 20], [200, 40, 40], [40, 180, 60]], np.uint8)


def _folder(root: Path) -> Path:
    """Twelve photographs of 40 × 60 px with masks of three classes, whose values are 0, 2 and 3; 1 is void."""
    draw = np.random.default_rng(2)
    for number in range(12):
        regions = np.kron(draw.integers(0, 3, (2, 3)), np.ones((20, 20), int)).astype(np.uint8)
        pixels = (COLORS[regions] + draw.integers(0, 40, (40, 60, 3))).astype(np.uint8)
        mask = np.array([0, 2, 3], np.uint8)[regions]
        mask[0] = 1
        for folder, array in (("images", pixels), ("masks", mask)):
            (root / folder).mkdir(parents=True, exist_ok=True)
            Image.fromarray(array).save(root / folder / f"{number}.png")
    (root / "classes.txt").write_text("ground\nvoid\nred\ngreen\n")
    return root


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, RunPaths]:
    """A home, a folder of images with masks, and a run that was trained on it."""
    folder, home = _folder(tmp_path_factory.mktemp("masks")), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(home))
        patch.setenv("EXPLORER_DATA_ROOTS", str(folder))
        data = {"kind": "mask_folder", "path": str(folder), "val_fraction": 0.5}
        paths, how = run_here(config_of(dataset=data, epochs=2, batch_size=3, **SMALL), "masks")
        assert how.state == "finished", how.reason
    return home, folder, paths


@pytest.fixture
def here(trained: tuple[Path, Path, RunPaths], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, RunPaths]:
    """The folder and the run, in the home of the test."""
    home, folder, paths = trained
    monkeypatch.setenv("EXPLORER_HOME", str(home))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder, paths


def _predict(name: str, *runs: RunPaths, **values: Any) -> tuple[RunPaths, MaskPredictions]:
    paths, how = run_here(prediction(plan_of(*runs, **values)), name)
    assert how.state == "finished", how.reason
    found = mask_predictions.read(paths)
    assert found is not None
    return paths, found


@torch.no_grad()
def _probabilities(paths: RunPaths, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(40, 60, 3) of an image that is scaled to 21 × 32 px between stripes of gray, and what is found scaled back."""
    config = loads(paths.config.read_bytes())
    network = build(config, 3, None, "segmentation")
    state = torch.load(paths.last, weights_only=True)["state_dict"]
    network.load_state_dict({name.removeprefix("network."): value for name, value in state.items()})
    square = np.full((32, 32, 3), (124, 116, 104), np.uint8)
    square[5:26] = cv2.resize(image, (32, 21), interpolation=cv2.INTER_AREA)
    outputs = network.eval()(torch.from_numpy(square).permute(2, 0, 1)[None])
    return outputs.softmax(dim=1)[0].permute(1, 2, 0).numpy()[5:26]


def _enlarged(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    return cv2.resize(probabilities, (60, 40), interpolation=cv2.INTER_LINEAR).argmax(axis=2)


def test_masks_with_views_are_those_of_a_plain_loop(here: tuple[Path, RunPaths]) -> None:
    folder, run_paths = here
    paths, found = _predict("views", run_paths, part="all", views=FLIP, count=1)
    truths, found_masks = [], []
    for name, place in zip(found.of.ids, found.of.places.tolist(), strict=True):
        image = np.asarray(Image.open(folder / name))
        plain, mirrored = (_probabilities(run_paths, np.ascontiguousarray(each)) for each in (image, image[:, ::-1]))
        both = (plain + mirrored[:, ::-1]) / 2
        file = Image.open(mask_path(paths, place))
        assert (file.mode, file.size) == ("P", (60, 40))
        expected = np.array([0, 2, 3])[_enlarged(both)]
        assert (np.asarray(file) == expected).mean() > 0.999  # rounding may decide a pixel
        truths.append(np.asarray(Image.open(folder / name.replace("images", "masks"))))
        found_masks.append(np.asarray(file))
    truth, mask = np.stack(truths), np.stack(found_masks)
    counts = truth != 1
    scores = SeenMasks(found).scores()
    known = jaccard_score(truth[counts], mask[counts], labels=[0, 2, 3], average=None)
    seen = np.isin([0, 2, 3], np.union1d(truth[counts], mask[counts]))
    assert scores["iou"].value == pytest.approx(known[seen].mean())
    assert scores["iou"].low is not None
    gain = SeenMasks(found).gain()
    assert gain is not None
    assert gain.differences["iou"].b == scores["iou"].value
    np.testing.assert_allclose(found.of.scores[:, 1], (mask == 2).mean(axis=(1, 2)), atol=1e-6)
    with zipfile.ZipFile(io.BytesIO(as_zip(paths, found))) as archive:
        assert {"masks.csv", "values.txt", "masks/images/0.png"} <= set(archive.namelist())
        assert archive.read("values.txt").decode() == "0 ground\n2 red\n3 green\n"


def test_masks_that_are_predicted_in_batches_are_those_of_single_images(
    here: tuple[Path, RunPaths], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, run_paths = here
    sizes: list[int] = []
    judged = Judge.probabilities_of_pixels

    def counted(judge: Judge, images: NDArray[Any]) -> NDArray[np.float32]:
        sizes.append(len(images))
        return judged(judge, images)

    monkeypatch.setattr(Judge, "probabilities_of_pixels", counted)
    found = {}
    for batch_size in (1, 5):
        values = {"part": "all", "views": FLIP, "count": 1}
        paths, how = run_here(prediction(plan_of(run_paths, **values), batch_size=batch_size), f"by-{batch_size}")
        assert how.state == "finished", how.reason
        read = mask_predictions.read(paths)
        assert read is not None
        pictures = [np.asarray(Image.open(mask_path(paths, place))) for place in read.of.places.tolist()]
        found[batch_size] = read.of.ids, np.stack(pictures), read.of.scores
    assert sizes[:24] == [1] * 24  # twelve images with a view each
    assert sizes[24:] == [4, 4, 2, 4, 4, 2, 4]  # two images at a time, of five, five and two
    alone, together = found[1], found[5]
    assert alone[0] == together[0]
    assert (alone[1] == together[1]).mean() > 0.999  # rounding may decide a pixel
    np.testing.assert_allclose(alone[2], together[2], atol=1e-3)


def test_the_page_shows_the_images_with_the_lowest_dice_first(here: tuple[Path, RunPaths]) -> None:
    folder, run_paths = here
    paths, found = _predict("page", run_paths, part="val")
    scores = []
    for name, place in zip(found.of.ids, found.of.places.tolist(), strict=True):
        truth = np.asarray(Image.open(folder / name.replace("images", "masks")))
        counts = truth != 1
        pixels = truth[counts], np.asarray(Image.open(mask_path(paths, place)))[counts]
        scores.append(f1_score(*pixels, average="macro", labels=np.unique(pixels), zero_division=0))
    app = open_run(paths)
    (order,) = [one for one in app.selectbox if one.label == PredictMasks.ORDER]
    assert order.value == masks._WORST
    seen = SeenMasks(found)
    np.testing.assert_allclose(seen.dice, scores)
    assert masks._rows(seen, masks._WORST).tolist() == np.argsort(scores, kind="stable").tolist()
    assert [row["Dice"] for row in masks.rows_of(seen, 0, 6)] == [round(score, 4) for score in scores]
    album = masks._Album(seen, loads(paths.config.read_bytes()), paths.id)
    truth, predicted, difference = (next(iter(one.request.draw())).picture for one in album.large(0))
    assert len({truth, predicted, difference}) == 3
    drawn = np.asarray(Image.open(io.BytesIO(difference))).astype(int)
    expected = np.asarray(Image.open(folder / found.of.ids[0].replace("images", "masks")))
    wrong = (expected != 1) & (expected != np.asarray(Image.open(mask_path(paths, int(found.of.places[0])))))
    assert ((drawn[..., 0] - drawn[..., 2] > 90) == wrong).mean() > 0.9


def test_an_interrupted_prediction_of_a_folder_ends_with_the_same_bytes(here: tuple[Path, RunPaths]) -> None:
    folder, run_paths = here
    paths, found = _predict("resumed", run_paths, images={"path": str(folder / "images")})
    assert not found.counts.known.any()
    assert found.of.about.mask_values == (0, 2, 3)  # those of the masks that were trained on
    assert SeenMasks(found).scores() == {}
    files = sorted(paths.predictions.rglob("*.*"))
    before = {file: file.read_bytes() for file in files}
    part_path(paths, 0).unlink()
    mask_path(paths, 3).unlink()
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "finished"
    assert {file: file.read_bytes() for file in sorted(paths.predictions.rglob("*.*"))} == before


def test_views_that_cannot_be_put_back_are_refused_by_the_name_of_their_step(here: tuple[Path, RunPaths]) -> None:
    _, run_paths = here
    _, how = run_here(prediction(plan_of(run_paths, views=BENT, count=1)), "bent")
    assert how.state == "failed"
    assert "ElasticTransform moves pixels in a way that cannot be undone" in how.reason
    seldom = {"nodes": [BENT["nodes"][0] | {"p": 0.001}], "streams": 2}  # type: ignore[index,operator]
    paths, how = run_here(prediction(plan_of(run_paths, views=seldom, count=1)), "seldom")
    assert "ElasticTransform moves pixels in a way that cannot be undone" in how.reason
    assert not paths.predictions.exists()


def test_a_class_has_the_color_of_its_mask_value_on_every_page(here: tuple[Path, RunPaths]) -> None:
    folder, run_paths = here
    contents = MaskFolderSpec(path=str(folder)).contents()
    looked_at = classes_of(contents)
    value = {"ground": 0, "red": 2, "green": 3}
    color = {name: rgb(class_color(at)) for name, at in value.items()}
    assert {name: looked_at.colors[at - looked_at.first] for name, at in value.items()} == color
    snapshot = RunView(run_paths).refresh()
    of_run = dict(zip(snapshot.classes, map(rgb, charts.class_colors(snapshot)), strict=True))
    assert of_run == color
    learned = mask_classes(contents.mask_classes, "auto")
    painted = overlaid(np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 2, np.uint8), learned, looked_at.colors, 4)
    np.testing.assert_array_equal(painted[0, 0], np.rint(0.55 * np.array(color["red"])))
    listed = lines(learned, 9)
    assert all(f'{class_color(value[name])}">■</span> {name}' in listed for name in value)
    about = _predict("colors", run_paths, part="all")[1].of.about
    assert about.classes == snapshot.classes
    assert about.color_places == snapshot.color_places == tuple(value.values())


def test_a_run_that_recorded_no_places_has_the_colors_of_its_names() -> None:
    assert color_places("segmentation", ("background", "cat", "dog"), None) == (None, 0, 1)
    assert color_places("classification", ("background", "cat"), None) == (0, 1)
    assert stored([0, "x"], ("sky", "road")) == (0, 1)
