"""The masks of a run's validation images: the true ones, the predicted ones, and the pixels of a cell of the matrix."""

import dataclasses
import shutil
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.masked_input import letterboxed_mask, validation_pair
from explorer.base import npz
from explorer.data.fit import longest
from explorer.data.mask_classes import UNNAMED_ZERO
from explorer.data.mask_coding import UNNAMED
from explorer.data.prepare import load
from explorer.draw.masked import MaskedCard
from explorer.draw.pictures import NoPicture
from explorer.figures.palette import CLASS_COLORS, DIFFERENT, NEUTRAL, rgb
from explorer.metrics.table import EVERY, LISTED, LOSS
from explorer.runs.overview import masks as stored
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.masks import PredictedMasks
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.texts import Common, Run, Runs
from explorer.texts import Masks as T
from explorer.training.probabilities import of_image
from explorer.ui.components.masks import Pixel, Place
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import mask_pixel, mask_viewer, sources
from explorer.ui.evidence.mask_images import MaskImages, Wall
from explorer.ui.evidence.mask_looking import Looking
from explorer.ui.run import notes
from explorer.ui.session.keys import widget_key
from tests.training.conftest import config_of, run_here
from tests.ui.conftest import APP, RUNS_PAGE

SIZE = 32
SHAPES = {"kind": "shapes", "learn": "masks", "train_images": 8, "val_images": 4, "image_size": 48, "num_classes": 2}


@pytest.fixture(scope="module")
def segmented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunPaths]:
    """A run that has learned masks for two epochs; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        network = {"backbone": "small-cnn", "weights": "none", "frozen": False}
        yield run_here(config_of(dataset=SHAPES, pipeline={"nodes": []}, image_size=SIZE, epochs=2, **network))[0]


@pytest.fixture
def images(segmented: RunPaths) -> MaskImages:
    view = RunView(segmented)
    snapshot = view.refresh()
    source = sources.of_validation(snapshot, Evidence(view))
    assert not isinstance(source, str)
    return MaskImages(view, snapshot, source)


def pixels(picture: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return found


def card(images: MaskImages, index: int) -> MaskedCard:
    (found,) = images.input(index).draw()
    return found


def test_stored_masks_and_true_masks_give_the_counts_of_each_image(images: MaskImages) -> None:
    for epoch in range(2):
        cells = images.cells(epoch)
        assert cells is not None
        for index in range(4):
            predicted = images.epochs(index)[epoch].mask
            assert predicted is not None
            truth, classes = pixels(card(images, index).truth), len(images.names)
            counts = truth != 255
            joint = truth[counts].astype(int) * classes + pixels(predicted)[counts]
            np.testing.assert_array_equal(np.bincount(joint, minlength=classes**2).reshape(classes, -1), cells[index])


def test_the_image_is_what_the_network_sees_and_its_classes_have_the_colors_of_the_preview(images: MaskImages) -> None:
    split = images.source.config.dataset.open().val
    seen, mask = validation_pair(load(split, 1, longest(SIZE)), images.source.config.pipeline, SIZE)
    found = card(images, 1)
    assert split.masks is not None
    np.testing.assert_array_equal(pixels(found.truth), split.masks.target(mask))
    shown = cv2.cvtColor(pixels(found.picture), cv2.COLOR_BGR2RGB)
    np.testing.assert_array_equal(shown, seen)
    assert images.names[0] == "background"
    assert images.colors == (NEUTRAL, *CLASS_COLORS[:2])
    assert images.hidden == (0,)


def test_a_small_picture_colors_the_pixels_of_a_cell_only(images: MaskImages) -> None:
    request = Wall(images, 1, (0, None)).small(2)
    (found,) = request.draw()
    small = cv2.cvtColor(pixels(found.picture), cv2.COLOR_BGR2RGB).astype(int)
    wanted = cv2.resize((pixels(card(images, 2).truth) == 0).astype(np.uint8), small.shape[1::-1], interpolation=0) > 0
    near = np.abs(small - rgb(DIFFERENT)).sum(axis=2)
    assert near[wanted].mean() < 150 < near[~wanted].mean()


def test_an_image_that_is_gone_and_a_damaged_mask_say_so(images: MaskImages) -> None:
    request = images.input(0)
    gone = type(request)(type(request.image)(request.image.dataset, "val", 0, "other", ""), SIZE)
    with pytest.raises(NoPicture, match="Deleted"):
        next(gone.draw())
    changed = type(request)(type(request.image)(request.image.dataset, "val", 0, request.image.id, "00" * 16), SIZE)
    with pytest.raises(NoPicture, match="Changed"):
        next(changed.draw())
    small = Wall(images, 1).small(0)
    damaged = type(small)(small.image, b"\x89PNG", small.colors, small.hidden, small.wrong)
    with pytest.raises(NoPicture, match=T.DAMAGED):
        next(damaged.draw())


def test_probabilities_of_the_best_checkpoint_agree_with_the_mask_of_its_epoch(images: MaskImages) -> None:
    found = of_image(images.view.paths, 1)
    np.testing.assert_allclose(found.shares.sum(axis=0), 1, rtol=1e-5)
    kept = PredictedMasks.load(images.view.paths.masks(1, found.epoch)).pictures[1]
    assert (found.shares.argmax(axis=0) == pixels(kept)).mean() > 0.999  # equal but for ties of other kernels


def test_masks_and_probabilities_of_sliding_windows_lie_on_the_image() -> None:
    config = config_of(
        dataset=SHAPES,
        pipeline={"nodes": []},
        image_size=SIZE,
        epochs=1,
        backbone="small-cnn",
        weights="none",
        frozen=False,
        evaluation="sliding",
        cache_size=48,
    )
    paths, _ = run_here(config, "slides")
    view = RunView(paths)
    source = sources.of_validation(view.refresh(), Evidence(view))
    assert not isinstance(source, str)
    images = MaskImages(view, view.refresh(), source)
    truth, shown = pixels(card(images, 0).truth), images.epochs(0)[0].mask
    split = config.dataset.open().val
    assert split.masks is not None
    assert shown is not None
    mask = load(split, 0, config.kept).mask
    assert mask is not None
    np.testing.assert_array_equal(truth, split.masks.target(letterboxed_mask(mask, SIZE)))
    assert (of_image(paths, 0).shares.argmax(axis=0) == pixels(shown)).mean() > 0.999


def test_a_click_computes_the_probabilities_of_an_image_once(images: MaskImages) -> None:
    looking = Looking()
    assert mask_pixel.known(images, looking) is None
    looking.click(Place(1, 3, 4, 0))
    assert mask_pixel.known(images, looking) == Pixel(Place(1, 3, 4, 0))  # it is being computed
    job = looking.job
    assert job is not None
    asking = mask_pixel.JOBS.get(job)
    assert asking is not None
    assert asking.wait(120)
    expected = of_image(images.view.paths, 1).shares
    for x, y in ((3, 4), (30, 2)):
        looking.click(Place(1, x, y, 0))
        pixel = mask_pixel.known(images, looking)
        assert pixel is not None
        np.testing.assert_allclose(pixel.values, expected[:, y, x], atol=5e-4)  # of half precision
        assert pixel.epoch == best_point(images.view.paths, images.snapshot.config, images.snapshot.epochs).epoch
    assert mask_pixel.JOBS.get(job) is asking
    assert isinstance(asking.found().shares.base, np.memmap)  # memory does not hold all pixels


def test_a_click_asks_the_weights_of_the_epoch_that_is_shown_where_they_are_kept(images: MaskImages) -> None:
    best = best_point(images.view.paths, images.snapshot.config, images.snapshot.epochs)
    assert best is not None
    jobs = []
    for epoch in range(2):
        looking = Looking()
        looking.click(Place(0, 1, 1, epoch))
        mask_pixel.known(images, looking)
        jobs.append(str(looking.job))
        mask_pixel.JOBS.cancel(jobs[-1])
    assert ":best:" in jobs[best.epoch]
    assert (":last:" in jobs[1]) == (best.epoch != 1)
    canceled = mask_pixel.known(images, looking)
    assert canceled is not None
    assert canceled.message == T.CANCELED


def test_masks_of_a_long_run_are_sent_piece_by_piece(images: MaskImages, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [dataclasses.replace(images.snapshot.epochs[0], epoch=epoch) for epoch in range(200)]
    long = dataclasses.replace(images, snapshot=dataclasses.replace(images.snapshot, epochs=points, latest_epoch=199))
    frames: list[bytes] = []
    monkeypatch.setattr(mask_viewer.masks, "show", lambda data, *_, **__: frames.append(data))
    read: list[int] = []
    epoch_of = MaskImages._epoch
    monkeypatch.setattr(MaskImages, "_epoch", lambda self, at, index: (read.append(at), epoch_of(self, at, index))[1])

    def needed(looking: Looking) -> set[int]:
        read.clear()
        mask_viewer.show(long, looking, np.arange(4), 100, "viewer")
        return set(read)

    looking = Looking()
    first = set(range(100 - mask_viewer.PIECE, 101 + mask_viewer.PIECE)) | {199}
    assert needed(looking) == first
    looking.fetch(112)
    more = first | set(range(112, 113 + mask_viewer.PIECE))
    assert needed(looking) == more
    looking.settle(30)
    assert needed(looking) == more | {30}
    looking.look(2)
    assert needed(looking) == set(range(30 - mask_viewer.PIECE, 31 + mask_viewer.PIECE)) | {100, 199}


def test_the_masks_of_a_file_are_looked_up_once(here: RunPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    opened = npz.opened
    monkeypatch.setattr(npz, "opened", lambda path: (looked.append(path.name), opened(path))[1])
    view = RunView(here)
    view.refresh()
    assert all(stored.mask(view, 0, place, SIZE) for place in range(4))
    assert stored.places(view, 0) == frozenset(range(4))
    assert [name for name in looked if name.endswith("-masks.npz")] == ["1-0-masks.npz"]
    kept = PredictedMasks.load(here.masks(1, 0))
    kept.only(2).save(here.masks(1, 0))  # as while a run trains
    assert stored.places(view, 0) == frozenset({0, 2})
    assert stored.mask(view, 0, 2, SIZE) == kept.pictures[2]
    assert stored.mask(view, 0, 3, SIZE) is None
    assert stored.mask(view, 0, 2, SIZE + 1) is None


@pytest.fixture
def here(segmented: RunPaths) -> RunPaths:
    """A copy of the run in the home of this test."""
    paths = RunPaths(runs_root() / segmented.id)
    shutil.copytree(segmented.root, paths.root)
    return paths


def open_section(paths: RunPaths, title: str, **more: object) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.session_state[widget_key("run", paths.id, "section")] = title
    for name, value in more.items():
        app.session_state[widget_key(name, paths.id)] = value
    app.switch_page(RUNS_PAGE).run()
    assert not app.exception
    return app


def test_the_page_shows_masks_and_hides_what_makes_no_sense_for_them(here: RunPaths) -> None:
    app = open_section(here, T.TITLE)
    titles = [tab.label for tab in app.tabs]
    assert titles == [Run.CURVES, T.TITLE, "Matrix", Run.SCORES, Run.SETTINGS, Run.LOG]
    assert any("worst first" in each.value for each in app.markdown)


def test_the_page_of_masks_names_metrics_as_the_table_does_and_explains_what_has_no_interval(here: RunPaths) -> None:
    app = open_section(here, Run.CURVES)
    shown = {metric.label: metric.delta for metric in app.metric}
    assert [*shown][1:] == [metric.title for metric in LISTED["segmentation"].values()]
    assert "Accuracy" not in shown
    assert shown[EVERY[LOSS].title] == Common.NO_INTERVAL
    assert Runs.NONE_YET not in shown.values()
    charts = [each.value for each in app.markdown if each.value.startswith("**")]
    assert f"**{EVERY['pixel_accuracy'].title}**" in charts


def test_of_long_notes_the_page_shows_the_first_sentence_and_keeps_the_rest_one_hover_away(
    here: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "notes_in", lambda _: [UNNAMED, "2 of 9 images validate, drawn at random."])
    first, more = UNNAMED.split(". ", 1)
    captions = {
        each.value.replace("\\", ""): each.help.replace("\\", "") for each in open_section(here, Run.LOG).caption
    }
    settles, why = Run.SETTLING.format(epochs=2, steps=20).split(". ", 1)  # the run has two epochs of a step
    words = f"{settles}.  \n{first}.  \n2 of 9 images validate, drawn at random."
    assert captions[words] == f"{why}\n\n{more}"


def test_nothing_is_said_of_batch_norm_where_an_epoch_has_steps_enough(images: MaskImages) -> None:
    snapshot = images.view.refresh()
    for steps, said in ((4, True), (38, True), (40, False)):
        assert bool(notes._settling(dataclasses.replace(snapshot, total_steps=steps))) is said


def test_a_class_is_hidden_at_first_only_where_it_is_named_a_background(images: MaskImages) -> None:
    for names, hidden in ((("background", "cat"), (0,)), ((UNNAMED_ZERO, "class 1"), ()), (("sky", "road"), ())):
        other = dataclasses.replace(images)
        other.__dict__["names"] = names
        assert other.hidden == hidden


def test_a_row_of_the_matrix_opens_the_images_with_its_pixels(here: RunPaths) -> None:
    app = open_section(here, "Matrix", matrix_opened=Opened(0, None, 1))
    cells = EpochRecord.load(here.epoch(1, 1)).confusion
    heading = T.OF_ROW.format(row="background", count=int(cells[0].sum()), images=4, epoch=2)
    assert f"**{heading}**" in [each.value.replace("\\", "") for each in app.markdown]


def test_a_run_without_stored_masks_says_why_there_are_none(here: RunPaths) -> None:
    here.masks(1, 0).unlink()
    here.masks(1, 1).write_bytes(b"PK")
    app = open_section(here, T.TITLE)
    assert T.NONE_STORED in [each.value for each in app.caption]
