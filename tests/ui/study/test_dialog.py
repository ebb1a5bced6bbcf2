"""The dialog on the Augment page that asks what each step adds."""

from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft
from explorer.base.atomic import write_bytes_atomic
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.machine.machine import known_machine
from explorer.runs.spec.config import dumps, loads
from explorer.runs.spec.plans.confirm import ConfirmPlan
from explorer.runs.spec.plans.effects import EffectsPlan, variants_of
from explorer.settings.fields import DEFAULTS
from explorer.settings.values import changed
from explorer.texts import Study as T
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import View
from explorer.ui.session.workspace_files import Workspace
from explorer.ui.study import asked, dialog, pairs_dialog
from tests.ui.study import made
from tests.ui.study.made import pipeline_of


@pytest.fixture
def app() -> AppTest:
    """The content of the dialog: a test that has opened it would close it with the next click."""

    def page() -> None:
        from explorer.ui.session import workspace
        from explorer.ui.study import dialog

        dialog.show(workspace.current())

    found = AppTest.from_function(page, default_timeout=60).run()
    assert not found.exception
    return found


def text(app: AppTest) -> str:
    return " ".join(str(part.value) for part in [*app.markdown, *app.error, *app.caption]).replace("\\", "")


def test_the_dialog_says_what_a_study_of_the_chosen_data_set_costs(app: AppTest) -> None:
    assert "All 360 images of 5 classes take part" in text(app)
    assert "5 pipelines: at most 7,200 augmented images to draw, and 150 heads to train" in text(app)
    app.radio(key=widget_key("train", "dataset")).set_value("digits").run()
    assert "of 10 classes take part" in text(app)
    assert not app.button(key=widget_key("study_start")).disabled


def test_another_metric_has_its_own_smallest_effect_and_unit(app: AppTest) -> None:
    smallest = widget_key("study_asked", "smallest")
    assert app.number_input(key=smallest).value == 0.005
    app.selectbox(key=widget_key("study_asked", "metric")).set_value("accuracy").run()
    assert app.number_input(key=smallest).value == 1.0  # points
    app.number_input(key=smallest).set_value(2.0).run()
    assert app.session_state[Key.STUDY_ASKED].matters == pytest.approx(0.02)


def test_the_config_has_a_frozen_network_with_weights_and_a_pipeline_whose_steps_draw_by_themselves() -> None:
    old = pipeline_of().model_copy(update={"streams": 1})
    now = asked.Asked(metric="accuracy", repeats=1)
    config = asked.config_of(now, {**DEFAULTS, "dataset": "digits"}, old, known_machine())
    assert (config.kind, config.dataset.kind, config.monitor, config.frozen) == ("study", "digits", "accuracy", True)
    assert (config.backbone, config.weights) == (asked.BACKBONE, "imagenet")
    assert config.study == EffectsPlan(repeats=1, smallest=0.01)
    assert config.pipeline.streams == 2
    assert [node.title for node in config.pipeline.nodes] == [node.title for node in old.nodes]


def test_a_pipeline_with_an_error_or_without_a_step_cannot_be_asked_about() -> None:
    def why(draft: Draft) -> str:
        return dialog.why_not(Workspace("a" * 16, History(draft), View()))

    draft, flip = add(Draft(), "HorizontalFlip", None)
    assert why(draft) == ""
    assert why(Draft()) == T.ASK_NO_STEP
    assert why(set_p(draft, flip, 0.0)) == T.ASK_NO_STEP
    many = draft.model_copy(
        update={"nodes": tuple(draft.nodes[0].model_copy(update={"id": f"s{n}"}) for n in range(49))}
    )
    assert "With 49 steps, 51 pipelines would be compared; a study compares at most 50" in why(many)
    broken, blur = add(draft, "Blur", None)
    assert "The pipeline has an error" in why(set_param(broken, blur, "blur_limit", "wide"))


def test_folds_need_some_images_of_each_class() -> None:
    assert dialog.too_few(ShapesSpec(train_images=60, val_images=30).open(), 5) == ""
    few = ShapesSpec(train_images=15, val_images=5).open()
    assert "images. Folds need at least 10 of each class" in dialog.too_few(few, 5)
    assert "images. Folds need at least 12 of each class" in dialog.too_few(few, 12)


def test_an_estimate_is_no_more_exact_than_it_is() -> None:
    assert [dialog.roughly(seconds) for seconds in (3, 77, 121, 601)] == [10, 80, 180, 660]


def test_the_dialog_says_which_images_take_no_part_and_where_a_final_set_is_chosen(app: AppTest) -> None:
    assert T.NO_ASIDE in text(app)

    def page() -> None:
        from explorer.ui.session import workspace
        from explorer.ui.study import dialog
        from explorer.ui.train import values

        values.edit(lambda _: {"set_aside": "0.2"})
        dialog.show(workspace.current())

    paths = made.study(repeats=3, images=360)
    config = loads(paths.config.read_bytes())
    spec = config.dataset.model_copy(update={"num_classes": 5, "noise": 0.6})  # that of the form
    write_bytes_atomic(paths.config, dumps(config.model_copy(update={"dataset": spec})).encode())
    found = AppTest.from_function(page, default_timeout=60).run()
    assert not found.exception
    assert "70 images are set aside as the final set and take no part. The other 290" in text(found)
    assert "one study of the same data set" in found.warning[0].value


def page_of(**changes: str) -> AppTest:
    def page(changes: dict[str, str]) -> None:
        from explorer.settings.values import changed
        from explorer.ui.session import workspace
        from explorer.ui.study import dialog
        from explorer.ui.train import values

        values.edit(lambda now: {**changed(now, changes)})
        dialog.show(workspace.current())

    found = AppTest.from_function(page, default_timeout=60, kwargs={"changes": changes}).run()
    assert not found.exception
    return found


def test_masks_are_asked_about_by_pairs_of_full_runs_which_it_says_in_one_sentence() -> None:
    found = page_of(learn="masks")
    assert T.ASK_INTROS["segmentation"] in text(found)
    assert "take part, training and validation together" not in text(found)
    assert "12 training runs in one place of the queue" in text(found)
    start = widget_key("study_pairs_start")
    assert (found.button(key=start).label, found.button(key=start).disabled) == ("Start 12 runs", False)
    found.number_input(key=widget_key("study_pairs", "pairs")).set_value(5).run()
    assert found.button(key=start).disabled
    found.number_input(key=widget_key("study_pairs", "pairs")).set_value(7).run()
    assert found.button(key=start).label == "Start 14 runs"


def test_the_config_of_pairs_has_the_recipe_of_the_train_page_and_what_was_asked() -> None:
    pipeline = pipeline_of()
    removed = next(one for one in variants_of(EffectsPlan(), pipeline) if one.title)
    question = pairs_dialog.Question(removed, pairs=8, epochs=3, frozen=True, metric="dice", smallest=0.02)
    values = changed(DEFAULTS, {"dataset": "shapes", "learn": "masks"}) | {"batch_size": 24}
    config = pairs_dialog.config_of(question, values, pipeline)
    assert (config.task, config.kind, config.monitor) == ("segmentation", "study", "dice")
    assert (config.epochs, config.frozen, config.batch_size) == (3, True, 24)
    assert config.study == ConfirmPlan(against=removed, pairs=8, smallest=0.02)


def test_several_labels_are_asked_about_by_pairs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    rows = [f"{number}.png,{number % 2},{number // 2 % 2}" for number in range(8)]
    (tmp_path / "labels.csv").write_text("\n".join(["image,cat,dog", *rows]))
    for number in range(8):
        Image.new("RGB", (32, 32), (30 * number, 0, 0)).save(tmp_path / f"{number}.png")
    found = page_of(dataset="csv", csv_path=str(tmp_path / "labels.csv"), several="columns")
    assert T.ASK_INTROS["labels"] in text(found)
    assert found.selectbox(key=widget_key("study_pairs", "metric", "labels")).value == "f1_macro"
    assert any(one.key == widget_key("study_pairs_start") for one in found.button)
