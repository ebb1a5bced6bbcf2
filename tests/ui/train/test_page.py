"""The Train page: good defaults, each mistake at its field, nothing lost, and a start that starts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment import library, presets
from explorer.augment.pipeline import Pipeline, without_augmentation
from explorer.runs.launchers import local
from explorer.runs.machine import needs
from explorer.runs.machine.capacity import Memory
from explorer.runs.record.paths import RunPaths, list_runs, pipelines_folder, runs_root
from explorer.runs.spec.config import RunConfig, dumps, from_values, loads
from explorer.settings.fields import DEFAULTS
from explorer.settings.values import values_of
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.session.view import DATA_SET
from explorer.ui.train import conversion, pair
from explorer.ui.train import source as train_source
from explorer.ui.train.source import Difference, Source
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/train.py"


@pytest.fixture
def app() -> AppTest:
    page = AppTest.from_file(APP, default_timeout=120)
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def mistakes(app: AppTest) -> str:
    found = [text.value for text in app.markdown if text.value.startswith(":red[")] + [
        error.value for error in app.error
    ]
    return " ".join(found).replace("\\", "")


def saved(app: AppTest, *steps: tuple[str, dict[str, object]]) -> None:
    """Keep a pipeline of steps that always fire, and choose it."""
    nodes = [
        {"kind": "step", "id": f"n{number}", "transform": name, "p": 1.0, "params": params}
        for number, (name, params) in enumerate(steps, 1)
    ]
    library.save(pipelines_folder(), Pipeline.model_validate({"name": "mine", "nodes": nodes}))
    app.run()
    app.selectbox(key=widget_key("train", "pipeline")).set_value("mine").run()


def images(folder: Path, count: int = 3) -> None:
    folder.mkdir(parents=True)
    for index in range(count):
        Image.new("RGB", (8, 8), (index, 0, 0)).save(folder / f"{index}.png")


def test_the_defaults_can_be_started_without_typing(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mistakes(app) == ""
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    app.button(key="train_start").click().run()
    assert not app.exception
    (paths,) = list_runs()
    config = loads(paths.config.read_bytes())
    assert config.dataset.kind == "shapes"
    assert [node.transform for node in config.pipeline.nodes] == [
        "HorizontalFlip",
        "Affine",
        "RandomBrightnessContrast",
    ]  # type: ignore[union-attr]
    assert (config.backbone, config.weights, config.frozen) == ("efficientnet-lite0", "imagenet", True)


def opened(app: AppTest, *sections: str) -> AppTest:
    """With what stands behind "More", or is folded."""
    for section in sections:
        app.session_state[widget_key("train-more", section)] = True
    return app.run()


def test_a_wrong_value_is_told_at_its_field_and_nothing_starts(app: AppTest) -> None:
    opened(app, "data", "loss")
    for field, value, words in (
        ("learning_rate", "0", "Learning rate must be above 0"),
        ("learning_rate", "nan", "Learning rate must be an ordinary number"),
        ("learning_rate", "fast", "Learning rate must be a number"),
        ("batch_size", 10_000, "Batch size must be at most 1024"),
        ("batch_size", 500, "has only 240 training images"),
        ("epochs", 0, "Epochs must be at least 1"),
        ("image_size", 8, "Image size (px) must be at least 32"),
        ("label_smoothing", 1.0, "Label smoothing must be below 1"),
        ("num_classes", 1, "at least 2"),
        ("noise", 3.0, "at most 1"),
    ):
        box = (app.text_input if isinstance(value, str) else app.number_input)(key=widget_key("train", field))
        right = box.value
        box.set_value(value).run()
        assert words in mistakes(app), (field, value)
        assert "Fix this before starting" in mistakes(app), (field, value)
        # Nothing that could not be started looks as if it could.
        assert app.button(key="train_start").disabled, (field, value)
        assert app.button(key="train_pair").disabled, (field, value)
        (app.text_input if isinstance(value, str) else app.number_input)(key=widget_key("train", field)).set_value(
            right
        ).run()
        assert mistakes(app) == "", (field, value)
    assert list_runs() == ()


def test_what_was_typed_survives_a_reload(app: AppTest) -> None:
    app.number_input(key=widget_key("train", "epochs")).set_value(33).run()
    again = AppTest.from_file(APP, default_timeout=120)
    again.query_params["draft"] = app.session_state[Key.WORKSPACE].id
    again.switch_page(PAGE).run()
    assert again.number_input(key=widget_key("train", "epochs")).value == 33


def test_bce_with_more_than_two_classes_is_told_and_pos_weight_appears(app: AppTest) -> None:
    opened(app, "data", "loss")
    app.selectbox(key=widget_key("train", "loss")).set_value("bce").run()
    assert "Choose cross_entropy instead" in mistakes(app)
    app.number_input(key=widget_key("train", "num_classes")).set_value(2).run()
    app.text_input(key=widget_key("train", "pos_weight")).set_value("-1").run()
    assert "Positive-class weight must be a number above 0" in mistakes(app)


def test_what_behind_more_is_wrong_opens_it(app: AppTest) -> None:
    assert not app.session_state[widget_key("train-more", "optimizer")]
    app.session_state[widget_key("train-more", "optimizer")] = True
    app.run()
    app.number_input(key=widget_key("train", "pct_start")).set_value(1.5).run()
    app.session_state[widget_key("train-more", "optimizer")] = False
    app.run()
    assert "pct_start must be below 1" in mistakes(app)
    assert app.number_input(key=widget_key("train", "pct_start")).value == 1.5


def test_only_fields_that_matter_are_shown(app: AppTest) -> None:
    opened(app, "optimizer", "loss", "data")
    for chosen, value, shown, gone in (
        ("loss", "focal", "focal_gamma", "pos_weight"),
        ("loss", "bce", "pos_weight", "class_weights"),
        ("schedule", "cosine", "warmup_epochs", "pct_start"),
        ("optimizer", "sgd", "momentum", "base_momentum"),
        ("weights", "file", "weights_file", "val_fraction"),
    ):
        app.selectbox(key=widget_key("train", chosen)).set_value(value).run()
        keys = {widget.key for widget in [*app.text_input, *app.number_input, *app.selectbox]}
        assert widget_key("train", shown) in keys
        assert widget_key("train", gone) not in keys


def test_a_backbone_without_the_chosen_weights_takes_those_that_it_has_and_says_so(app: AppTest) -> None:
    app.selectbox(key=widget_key("train", "backbone")).set_value("small-cnn").run()
    assert app.selectbox(key=widget_key("train", "weights")).value == "none"
    assert app.radio(key=widget_key("train", "frozen")).value is False
    assert "Weights None, from scratch, Layers to train All layers" in app.toast[0].value.replace("\\", "")
    assert mistakes(app) == ""


def test_weights_that_would_have_to_be_downloaded_say_so(app: AppTest) -> None:
    app.selectbox(key=widget_key("train", "backbone")).set_value("efficientnet-b0").run()
    assert "when the run starts" in said(app)


def test_a_transformer_from_scratch_is_offered_with_a_warning(app: AppTest) -> None:
    app.selectbox(key=widget_key("train", "backbone")).set_value("deit-tiny").run()
    app.radio(key=widget_key("train", "frozen")).set_value(False)
    app.selectbox(key=widget_key("train", "weights")).set_value("none").run()
    assert "AUROC of 0.71" in said(app)
    assert mistakes(app) == ""


def test_a_crop_larger_than_the_images_is_told_at_the_pipeline_with_the_name_of_its_step(app: AppTest) -> None:
    saved(app, ("RandomCrop", {"height": 1100, "width": 200}))
    assert "RandomCrop" in mistakes(app)
    assert "1024" in mistakes(app)
    assert app.button(key="train_start").disabled


def test_what_is_seldom_meant_is_a_warning_at_its_field_and_starts_all_the_same(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for transform, parameters, words in (
        ("RandomResizedCrop", {"size": [96, 96]}, "RandomResizedCrop have 27 px on a side, and are enlarged to 96 px"),
        (
            "RandomCrop",
            {"height": 200, "width": 200},
            "take 200 px, and images have as few as 96 px on their short side",
        ),
        ("Normalize", {}, "Normalized twice"),
    ):
        saved(app, (transform, parameters))
        assert words in said(app), transform
    assert mistakes(app) == ""
    assert started(app, monkeypatch).normalise == "auto"


def test_a_slow_pipeline_is_tried_only_when_the_run_is_started(app: AppTest) -> None:
    saved(app, ("PiecewiseAffine", {}), ("ToGray", {"num_output_channels": 1}))
    assert mistakes(app) == ""
    assert "tested on a few images only when you press Start" in said(app)
    app.button(key="train_start").click().run()
    assert "ToGray" in mistakes(app)
    assert list_runs() == ()


def test_the_data_stay_in_sight_while_something_else_is_wrong(app: AppTest) -> None:
    app.text_input(key=widget_key("train", "learning_rate")).set_value("fast").run()
    assert "240 training images, 120 validation images" in said(app)
    assert "These images are for the last valid values." in said(app)


def test_precisions_that_the_machine_cannot_do_are_not_offered_and_it_says_why(app: AppTest) -> None:
    opened(app, "device")
    assert "16-mixed" not in app.selectbox(key=widget_key("train", "precision")).options
    assert any("16-mixed needs a GPU." in text.value.replace("\\", "") for text in app.caption)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda root: images(root / "a"), "one class only, a"),
        (lambda root: (images(root / "a"), (root / "b").mkdir()), "b has no images"),
        (lambda root: None, "There is no folder"),
    ],
    ids=["one class", "empty class", "no folder"],
)
def test_a_folder_that_cannot_be_used_is_named(
    make: Callable[[Path], object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "pictures")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(PAGE).run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    app.text_input(key=widget_key("train", "path")).set_value(str(tmp_path / "pictures")).run()
    assert words in mistakes(app)
    app.text_input(key=widget_key("train", "path")).set_value("/etc").run()
    assert "outside the folders that this page may read" in mistakes(app)


def test_a_table_of_labels_is_chosen_and_what_is_wrong_in_it_stands_at_its_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images(tmp_path / "pictures", 30)
    rows = "".join(f"pictures/{number}.png,{'ab'[number % 2]}\n" for number in range(30))
    (tmp_path / "labels.csv").write_text(f"file,label\n{rows}")
    (tmp_path / "more.csv").write_text(f"file,label\n{rows}pictures/gone.png,a\n")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(PAGE).run()
    app.radio(key=widget_key("train", "dataset")).set_value("csv").run()
    assert not app.exception
    assert app.selectbox(key=widget_key("train", "csv_path")).value == str(tmp_path / "labels.csv")
    assert mistakes(app) == ""
    app.selectbox(key=widget_key("train", "csv_path")).set_value(str(tmp_path / "more.csv")).run()
    assert "line 32: There is no image pictures/gone.png in" in mistakes(app)
    app.checkbox(key=widget_key("train", "skip_unusable")).set_value(True).run()
    assert mistakes(app) == ""
    assert "1 row or file is left out, because it cannot be used (1: there is no such image)." in said(app)
    section = opened(app, "data")
    section.selectbox(key=widget_key("train", "folds")).set_value("3").run()
    section.selectbox(key=widget_key("train", "fold")).set_value(1).run()
    assert "3 folds, stratified by class: fold 2 of 3 validates." in said(app)
    assert "20 training images, 10 validation images" in said(app)


def test_a_class_that_is_never_validated_is_a_warning_at_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images(tmp_path / "pictures" / "a", 20)
    images(tmp_path / "pictures" / "b", 1)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(PAGE).run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    assert "No validation images of b" in said(app)
    assert mistakes(app) == ""


def test_a_pipeline_with_a_mistake_is_told_with_the_way_back(app: AppTest) -> None:
    app.switch_page("explorer/ui/pages/augment.py").run()
    app.selectbox(key=Key.ADD).set_value("GaussNoise").run()
    node = app.session_state[Key.WORKSPACE].view.selected
    app.toggle(key=Key.EXACT).set_value(True).run()
    app.number_input(key=f"{node}:std_range:high").set_value(7.0).run()
    app.switch_page(PAGE).run()
    assert "The current pipeline has an error" in mistakes(app)
    assert app.button(key="to_augment")


def test_it_says_what_the_run_will_need(app: AppTest) -> None:
    (line,) = [text.value for text in app.markdown if text.value.startswith("About ")]
    assert "MB of memory and " in line
    assert line.endswith("MB of disk")


def test_a_batch_that_the_machine_cannot_hold_is_told_at_its_field(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "memory", lambda: Memory(4 * 10**9, 3 * 10**9))
    opened(app, "device", "data")
    app.selectbox(key=widget_key("train", "precision")).set_value("32-true")
    app.number_input(key=widget_key("train", "train_images")).set_value(2000)
    app.number_input(key=widget_key("train", "image_size")).set_value(224)
    app.number_input(key=widget_key("train", "batch_size")).set_value(512).run()
    assert "Batch size 512 at 224 px needs about 14 GB of memory; this computer has 4.0 GB in all." in mistakes(app)
    fits = int(mistakes(app).split(" fits.")[0].split()[-1])
    assert app.button(key="train_start").disabled
    app.number_input(key=widget_key("train", "batch_size")).set_value(fits).run()
    assert mistakes(app) == ""
    assert any("free just now" in warning.value for warning in app.warning)


SOURCE = "20261123-142501-ants-bees-x7k"
NOISE = {"kind": "step", "id": "n1", "transform": "GaussNoise", "p": 0.5}


def source_run(config: str | None = None, **changes: Any) -> RunPaths:
    """A finished run's folder; config: what its run.json holds instead."""
    values: dict[str, Any] = {
        "name": "ants-bees",
        "dataset": {"kind": "shapes", "num_classes": 4, "train_images": 90, "val_images": 30, "seed": 3},
        "pipeline": {"nodes": [NOISE]},
        "epochs": 7,
        "learning_rate": 0.002,
        "seed": 3,
        "image_size": 64,
    }
    paths = RunPaths(runs_root() / SOURCE)
    paths.root.mkdir()
    paths.config.write_text(config if config is not None else dumps(from_values(values | changes)))
    return paths


def duplicate(run_id: str = SOURCE) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params[Query.DUPLICATE] = run_id
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def reloaded(app: AppTest) -> AppTest:
    again = AppTest.from_file(APP, default_timeout=120)
    again.query_params[Query.DRAFT] = app.session_state[Key.WORKSPACE].id
    again.switch_page(PAGE).run()
    return again


def said(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption, *app.warning]).replace("\\", "")


def started(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """The config of the run that Start makes."""
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    app.button(key="train_start").click().run()
    (paths,) = [paths for paths in list_runs() if paths.id != SOURCE]
    return loads(paths.config.read_bytes())


def test_a_duplicate_is_the_same_run_until_something_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    original = loads(source_run().config.read_bytes())
    app = duplicate()
    assert Query.DUPLICATE not in app.query_params
    assert "Same settings as ants-bees" in said(app)
    assert app.selectbox(key=widget_key("train", "pipeline")).value == f"run:{SOURCE}"
    assert "As in ants-bees" in app.selectbox(key=widget_key("train", "pipeline")).options
    again = started(app, monkeypatch)
    assert again.name == "ants-bees, again"
    assert again.model_copy(update={"name": ""}) == original.model_copy(update={"name": ""})


def test_a_training_with_the_pipeline_of_a_study_does_not_repeat_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = {"name": "noisy", "nodes": [NOISE], "streams": 2}
    source_run(kind="study", study={"ask": "effects"}, pipeline=pipeline, frozen=True)
    app = duplicate()
    assert "which is a study" in " ".join(one.value for one in app.caption)
    assert "would repeat" not in said(app)
    trained = started(app, monkeypatch)
    assert trained.kind == "train"
    assert "noisy" in trained.name
    assert "ants-bees" not in trained.name


def test_what_differs_is_told_at_the_field_in_the_summary_and_in_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    source_run()
    app = opened(duplicate(), "out")
    app.number_input(key=widget_key("train", "epochs")).set_value(12).run()
    app.text_input(key=widget_key("train", "learning_rate")).set_value("2e-3").run()  # the same number
    app.number_input(key=widget_key("train", "seed")).set_value(4).run()
    app = opened(reloaded(app), "out")
    assert "Differs from ants-bees: Epochs 7 → 12, Seed 3 → 4" in said(app)
    assert [text.value.rpartition(": ")[2] for text in app.caption if "was" in text.value] == ["was 7", "was 3"]
    config = started(app, monkeypatch)
    assert (config.name, config.epochs, config.seed) == ("ants-bees · epochs 12, seed 4", 12, 4)


def test_another_pipeline_differs_too(app: AppTest) -> None:
    source_run()
    app = duplicate()
    app.selectbox(key=widget_key("train", "pipeline")).set_value("").run()
    assert "Pipeline GaussNoise → HorizontalFlip, Affine, RandomBrightnessContrast" in said(app)
    assert "was GaussNoise" in said(app)


def test_back_to_defaults_forgets_the_source() -> None:
    source_run()
    app = duplicate()
    app.button(key="train_reset").click().run()
    assert "ants-bees" not in said(app)
    assert app.number_input(key=widget_key("train", "epochs")).value == DEFAULTS["epochs"]
    assert f"run:{SOURCE}" not in app.selectbox(key=widget_key("train", "pipeline")).options


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("{ damaged", "It is not JSON"),
        ('{"version": 99}', "written by a newer version"),
        ('{"dataset": {"kind": "digits"}, "pipeline": {}, "epochs": 0}', "Epochs must be at least 1"),
    ],
)
def test_a_run_that_cannot_be_read_leaves_the_form_and_says_why(config: str, words: str) -> None:
    source_run(config)
    app = duplicate()
    assert "The form was not changed" in said(app)
    assert words in said(app)
    assert app.number_input(key=widget_key("train", "epochs")).value == DEFAULTS["epochs"]


@pytest.mark.parametrize("run_id", ["../../etc/passwd", "20261123-142501-nobody-x7k"])
def test_a_run_that_does_not_exist_is_named(run_id: str) -> None:
    assert run_id in said(duplicate(run_id))


def test_a_source_that_is_deleted_later_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = source_run()
    app = duplicate()
    paths.config.unlink()
    app.number_input(key=widget_key("train", "epochs")).set_value(9).run()
    assert "can no longer be read" in mistakes(app)
    app.selectbox(key=widget_key("train", "pipeline")).set_value("").run()
    assert mistakes(app) == ""
    assert started(app, monkeypatch).epochs == 9


def test_settings_that_stand_behind_more_are_carried_over_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {"kind": "digits", "val_fraction": 0.3, "seed": 8}
    original = loads(source_run(dataset=spec, workers=0, threads=1).config.read_bytes())
    app = duplicate()
    assert "Changed: Loader workers 0, Threads 1" in said(app)
    opened(app, "out")
    assert app.text_input(key=widget_key("train", "dataset_seed")).value == "8"
    config = started(app, monkeypatch)
    assert (config.workers, config.threads, config.dataset) == (0, 1, original.dataset)


def test_a_folder_of_the_source_that_this_page_may_not_read_is_told_and_not_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images(tmp_path / "roots" / "mine" / "a")
    images(tmp_path / "roots" / "mine" / "b")
    images(tmp_path / "theirs" / "a")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "roots"))
    source_run(dataset={"kind": "image_folder", "path": str(tmp_path / "theirs")})
    app = duplicate()
    assert app.selectbox(key=widget_key("train", "path")).value == str(tmp_path / "theirs")
    assert "outside the folders that this page may read" in mistakes(app)


def test_a_name_says_what_differs_and_is_never_too_long() -> None:
    config = from_values({"dataset": {"kind": "digits"}, "pipeline": {}})
    source = Source(SOURCE, "n" * 100, config, values_of(config, SOURCE))
    changes = [Difference("epochs", "8", "12"), Difference("seed", "0", "1")]
    name = train_source.name_for(source, changes)
    assert len(name) == train_source.MAX_NAME
    assert name.endswith("… · epochs 12, seed 1")
    long = train_source.name_for(source, [Difference("pipeline", "", "x" * 300)])
    assert len(long) == train_source.MAX_NAME
    assert len(train_source.name_for(source, [])) == train_source.MAX_NAME


def test_the_pipeline_can_be_none_or_a_preset_and_one_button_queues_with_and_without(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    field = app.selectbox(key=widget_key("train", "pipeline"))
    assert field.options[:2] == ["Current pipeline", "None (no augmentation)"]
    assert [option for option in field.options if option.startswith("Preset: ")] == [
        f"Preset: {preset.title}" for preset in presets.presets().values()
    ]
    field.set_value(conversion.NO_PIPELINE).run()
    assert mistakes(app) == ""
    assert app.button(key="train_pair").disabled  # there is nothing to compare
    name = "medium"
    app.selectbox(key=widget_key("train", "pipeline")).set_value(conversion.preset_pipeline(name)).run()
    assert "OneOf(" in said(app)  # the composers are named with their steps
    app.button(key="train_pair").click().run()
    assert not app.exception
    configs = {config.name.rpartition(", ")[2]: config for run in list_runs() if (config := _config_of(run))}
    with_, without = configs["with augmentation"], configs["without augmentation"]
    assert with_.pipeline.nodes == presets.presets()[name].nodes
    assert without.pipeline.nodes == ()
    assert with_.model_copy(update={"name": "", "pipeline": without.pipeline}) == without.model_copy(
        update={"name": ""}
    )
    assert with_.pair is not None
    pages = []
    for run in list_runs():  # each page leads to the other run
        page = AppTest.from_file(APP, default_timeout=120)
        page.query_params[Query.RUN] = run.id
        page.switch_page("explorer/ui/pages/runs.py").run()
        page.button(key="run_partner").click().run()
        pages.append(page.query_params[Query.RUN])
    assert sorted(str(page[0] if isinstance(page, list) else page) for page in pages) == sorted(
        run.id for run in list_runs()
    )


def _config_of(run: RunPaths) -> RunConfig:
    return loads(run.config.read_bytes())


def test_without_augmentation_keeps_the_step_that_scales_pixels() -> None:
    nodes = [NOISE, {"kind": "step", "id": "n2", "transform": "Normalize", "p": 1.0}]
    pipeline = Pipeline.model_validate({"nodes": nodes})
    assert [node.id for node in without_augmentation(pipeline).nodes] == ["n2"]
    config = from_values({"dataset": {"kind": "digits"}, "pipeline": pipeline.model_dump(), "name": "n" * 100})
    first, second = pair.of(config)
    assert max(len(first.name), len(second.name)) <= train_source.MAX_NAME
    assert first.name != second.name
    assert pair.augments(pipeline)
    assert not pair.augments(second.pipeline)


def test_the_data_set_of_augment_carries_over_and_the_rest_of_the_form_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("train", "val"):
        for name in ("a", "b"):
            images(tmp_path / "insects" / part / name, 20)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=120)
    app.switch_page(PAGE).run()
    assert app.radio(key=widget_key("train", "dataset")).value == "shapes"
    assert "Augment shows a single image" in said(app)  # one sentence why it is not that
    app.number_input(key=widget_key("train", "epochs")).set_value(33).run()
    for key, expected, words in (
        (f"image_folder:{tmp_path / 'insects'}", ("image_folder", 224), ""),
        (
            "coco:/data/streets",
            ("image_folder", 224),
            "Augment shows streets, which cannot be trained on: it holds",
        ),
        ("digits", ("digits", 64), ""),
    ):
        app.switch_page("explorer/ui/pages/augment.py").run()
        work = app.session_state[Key.WORKSPACE]
        view = replace(work.view, picture=DATA_SET, set_key=key, split="train", index=0)
        app.session_state[Key.WORKSPACE] = replace(work, view=view)
        app.button(key="train_with").click().run()
        assert set(app.query_params) == {Query.DRAFT}, key  # nothing that would be another entry of the history
        chosen = (
            app.radio(key=widget_key("train", "dataset")).value,
            app.number_input(key=widget_key("train", "image_size")).value,
        )
        assert chosen == expected, key
        assert words in said(app), key
        assert app.number_input(key=widget_key("train", "epochs")).value == 33, key
        if chosen[0] == "image_folder":
            assert app.selectbox(key=widget_key("train", "path")).value == str(tmp_path / "insects")
            # What val/ decides is not to be set, and says why.
            share = opened(app.switch_page(PAGE), "data").number_input(key=widget_key("train", "val_fraction"))
            assert share.disabled, key
            assert "This data set says itself which images validate" in said(app), key
    # Another pipeline is no reason to choose all of it again.
    workspace_of = app.session_state[Key.WORKSPACE]
    app.session_state[Key.WORKSPACE] = replace(workspace_of, id="another-workspace-1")
    app.session_state[Key.REVISION] = None
    app.query_params[Query.DRAFT] = "another-workspace-1"
    app.switch_page(PAGE).run()
    assert app.number_input(key=widget_key("train", "epochs")).value == 33
    assert app.radio(key=widget_key("train", "dataset")).value == "digits"


def test_a_first_run_needs_few_fields_and_what_is_folded_says_its_values(app: AppTest) -> None:
    widgets = [*app.number_input, *app.text_input, *app.selectbox, *app.multiselect, *app.radio, *app.checkbox]
    keys = {widget.key for widget in widgets if str(widget.key).startswith("train:")}
    assert {
        widget_key("train", name) for name in ("dataset", "pipeline", "backbone", "epochs", "learning_rate")
    } <= keys
    assert len(keys) <= 13, keys
    folded = " ".join(expander.label for expander in app.expander)
    for words in ("Head and loss", "Device and speed", "Name, seed and logging"):
        assert words in folded, words
    for words in ("Cross entropy", "device Auto, precision Auto", "Named automatically, seed 0"):
        assert words in said(app), words
