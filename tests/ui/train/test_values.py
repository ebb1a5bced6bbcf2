"""What the form holds and what a run is asked to do are the same, for every field."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.metrics.table import HEADLINES
from explorer.runs.machine.machine import machine
from explorer.runs.spec.config import ConfigError, RunConfig, from_values, loads
from explorer.runs.spec.recipe import LOSSES_OF, Recipe
from explorer.settings.fields import DEFAULTS, FIELDS, RULES, choice_for, choices_for, matters, shown_by, task_of
from explorer.settings.values import changed, values_of
from explorer.texts import TrainFields as F
from explorer.ui.train import conversion
from explorer.ui.train.sections import section_behind
from explorer.ui.train.weights import weights_files

BASE: Mapping[str, Any] = {"dataset": {"kind": "shapes"}, "pipeline": {}}

# Field of RunConfig -> another value than its default, and what has to be chosen so that it matters.
OTHERS: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "backbone": ("efficientnet-b0", {}),
    "weights": ("advprop", {}),
    "normalise": ("none", {}),
    "image_size": (160, {}),
    "dropout": (0.35, {}),
    "evaluation": ("sliding", {"dataset": {"kind": "shapes", "learn": "masks"}}),
    "drop_connect": (0.1, {}),
    "frozen": (False, {}),
    "unfreeze_epoch": (3, {}),
    "backbone_lr_factor": (0.1, {"frozen": False}),
    "loss": ("focal", {}),
    "label_smoothing": (0.125, {}),
    "pos_weight": ("balanced", {"loss": "bce"}),
    "class_weights": ((1.0, 2.0, 0.5), {}),
    "focal_gamma": (1.5, {"loss": "focal"}),
    "threshold": (0.3, {"loss": "bce"}),
    "epochs": (12, {}),
    "batch_size": (24, {}),
    "accumulate": (4, {}),
    "gradient_clip": (0.5, {}),
    "early_stopping": (5, {}),
    "monitor": ("val_loss", {}),
    "optimizer": ("sgd", {}),
    "learning_rate": (3e-5, {}),
    "weight_decay": (0.0, {}),
    "momentum": (0.8, {"optimizer": "sgd"}),
    "nesterov": (True, {"optimizer": "sgd"}),
    "schedule": ("constant", {}),
    "pct_start": (0.1, {}),
    "div_factor": (10.0, {}),
    "final_div_factor": (100.0, {}),
    "anneal_strategy": ("linear", {}),
    "cycle_momentum": (False, {}),
    "base_momentum": (0.8, {}),
    "max_momentum": (0.9, {}),
    "three_phase": (True, {}),
    "warmup_epochs": (0.5, {"schedule": "cosine"}),
    "min_lr_ratio": (0.05, {"schedule": "cosine"}),
    "mixing": ("both", {}),
    "mix_alpha": (1.0, {"mixing": "mixup"}),
    "mix_probability": (0.5, {"mixing": "cutmix"}),
    "seed": (7, {}),
    "accelerator": ("cpu", {}),
    "gpus": ((1, 0), {"accelerator": "gpu"}),
    "precision": ("32-true", {}),
    "workers": (0, {}),
    "threads": (1, {}),
    "kept_as": ("squares", {}),
    "cache_size": (0, {}),
    "loggers": (("csv", "tensorboard"), {}),
}
BY_ITSELF = {
    "version",
    "kind",
    "name",
    "dataset",
    "pipeline",
    "start_from",
    "weights_file",
    "rules",
    "pair",
    "study",
    "predict",
}


def again(config: RunConfig) -> RunConfig:
    """The config that a form makes which was filled from this one, and kept in a file in between."""
    values = json.loads(json.dumps(values_of(config, "20261123-142501-a-x7k")))
    return conversion.config(values, config.pipeline)


def test_no_field_of_a_run_is_forgotten_here() -> None:
    assert set(OTHERS) | BY_ITSELF == set(RunConfig.model_fields)


def test_a_field_comes_back_from_the_form_as_it_was(subtests: pytest.Subtests) -> None:
    for name, (value, with_it) in OTHERS.items():
        with subtests.test(name):
            config = from_values({**BASE, **with_it, name: value})
            assert getattr(config, name) != RunConfig.model_fields[name].get_default()
            assert again(config) == config


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "shapes", "num_classes": 2, "imbalance": 2.5, "noise": 0.0, "image_size": 64, "seed": 9},
        {"kind": "digits", "val_fraction": 0.35, "seed": 0},
    ],
)
def test_a_data_set_comes_back_with_its_seed(spec: dict[str, Any]) -> None:
    config = from_values({**BASE, "dataset": spec})
    assert again(config) == config


def test_a_run_of_format_1_is_duplicated_with_the_squares_that_it_kept() -> None:
    old = loads((Path(__file__).parents[2] / "runs" / "run-format-1.json").read_bytes())
    values = values_of(old, "20261123-142501-a-x7k")
    values = values | {"dataset": "shapes"}  # its folder is not among those that a page may read
    assert conversion.config(values, old.pipeline).kept == old.kept == square(64)


def test_a_number_for_the_positive_class_comes_back() -> None:
    config = from_values({**BASE, "loss": "bce", "pos_weight": 2.5})
    assert again(config) == config


def test_a_file_of_weights_comes_back_and_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    file = tmp_path / "mine" / "net.safetensors"
    file.parent.mkdir()
    file.touch()
    (file.parent / "notes.txt").touch()
    config = from_values({**BASE, "weights": "file", "weights_file": str(file)})
    assert again(config) == config
    assert weights_files() == (file,)


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", "{root}/link.pt"])
def test_a_file_of_weights_outside_of_the_roots_is_refused(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.pt"
    root.mkdir()
    outside.touch()
    (root / "link.pt").symlink_to(outside)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(root))
    values = dict(DEFAULTS) | {"weights": "file", "weights_file": path.format(root=root)}
    with pytest.raises(ConfigError, match="outside the folders that this page may read"):
        conversion.config(values, Pipeline())
    assert weights_files() == ()


def test_files_of_weights_are_sought_to_a_depth_and_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "data"))
    places = ["home/weights/b0.pth", "data/a/b/c/near.PT", "data/a/b/c/d/far.pt"]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "data" / "model_best.pth.tar").write_bytes(b"PK\x03\x04")  # as torch saves
    (tmp_path / "data" / "photographs.tar").write_bytes(b"ants/1.jpg")
    assert {file.name for file in weights_files()} == {"b0.pth", "near.PT", "model_best.pth.tar"}


def test_what_cannot_be_is_told_at_its_field() -> None:
    found = []
    for changes, field, words in (
        ({"learning_rate": "0,001"}, "learning_rate", 'must be a number. You gave "0,001"'),
        ({"class_weights": "1, heavy"}, "class_weights", "a number above 0 for each class"),
        ({"loss": "bce", "pos_weight": "much"}, "pos_weight", 'a number above 0, or "balanced"'),
        ({"unfreeze_epoch": "9"}, "unfreeze_epoch", "only 8 epochs"),
        ({"unfreeze_epoch": "2.5"}, "unfreeze_epoch", "whole number"),
        ({"schedule": "cosine", "warmup_epochs": 8.0}, "warmup_epochs", "shorter than the run"),
        ({"div_factor": "0.5"}, "div_factor", "at least 1"),
        ({"early_stopping": "0"}, "early_stopping", "at least 1"),
        ({"drop_connect": "1"}, "drop_connect", "below 1"),
        ({"weights": "file"}, "weights_file", "Choose the file"),
        ({"weights": "none"}, "frozen", "cannot learn"),
        ({"optimizer": "sgd", "momentum": 0.0, "nesterov": True}, "nesterov", "above 0"),
        ({"dataset_seed": "-1"}, "dataset.seed", "at least 0"),
    ):
        with pytest.raises(ConfigError) as refused:
            conversion.config(dict(DEFAULTS) | changes, Pipeline())
        if list(refused.value.errors) != [field] or words not in refused.value.errors[field]:
            found.append((changes, refused.value.errors))
    assert found == []


def test_mistakes_in_fields_that_nobody_sees_do_not_count() -> None:
    wrong = {"pos_weight": "much", "focal_gamma": -1.0, "momentum": 2.0, "warmup_epochs": 99.0, "mix_alpha": 0.0}
    config = conversion.config(dict(DEFAULTS) | wrong, Pipeline())
    assert config == conversion.config(dict(DEFAULTS), Pipeline())
    shown = dict(DEFAULTS) | wrong | {"loss": "bce", "optimizer": "sgd", "mixing": "mixup"}
    with pytest.raises(ConfigError) as refused:
        conversion.config(shown, Pipeline())
    assert set(refused.value.errors) == {"pos_weight", "momentum", "mix_alpha"}


def test_all_mistakes_are_told_at_once_also_beside_a_folder_that_may_not_be_read() -> None:
    values = dict(DEFAULTS) | {"dataset": "image_folder", "path": "/etc", "learning_rate": "0"}
    with pytest.raises(ConfigError) as refused:
        conversion.config(values, Pipeline())
    assert set(refused.value.errors) == {"dataset.path", "learning_rate"}


def test_the_recipe_is_known_before_the_data_are() -> None:
    values = dict(DEFAULTS) | {"dataset": "image_folder", "learning_rate": "0.3"}
    recipe = conversion.recipe(values)
    assert recipe is not None
    assert recipe.learning_rate == 0.3
    assert conversion.recipe(values | {"pct_start": 2.0}) is None


def test_every_field_has_a_title_and_those_of_a_recipe_are_on_the_page() -> None:
    assert set(Recipe.model_fields) <= set(FIELDS)
    assert [name for name, field in FIELDS.items() if not field.title or field.title.startswith("Data set:")] == []
    assert {name for name in RunConfig.model_fields if RunConfig.model_fields[name].title} <= set(FIELDS)


def test_the_words_of_choices_are_those_of_the_values_that_a_run_can_have() -> None:
    named = {
        name: (set(get_args(field.type)), set(field.choices))
        for name, field in FIELDS.items()
        if get_origin(field.type) is Literal
    }
    for name in ("several", "npz_several"):
        named[name][1].remove("auto")  # only a form has it, which a config states
    others = {"accelerator", "precision"}  # named after what is in this machine
    assert [name for name, (values, words) in named.items() if values != words and name not in others] == []
    assert set(F.CHOICES) <= set(FIELDS)


def test_a_field_that_is_not_shown_has_one_that_lets_it_appear() -> None:
    values = dict(DEFAULTS)
    hidden = {name for name in RULES if not matters(name, values)}
    assert {shown_by(name, values) for name in hidden} <= {name for name in FIELDS if matters(name, values)}
    assert [name for name in RULES if not choice_for(name, RULES[name].by)] == []  # a link says what to choose
    for name, by, words in (
        ("pos_weight", "loss", "BCE with logits"),
        ("base_momentum", "schedule", "OneCycleLR"),
        ("depth_low", "dataset", "an image folder, a table or images with masks"),
        ("num_classes", "dataset", "generated shapes"),
    ):
        assert choice_for(name, by) == words
    assert shown_by("pos_weight", values) == "loss"
    assert shown_by("backbone_lr_factor", values) == "unfreeze_epoch"
    assert shown_by("base_momentum", values | {"schedule": "cosine"}) == "schedule"
    assert section_behind("unfreeze_epoch") == "network"


def test_drop_connect_is_shown_for_the_networks_that_have_it() -> None:
    for backbone in machine().backbones:
        shown = matters("drop_connect", dict(DEFAULTS) | {"backbone": backbone.name})
        assert shown == (backbone.drop_connect is not None), backbone.name


def test_a_task_has_its_own_losses_and_what_was_chosen_for_another_comes_back_with_it() -> None:
    chosen = changed(DEFAULTS, {"loss": "focal", "mixing": "mixup", "epochs": 33})
    masks = changed(chosen, {"learn": "masks"})
    assert {name: masks[name] for name in ("loss", "monitor", "mixing", "epochs")} == {
        "loss": "dice_cross_entropy", "monitor": HEADLINES["segmentation"], "mixing": "none", "epochs": 33,
    }  # fmt: skip
    assert list(choices_for("loss", masks)) == list(LOSSES_OF["segmentation"])
    assert list(choices_for("mixing", masks)) == ["none", "cutmix"]
    again = changed(changed(changed(masks, {"loss": "dice", "mixing": "cutmix"}), {"learn": "class"}), {"epochs": 5})
    assert (again["loss"], again["mixing"], again["epochs"]) == ("focal", "mixup", 5)
    folder = changed(again, {"dataset": "mask_folder"})
    assert (folder["loss"], folder["mixing"], task_of(folder)) == ("dice", "cutmix", "segmentation")


def test_a_task_has_its_own_batch_size_classes_and_noise_until_others_are_typed() -> None:
    masks = changed(DEFAULTS, {"learn": "masks"})
    config = from_values({"dataset": {"kind": "shapes", "learn": "masks"}, "pipeline": {}})
    assert masks["batch_size"] == config.batch_size < DEFAULTS["batch_size"]
    assert (masks["num_classes"], masks["noise"]) == (config.dataset.num_classes, config.dataset.noise)  # type: ignore[union-attr]
    back = changed(masks, {"learn": "class"})
    assert all(back[name] == DEFAULTS[name] for name in ("batch_size", "num_classes", "noise"))
    typed = changed(DEFAULTS, {"batch_size": 24, "noise": 0.3})
    still = changed(typed, {"learn": "masks"})
    assert (still["batch_size"], still["noise"], still["num_classes"]) == (24, 0.3, 3)
    assert changed(DEFAULTS, {"learn": "masks", "batch_size": 16})["batch_size"] == 16


def test_what_was_chosen_about_the_masks_of_one_folder_is_not_carried_into_another() -> None:
    first = changed(DEFAULTS, {"dataset": "mask_folder", "masks_path": "/data/streets", "ignore_index": "11"})
    assert changed(first, {"epochs": 5})["ignore_index"] == "11"
    assert changed(first, {"masks_path": "/data/streets"})["ignore_index"] == "11"
    assert changed(first, {"masks_path": "/data/cells"})["ignore_index"] == "auto"
    assert changed(first, {"masks_path": "/data/cells", "ignore_index": ""})["ignore_index"] == ""
    table = changed(DEFAULTS, {"dataset": "csv", "csv_path": "/data/a.csv", "several": "|", "label_column": "kind"})
    other = changed(table, {"csv_path": "/data/b.csv"})
    assert (other["several"], other["label_column"]) == ("auto", "kind")
