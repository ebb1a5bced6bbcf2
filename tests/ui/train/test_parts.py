"""Parts of the Train page: the curve, the devices, the networks side by side, links to a field."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.base.home import made_home
from explorer.runs.machine import machine, paces
from explorer.runs.machine.machine import BackboneInfo, DeviceInfo, Machine, Precision
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.recipe import Recipe
from explorer.runs.spec.schedules import curve
from explorer.settings.fields import DEFAULTS
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.train import curve as train_curve
from explorer.ui.train import devices, form, measuring, networks
from explorer.ui.train import values as train_values
from explorer.ui.train.curve import MAX_POINTS
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/train.py"
HALF = (Precision(name="32-true", offered=True), Precision(name="16-mixed", offered=True))
TWO_GPUS = Machine(
    torch="2",
    threads=4,
    devices=(
        DeviceInfo(accelerator="gpu", name="NVIDIA L4", index=0, memory_gb=24.0, precisions=HALF),
        DeviceInfo(accelerator="gpu", name="NVIDIA T4", index=1, memory_gb=16.0, precisions=HALF),
        DeviceInfo(accelerator="cpu", name="Xeon", memory_gb=8.0, precisions=HALF[:1]),
    ),
    backbones=(
        BackboneInfo(
            name="efficientnet-lite0",
            title="EfficientNet-Lite0",
            parameters=3_373_570,
            default_size=224,
            weights=("imagenet", "file", "none"),
        ),
    ),
)


def values(**changes: Any) -> dict[str, Any]:
    return dict(DEFAULTS) | changes


# The curve


@pytest.mark.parametrize("schedule", ["onecycle", "cosine", "constant"])
def test_the_curve_is_that_of_the_schedule(schedule: str) -> None:
    recipe = Recipe.model_validate({"schedule": schedule, "epochs": 5, "learning_rate": 0.02})
    figure = train_curve.figure(recipe, 9)
    rate, *others = figure["data"]
    np.testing.assert_allclose(rate["y"], curve(recipe, 9).lr, rtol=1e-5)
    np.testing.assert_allclose(rate["x"], np.arange(45) / 9, rtol=1e-5)
    assert [trace["name"] for trace in others] == (["momentum"] if schedule == "onecycle" else [])
    json.dumps(figure, allow_nan=False)


def test_a_long_run_has_no_more_points_than_can_be_seen() -> None:
    recipe = Recipe(epochs=1000)
    figure = train_curve.figure(recipe, 100_000)
    assert len(figure["data"][0]["y"]) <= max(MAX_POINTS, 1000)
    assert max(figure["data"][0]["y"]) == pytest.approx(recipe.learning_rate, rel=0.01)


def test_the_epoch_in_which_the_backbone_is_set_free_is_marked_and_its_rate_begins_there() -> None:
    figure = train_curve.figure(Recipe(epochs=6, unfreeze_epoch=3, backbone_lr_factor=0.1), 10)
    (mark,) = figure["layout"]["shapes"]
    assert mark["x0"] == mark["x1"] == 2
    head, backbone, _ = figure["data"]
    assert backbone["y"][:20] == [None] * 20
    np.testing.assert_allclose(backbone["y"][20:], np.array(head["y"][20:]) / 10, rtol=1e-4)


# Devices


def test_every_gpu_is_named_with_its_memory_and_can_be_chosen_among_several() -> None:
    assert devices.accelerators(TWO_GPUS) == {
        "auto": "Auto (NVIDIA L4, 24 GB)", "gpu": "2 GPUs", "cpu": "Xeon, 8.0 GB",
    }  # fmt: skip
    assert devices.gpus(TWO_GPUS) == {0: "0: NVIDIA L4, 24 GB", 1: "1: NVIDIA T4, 16 GB"}
    assert devices.several_gpus(TWO_GPUS, values())
    one = TWO_GPUS.model_copy(update={"devices": TWO_GPUS.devices[1:]})
    assert not devices.several_gpus(one, values())
    assert devices.several_gpus(one, values(gpus=[3]))


def test_what_auto_means_for_the_precision_is_told() -> None:
    assert "Auto selects 16-mixed" in devices.precision_hint(TWO_GPUS, values())
    assert "Auto selects 32-true" in devices.precision_hint(TWO_GPUS, values(accelerator="cpu", frozen=False))
    assert list(devices.precisions(TWO_GPUS, values(accelerator="cpu"))) == ["auto", "32-true"]


def test_gpus_are_chosen_where_there_are_several_and_gone_with_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_look", lambda: TWO_GPUS)
    app = arrived(field="gpus")
    assert app.session_state[Key.TRAIN_LANDED].field == "gpus"
    gpus = app.multiselect(key=widget_key("train", "gpus"))
    assert gpus.options == ["0: NVIDIA L4, 24 GB", "1: NVIDIA T4, 16 GB"]
    gpus.set_value([0, 1]).run()
    assert train_values_of(app)["gpus"] == [0, 1]
    app.session_state[widget_key("train-more", "out")] = True
    app.selectbox(key=widget_key("train", "accelerator")).set_value("cpu").run()
    assert [widget.key for widget in app.multiselect] == [widget_key("train", "loggers")]
    assert not app.error


def test_a_link_to_gpus_leads_to_the_accelerator_where_there_are_none() -> None:
    app = arrived(field="gpus")
    assert app.session_state[Key.TRAIN_LANDED].field == "accelerator"
    assert "Choose a GPU to set GPUs." in said(app)


def test_loggers_say_where_they_write_and_how_to_look_at_it(app: AppTest) -> None:
    app.session_state[widget_key("train-more", "out")] = True
    app.run()
    app.multiselect(key=widget_key("train", "loggers")).set_value(["tensorboard"]).run()
    assert f"tensorboard --logdir {runs_root()}" in said(app)
    assert f"folder {RunPaths(runs_root()).logged.name} of the run" in said(app)


def test_what_it_means_how_images_are_kept_is_told() -> None:
    crop = {"kind": "step", "id": "c", "transform": "RandomResizedCrop", "p": 1.0, "params": {"size": [96, 96]}}
    for changes, nodes, words in (
        ({}, [], "kept whole, with a short side of 96 px. Smaller ones are enlarged. The middle square of 96 px"),
        ({}, [crop], "kept whole, with a short side of 96 to 340 px"),
        ({"cache_size": "256"}, [crop], "a short side of 256 px"),
        ({"cache_size": "64"}, [], "detail is lost"),
        ({"cache_size": "0"}, [], "decoded in each epoch and augmented at its own size"),
        ({"kept_as": "squares"}, [], "kept at 96 px: the fastest. Augmentation never sees what lies outside"),
        ({"kept_as": "squares", "cache_size": "256"}, [], "still find detail"),
    ):
        hint = devices.kept_hint(values(**changes), Pipeline.model_validate({"nodes": nodes}))
        assert words in hint, changes


# Networks


def answering(tmp_path: Path, code: str) -> tuple[str, ...]:
    script = tmp_path / "child.py"
    script.write_text(code)
    return (sys.executable, str(script))


def test_a_network_is_measured_in_the_background_and_its_pace_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = {"train_images_per_second": 40.0, "frozen_images_per_second": 160.0, "validate_images_per_second": 170.0,
            "size": 160, "precision": "32-true"}  # fmt: skip
    monkeypatch.setattr(paces, "COMMAND", answering(tmp_path, f"print({json.dumps(pace)!r})"))
    name = "efficientnet-b0"
    assert networks.pace_of(machine.machine(), name) is None
    measuring.start(name)
    measurement = measuring.JOBS.get(name)
    assert measurement is not None
    assert measurement.wait(60)
    assert measurement.error == ""
    assert networks.pace_of(machine.machine(), name) == paces.Pace.model_validate(pace)


def test_a_measurement_that_is_cancelled_ends_its_process_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    code = f"import pathlib, signal; pathlib.Path({str(begun)!r}).touch(); signal.pause()"
    monkeypatch.setattr(paces, "COMMAND", answering(tmp_path, code))
    measuring.start("efficientnet-b1")
    measurement = measuring.JOBS.get("efficientnet-b1")
    assert measurement is not None
    while not begun.exists() and measurement.running:
        measurement.wait(0.05)
    assert measurement.running
    measuring.start("efficientnet-b2")  # one at a time
    assert measuring.JOBS.get("efficientnet-b2") is None
    measuring.JOBS.cancel("efficientnet-b1")
    assert not measurement.running
    assert measurement.error == ""


def test_why_a_network_could_not_be_measured_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "COMMAND", answering(tmp_path, "raise SystemExit('out of memory')"))
    measuring.start("efficientnet-b8")
    measurement = measuring.JOBS.get("efficientnet-b8")
    assert measurement is not None
    assert measurement.wait(60)
    assert "out of memory" in measurement.error


def test_networks_stand_side_by_side_with_weights_and_speeds(app: AppTest) -> None:
    app.session_state["train_compare"] = True
    app.run()
    (table,) = [block.proto.body for block in app.get("html") if "<table" in block.proto.body]
    for title in ("EfficientNet-Lite0", "EfficientNet-B8", "DeiT-Tiny", "Small CNN"):
        assert title in table
    assert "AdvProp (download)" in table


def test_how_long_the_run_takes_here_is_told_once_its_network_was_measured(app: AppTest) -> None:
    assert "is not known yet" in said(app)
    assert app.button(key="train_measure_time").label == "Measure EfficientNet-Lite0"
    pace = {"train_images_per_second": 10.0, "frozen_images_per_second": 20.0, "validate_images_per_second": 30.0,
            "size": 96, "precision": "32-true"}  # fmt: skip
    entry = f"efficientnet-lite0 on {paces.machine_key(machine.machine())}"
    (made_home() / "cache" / "paces.json").write_text(json.dumps({entry: pace}))
    app.run()
    # Head only: 8 epochs of 240 images at 20 a second, and one validation of 120 images at 30 a second.
    assert "About 1 min 40 s on this computer" in said(app)


# Links to a field


def train_values_of(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = app.session_state[Key.TRAIN_VALUES].values
    return found


def said(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption]).replace("\\", "")


@pytest.fixture
def app() -> AppTest:
    return arrived()


def arrived(**query: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=120)
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page(PAGE).run()
    assert not page.exception
    return page


def test_a_link_to_a_field_opens_what_it_stands_behind() -> None:
    app = arrived(field="pct_start")
    assert Query.FIELD not in app.query_params
    assert app.number_input(key=widget_key("train", "pct_start"))
    assert app.session_state[Key.TRAIN_LANDED].field == "pct_start"
    assert not app.session_state[widget_key("train-more", "network")]


def test_a_link_to_a_field_that_does_not_matter_now_leads_to_the_one_that_shows_it() -> None:
    app = arrived(field="pos_weight")
    assert app.session_state[Key.TRAIN_LANDED].field == "loss"
    assert "Choose BCE with logits to set Positive-class weight." in said(app)
    app.selectbox(key=widget_key("train", "loss")).set_value("bce").run()
    assert "Choose BCE" not in said(app)
    assert app.text_input(key=widget_key("train", "pos_weight"))


@pytest.mark.parametrize("field", ["__class__", "source"])
def test_a_link_to_no_field_is_ignored(field: str) -> None:
    app = arrived(field=field)
    assert Key.TRAIN_LANDED not in app.session_state
    assert Query.FIELD not in app.query_params


def test_words_of_a_choice_that_have_changed_meanwhile_are_not_taken_for_a_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The browser sends the words of what is chosen: once a run is renamed, they are others than the server knows.
    session = {widget_key("train", "pipeline"): "As in ants"}
    taken: list[dict[str, Any]] = []
    monkeypatch.setattr(form.st, "session_state", session)
    monkeypatch.setattr(train_values, "change", lambda **changes: taken.append(changes))
    form._commit("pipeline", widget_key("train", "pipeline"), ["", "run:1"])
    assert taken == []
    session[widget_key("train", "pipeline")] = "run:1"
    form._commit("pipeline", widget_key("train", "pipeline"), ["", "run:1"])
    assert taken == [{"pipeline": "run:1"}]
