"""Findings on the Data page: seen first, then acted on with a click, and undone with another."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.data import curation
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.overview import run as measuring_run
from explorer.data.overview import saved
from explorer.data.overview.sampling import USUAL
from explorer.runs.overview.studies.label_issues import Suspected
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.ui.data import finding_labels, finding_state, label_study, opened, panel
from explorer.ui.data.album import Album
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.train import checks
from tests.data.findings.planted import Planted, plant
from tests.runs.validated import ended_run, scored
from tests.ui.conftest import APP


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planted:
    """A measured set with 12 copies in validation, 3 of each kind, and 3 pairs with two labels."""
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "data"))
    found = plant("photographs", tmp_path / "data" / "made")
    spec = opened.spec_of(_key(found))
    assert isinstance(spec, ImageFolderSpec)
    measuring_run.main([saved.neutral(spec).model_dump_json(), str(USUAL.most), str(USUAL.seed)])
    return found


def _key(planted: Planted) -> str:
    return f"image_folder:{planted.spec.path}"


def _open(planted: Planted) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = _key(planted)
    app.switch_page("explorer/ui/pages/data.py").run()
    assert not app.exception
    return app


def _said(app: AppTest) -> str:
    found = [block.value for block in (*app.markdown, *app.caption, *app.error)]
    return " ".join([*found, *(one.label for one in app.expander)]).replace("\\", "")


def _see(app: AppTest, planted: Planted, code: str) -> AppTest:
    app.session_state[widget_key("finding", _key(planted), code)] = True
    return app.run()


def _click(app: AppTest, *parts: str) -> AppTest:
    app.button(key=widget_key(*parts)).click().run()
    assert not app.exception
    return app


def test_a_leak_is_seen_acted_on_and_undone(planted: Planted) -> None:
    app = _open(planted)
    assert "3 images of validation are also in training, with the same pixels." in _said(app)
    assert "9 images of validation are also in training, as near duplicates" in _said(app)
    assert "6 images have the same pixels as another image with a different label: a and b (3)." in _said(app)
    assert "There is no finished run on this data set yet" in _said(app)
    keys = {button.key for button in app.button}
    act = ("finding", _key(planted), "leak_near", "leave_out_later")
    assert widget_key(*act) not in keys  # not before its images are seen
    _click(_see(app, planted, "leak_near"), *act)
    near = {one for one, kind in planted.kinds.items() if kind != "same"}
    kept = curation.read(planted.spec)
    assert set(kept.left_out) == near
    assert kept.left_out[next(iter(near))].startswith("A near duplicate of train/")
    assert "9 images are left out." in _said(app)
    assert "as near duplicates" not in _said(app)
    _click(app, "decided", _key(planted), "undo")
    assert curation.read(planted.spec).empty
    assert "9 images of validation are also in training, as near duplicates" in _said(app)


def test_one_image_of_a_pair_is_left_out_alone(planted: Planted) -> None:
    app = _see(_open(planted), planted, "leak_near")
    grid = widget_key("finding_images", _key(planted), "leak_near")
    app.session_state[widget_key("opened", grid)].opened = 2
    app.run()
    left, right = (
        one for one in app.button if one.key.startswith(widget_key("finding", _key(planted), "leak_near", "one"))
    )
    origin = right.label.replace("\\", "").removeprefix("Leave out ")
    assert planted.leaks[left.label.replace("\\", "").removeprefix("Leave out ")] == origin
    right.click().run()
    (kept,) = curation.read(planted.spec).left_out.items()
    assert kept[0] == origin
    assert kept[1].startswith("A near duplicate of val/")


def test_a_change_of_another_window_is_not_undone(planted: Planted) -> None:
    app = _open(planted)
    _click(_see(app, planted, "conflict_exact"), "finding", _key(planted), "conflict_exact", "leave_out")
    curation.leave_out(planted.spec, {"train/a/000.png": "of another window"})
    _click(app, "decided", _key(planted), "undo")
    assert len(curation.read(planted.spec).left_out) == 7
    assert "Another window has changed the list" in app.toast[0].value


def test_the_cost_of_a_leak_is_shown_with_the_run(planted: Planted) -> None:
    dataset = planted.spec.open()
    ids = dataset.val.ids
    logits, _ = scored(len(ids), seed=2, apart=0)
    labels = dataset.val.labels
    strength = np.where([one in planted.leaks for one in ids], 6.0, 0.6)
    logits[np.arange(len(ids)), labels] += strength.astype(np.float32)
    paths = ended_run([(logits, labels)], ["a", "b"])
    ValidationImages(ids, labels, ("",) * len(ids)).save(paths.validation)
    paths.config.write_text(dumps(RunConfig(name="scored", dataset=planted.spec, pipeline=Pipeline(), epochs=1)))
    checks.opened.clear()
    said = _said(_open(planted))
    assert "without the leak** in [scored](/runs?run=" in said
    assert f"12 of {len(ids)} validation images have a copy in its training images." in said
    assert "Difference −0." in said


def test_probable_label_errors_are_left_out_one_by_one_or_together(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = _open(planted)
    assert "No study has judged all images of this data set yet." in _said(app)
    paths = RunPaths(runs_root() / "20261123-142501-study-x7k")
    paths.root.mkdir()
    config = RunConfig(kind="study", name="judged", dataset=planted.spec, pipeline=Pipeline(), study=EffectsPlan())
    paths.config.write_text(dumps(config))
    outcome.write(paths, Outcome("finished", "", 1.0))
    ids, gone = ("train/a/000.png", "train/b/001.png"), "train/a/gone.png"
    found = Suspected(
        ids=(*ids, gone), hashes=("",) * 3, labels=("a", "b", "a"), suggested=("b", "a", "b"), own=(0.1, 0.2, 0.3),
        share=(0.9, 0.8, 0.7), images=84,
    )  # fmt: skip
    answer = f"print({found.model_dump_json()!r})"
    monkeypatch.setattr(finding_labels.label_issues, "command", lambda paths: ["python3", "-c", answer])
    app.run()
    _click(app, "finding_labels", _key(planted), "look")
    (job,) = (job for name, job in finding_labels.JOBS.all().items() if str(paths.root) in name)
    assert job.wait(60)
    app.run()
    assert "2 labels are probably wrong." in _said(app)
    assert "1 of the suspicious images is left out already, or no longer in the data set." in _said(app)
    _click(app, "finding_labels", _key(planted), "all")
    kept = curation.read(planted.spec).left_out
    assert set(kept) == set(ids)
    assert kept[ids[0]] == "Its label a is probably wrong: b is more probable."


def test_images_that_are_left_out_are_marked_on_the_wall(planted: Planted) -> None:
    curation.leave_out(planted.spec, {"train/a/000.png": "chosen"})
    found = opened.of_key(_key(planted))
    album, ids = Album(found), list(found.contents.ids)
    assert album.caption(ids.index("train/a/000.png")).mark == "left out"
    assert album.caption(ids.index("train/b/001.png")).mark == ""


def test_the_study_for_label_errors_leaves_out_what_was_decided(planted: Planted) -> None:
    curation.leave_out(planted.spec, {"train/a/000.png": "chosen"})
    found = opened.of_key(_key(planted))
    assert isinstance(found.spec, ImageFolderSpec)
    measured = panel.known(found)
    assert measured is not None
    config = label_study.config_of(finding_state.look(found, found.spec, measured))
    assert loads(dumps(config)) == config
    assert isinstance(config.dataset, ImageFolderSpec)
    assert config.dataset.left_out == ("train/a/000.png",)
    assert isinstance(config.study, EffectsPlan)
    assert not config.pipeline.nodes


def test_a_rare_class_of_masks_is_named_and_gets_weights_that_the_train_page_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    folder = tmp_path / "street"
    rng = np.random.default_rng(0)
    for part in ("train", "val"):
        for kind in (part, f"{part}annot"):
            (folder / kind).mkdir(parents=True)
        for number in range(9):
            mask = np.zeros((40, 50), np.uint8)
            mask[: 2 if part == "train" else 0, :5] = 1
            pixels = rng.integers(0, 255, (40, 50, 3), np.uint8)
            Image.fromarray(pixels).save(folder / part / f"{number}.png")
            Image.fromarray(mask).save(folder / f"{part}annot" / f"{number}.png")
    (folder / "classes.txt").write_text("road\npole\n")
    key = f"mask_folder:{folder}"
    spec = opened.spec_of(key)
    measuring_run.main([saved.neutral(spec).model_dump_json(), str(USUAL.most), str(USUAL.seed)])
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = key
    app.switch_page("explorer/ui/pages/data.py").run()
    assert not app.exception
    assert "Classes without a pixel: validation has none of pole." in _said(app)
    assert "road covers 199 times as many pixels of the training images as pole (99.5% and 0.5%)." in _said(app)
    app.session_state[widget_key("finding", key, "mask_imbalance")] = True
    _click(app.run(), "finding", key, "weights")
    _click(app, "data_train")
    assert app.session_state[Key.TRAIN_VALUES].values["class_weights"] == "balanced"
    assert not [text.value for text in app.markdown if text.value.startswith(":red[")]


def test_outlines_that_are_not_trained_on_have_a_rare_class_but_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    root = tmp_path / "outlines"
    (root / "train").mkdir(parents=True)
    images, annotations = [], []
    for number in range(9):
        name = f"{number}.png"
        pixels = np.random.default_rng(number).integers(0, 255, (40, 50, 3), np.uint8)
        Image.fromarray(pixels).save(root / "train" / name)
        images.append({"id": number, "file_name": name, "width": 50, "height": 40})
        for category, (right, bottom) in ((1, (50, 30)), (2, (5, 2))):
            outline = [0, 0, right, 0, right, bottom, 0, bottom]
            annotations.append(
                {"id": 2 * number + category, "image_id": number, "category_id": category, "iscrowd": 0,
                 "bbox": [0, 0, right, bottom], "area": right * bottom, "segmentation": [outline]}
            )  # fmt: skip
    categories = [{"id": 1, "name": "road"}, {"id": 2, "name": "pole"}]
    table = {"images": images, "annotations": annotations, "categories": categories}
    (root / "instances_train.json").write_text(json.dumps(table))
    key = f"coco:{root}"
    spec = opened.spec_of(key)
    measuring_run.main([saved.neutral(spec).model_dump_json(), str(USUAL.most), str(USUAL.seed)])
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["data"] = key
    app.switch_page("explorer/ui/pages/data.py").run()
    assert not app.exception
    assert "as many pixels of the training images as pole" in _said(app)
    app.session_state[widget_key("finding", key, "mask_imbalance")] = True
    app.run()
    assert not app.exception
    assert widget_key("finding", key, "weights") not in {button.key for button in app.button}
