"""A config round-trips, and each wrong value gives one sentence at its field that says what to do."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from explorer.augment.pipeline import Pipeline, Step
from explorer.data.fit import Fit, square
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.spec.config import (
    ConfigError,
    RunConfig,
    check_with_dataset,
    dumps,
    from_values,
    help_of,
    loads,
    with_absolute_paths,
)
from explorer.runs.spec.recipe import Recipe

GOOD: dict[str, Any] = {"dataset": {"kind": "digits"}, "pipeline": {}}
FLIP = Pipeline(name="뒤집기", nodes=(Step(id="n1", transform="HorizontalFlip", p=0.5),))


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(dataset=DigitsSpec(), pipeline=FLIP),
        RunConfig(
            name="개미 “quoted”",
            dataset=ShapesSpec(num_classes=2, imbalance=3.5),
            pipeline=Pipeline(),
            loss="bce",
            pos_weight=2.5,
            weights="none",
            frozen=False,
            learning_rate=1e-5,
            workers=0,
            threads=2,
            seed=2**32 - 1,
        ),
        RunConfig(dataset=ImageFolderSpec(path="/사진/ants & bees"), pipeline=FLIP),
    ],
)
def test_a_config_comes_back_equal(config: RunConfig) -> None:
    assert loads(dumps(config)) == config
    assert loads(dumps(config).encode()) == config


def test_a_field_is_explained_by_the_text_below_it() -> None:
    for name, words in (
        ("weight_decay", "Not applied to biases and normalization layers"),
        (  # of two lines
            "kept_as",
            "Whole images keep their borders until the pipeline has seen them, and the square is cut at the end. "
            "Middle squares are cut before the pipeline, as all runs did before",
        ),
        ("dataset.seed", "Seed of generated images and of the validation split. Empty: same as run seed"),
        ("epochs", None),
        ("no_such_field", None),
    ):
        assert help_of(name) == words, name


def test_a_config_cannot_be_changed() -> None:
    config = from_values(GOOD)
    with pytest.raises(ValidationError, match="frozen"):
        config.epochs = 3


def errors_of(values: dict[str, Any]) -> dict[str, str]:
    """Field -> message, of a config with other values than a good one."""
    with pytest.raises(ConfigError) as caught:
        from_values(GOOD | values)
    return dict(caught.value.errors)


def test_each_wrong_value_is_named_with_what_to_do() -> None:
    found = []
    for field, value, sentence in (
        ("learning_rate", 0, "Learning rate must be above 0. You gave 0."),
        ("learning_rate", -0.1, "Learning rate must be above 0. You gave -0.1."),
        ("learning_rate", 11, "Learning rate must be at most 10. You gave 11."),
        ("learning_rate", math.nan, "Learning rate must be an ordinary number. You gave nan."),
        ("learning_rate", math.inf, "Learning rate must be an ordinary number. You gave inf."),
        ("learning_rate", "fast", 'Learning rate must be a number. You gave "fast".'),
        ("learning_rate", None, "Learning rate must be a number. You gave None."),
        ("weight_decay", -1, "Weight decay must be at least 0. You gave -1."),
        ("batch_size", 0, "Batch size must be at least 1. You gave 0."),
        ("batch_size", 1025, "Batch size must be at most 1024. You gave 1025."),
        ("batch_size", 2.5, "Batch size must be a whole number. You gave 2.5."),
        ("epochs", 0, "Epochs must be at least 1. You gave 0."),
        ("image_size", 16, "Image size (px) must be at least 32. You gave 16."),
        ("label_smoothing", 1, "Label smoothing must be below 1. You gave 1."),
        ("seed", -1, "Seed must be at least 0. You gave -1."),
        (
            "loss",
            "mse",
            "Loss must be one of 'cross_entropy', 'bce', 'focal', 'dice' or 'dice_cross_entropy'. You gave \"mse\".",
        ),
        ("precision", "64", "Precision must be one of 'auto', '32-true', 'bf16-mixed' or '16-mixed'. You gave \"64\"."),
        ("accelerator", "ipu", "Accelerator must be one of 'auto', 'cpu', 'gpu', 'mps' or 'tpu'. You gave \"ipu\"."),
        ("class_weights", [1, "much"], 'Class weights must be a number above 0 for each class, or "balanced".'),
        ("pct_start", 1, "pct_start must be below 1. You gave 1."),
        ("unfreeze_epoch", 9, "The run has only 8 epochs. Choose an earlier one, or train longer."),
        ("base_momentum", 0.99, "The lowest momentum, 0.99, is above the highest, 0.95."),
        ("cache_size", 5, "Images are kept at 32 px or more, or not at all (0)."),
        ("gpus", [1, 1], "Each GPU can be chosen once."),
        ("frozen", "perhaps", 'Layers to train must be true or false. You gave "perhaps".'),
        ("backbone", "", "Backbone must not be empty."),
        ("pos_weight", 2.0, "Positive-class weight works with the loss bce only. Choose that loss or leave the weight"),
        ("weights", "none", "A frozen backbone without pretrained weights cannot learn. Train all layers, or"),
        ("learnig_rate", 0.1, '"learnig_rate" is not a setting: check the spelling. You gave 0.1.'),
        ("dataset", {"kind": "imagenet"}, "Data set must be of one of the kinds 'shapes', 'digits', 'image_folder'"),
        ("dataset", {}, 'Data set needs a "kind".'),
        ("dataset", {"kind": "shapes", "num_classes": 1}, "Classes must be at least 2. You gave 1."),
        ("dataset", {"kind": "digits", "val_fraction": 1}, "Validation share must be below 1. You gave 1."),
        ("dataset", 3, "Data set must be an object"),
        ("version", 5, "This was written by a newer version of the explorer (format 5; this one reads format 4)."),
    ):
        ((place, message), *others) = errors_of({field: value}).items()
        expected = "frozen" if field == "weights" else field
        if others or not message.startswith(sentence) or place.split(".")[0] != expected:
            found.append((field, value, place, message, others))
    assert found == []


def test_what_does_not_fit_together_is_told_at_the_field_to_change() -> None:
    found = []
    for values, field, words in (
        ({"loss": "bce", "pos_weight": "plenty"}, "pos_weight", 'must be a number above 0, or "balanced"'),
        ({"loss": "bce", "class_weights": [1, 2]}, "class_weights", "are for losses with a softmax"),
        ({"weights": "file"}, "weights_file", "Choose the file of weights"),
        ({"frozen": False, "unfreeze_epoch": 3}, "unfreeze_epoch", "All layers learn from the beginning"),
        ({"optimizer": "sgd", "nesterov": True, "momentum": 0}, "nesterov", "needs a momentum above 0"),
        (
            {"schedule": "cosine", "warmup_epochs": 8},
            "warmup_epochs",
            "must be shorter than the run",
        ),
        ({"mixing": "mixup", "batch_size": 1}, "mixing", "nothing to mix with"),
        ({"accelerator": "cpu", "gpus": [0]}, "gpus", "the accelerator is another"),
    ):
        errors = errors_of(values)
        if list(errors) != [field] or words not in errors[field]:
            found.append((values, errors))
    assert found == []


def test_a_config_of_before_there_were_recipes_still_opens() -> None:
    kept = {"backbone", "weights", "frozen", "image_size", "epochs", "batch_size", "learning_rate", "loss"}
    new = set(Recipe.model_fields) - kept | {"gpus", "cache_size", "loggers"}
    values = from_values(GOOD).model_dump(mode="json")
    assert from_values({name: value for name, value in values.items() if name not in new}) == from_values(GOOD)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        from_values(GOOD | {"epochs": 0, "batch_size": 0, "learning_rate": 0})
    assert set(caught.value.errors) == {"epochs", "batch_size", "learning_rate"}


@pytest.mark.parametrize("missing", ["dataset", "pipeline"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_values({name: value for name, value in GOOD.items() if name != missing})
    assert list(caught.value.errors) == [missing]
    assert caught.value.errors[missing].endswith("is missing.")


def test_an_unknown_transform_is_named() -> None:
    nodes = [{"kind": "step", "id": "n1", "transform": "Sparkle", "params": {}, "p": 0.5}]
    with pytest.raises(ConfigError) as caught:
        from_values(GOOD | {"pipeline": {"nodes": nodes}})
    ((field, message),) = caught.value.errors.items()
    assert field.startswith("pipeline")
    assert "Sparkle" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "It is not JSON"),
        ("{", "It is not JSON"),
        ("[" * 200_000, "It is not JSON"),
        ("[]", "It must be a JSON object such as {...}; got a list."),
        ("3", "got a int"),
        (" " * 4_000_001, "It is larger than 4 MB"),
        (b"\xff\xfe\x00", "It is not JSON"),
    ],
)
def test_text_that_is_no_config_says_so(text: str | bytes, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(text)
    assert words in caught.value.errors[""]


def test_nan_in_a_file_is_refused_too() -> None:
    with pytest.raises(ConfigError, match="Learning rate must be an ordinary number"):
        loads(json.dumps(GOOD | {"learning_rate": math.nan}))


@pytest.mark.parametrize(
    ("changes", "facts", "field", "sentence"),
    [
        (
            {"batch_size": 300},
            {"train_images": 240},
            "batch_size",
            "Batch size is 300, but ants has only 240 training images. Choose 240 or less.",
        ),
        (
            {"loss": "bce"},
            {"num_classes": 3},
            "loss",
            "The loss bce is for 2 classes, but ants has 3. Choose cross_entropy instead.",
        ),
        ({}, {"num_classes": 1}, "dataset", "ants has one class only. Training needs at least 2."),
        ({}, {"train_images": 0}, "dataset", "ants has no training images."),
        ({}, {"val_images": 0}, "dataset", "ants has no validation images."),
    ],
)
def test_what_only_the_data_can_tell_is_told_at_its_field(
    changes: dict[str, Any], facts: dict[str, int], field: str, sentence: str
) -> None:
    known = {"train_images": 240, "val_images": 100, "num_classes": 2}
    check_with_dataset(from_values(GOOD), name="ants", **known)
    with pytest.raises(ConfigError) as caught:
        check_with_dataset(from_values(GOOD | changes), name="ants", **(known | facts))
    assert list(caught.value.errors) == [field]
    assert caught.value.errors[field].startswith(sentence)


def test_a_home_folder_sign_is_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config = RunConfig(dataset=ImageFolderSpec(path="~/photos"), pipeline=Pipeline())
    spec = with_absolute_paths(config, Path("/elsewhere")).dataset
    assert isinstance(spec, ImageFolderSpec)
    assert spec.path == str(tmp_path / "photos")


def test_a_run_of_format_1_keeps_the_middle_squares_that_it_began_with() -> None:
    old = loads((Path(__file__).parents[1] / "run-format-1.json").read_bytes())
    assert old.kept == square(64)
    assert loads(dumps(old)) == old
    assert loads(json.dumps(json.loads(dumps(old)) | {"cache_size": 96})).kept == square(96)
    values = json.loads(dumps(old))
    del values["kept_as"]
    assert loads(json.dumps(values)).kept == Fit(most=227, least=64)  # a new one keeps whole images, for its crops


def test_runs_of_before_draw_from_one_generator_and_new_ones_from_a_stream_for_each_step() -> None:
    old = json.loads((Path(__file__).parents[1] / "run-format-1.json").read_bytes())
    for version in (1, 2):
        read = loads(json.dumps(old | {"version": version}))
        assert (read.pipeline.streams, loads(dumps(read))) == (1, read)
    assert from_values(GOOD).pipeline.streams == 2
    assert loads(dumps(from_values(GOOD))) == from_values(GOOD)


def test_images_of_a_run_of_format_1_are_listed_and_decoded_as_they_were() -> None:
    old = json.loads((Path(__file__).parents[1] / "run-format-1.json").read_bytes())
    folder = {"kind": "image_folder", "path": "/photographs", "val_fraction": 0.2, "seed": 0}
    spec = loads(json.dumps(old | {"dataset": folder})).dataset
    assert (spec.depth, spec.listing) == ("by_image", "flat")
    new = from_values({"dataset": folder, "pipeline": {}})
    assert (new.dataset.depth, new.dataset.listing) == ("auto", "nested")
    assert loads(
        dumps(from_values({"dataset": folder | {"depth": {"low": -160, "high": 240}}, "pipeline": {}}))
    ).dataset
    for depth in ("deep", {"low": 2, "high": 2}, {"low": 0}, {"low": 0, "high": float("inf")}, 3):
        with pytest.raises(
            ConfigError, match=r'Images with more than 8 bits must be "auto", "by_image", or a range such as'
        ):
            from_values({"dataset": folder | {"depth": depth}, "pipeline": {}})


def test_the_size_of_kept_images_keeps_its_meaning_where_it_is_set() -> None:
    sizes = [from_values(GOOD | {"cache_size": size}).kept for size in (None, 0, 300)]
    assert sizes == [Fit(224, 224), None, Fit(300, 300)]


def test_a_config_of_masks_that_calls_the_share_of_right_pixels_accuracy_is_still_read() -> None:
    masks = {"dataset": {"kind": "shapes", "learn": "masks"}, "pipeline": {"nodes": []}, "monitor": "accuracy"}
    assert from_values(masks).monitor == "pixel_accuracy"
    assert from_values(masks | {"dataset": {"kind": "shapes"}}).monitor == "accuracy"
