"""What the exported file looks like, and what cannot be exported."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.augment.apply import AugmentError, augment
from explorer.augment.catalog import catalog
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Pipeline, Step
from explorer.data.depth import ValueRange
from explorer.data.drawn_shapes import open_shapes
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.sample import Sample
from explorer.export.facts import ExportError, Facts, of_run
from explorer.export.network import scale
from explorer.export.script import script
from explorer.runs.record.paths import RunPaths
from explorer.training.networks import BACKBONES
from tests.export.test_script import CONFIGS
from tests.training.conftest import FLIP, config_of

FACTS = Facts(
    ("ants", "bees"), "32-true", 2, 0, device="a processor", run="20261123-142501-ants-x7k",
    depth=ValueRange(low=0, high=4095),
)  # fmt: skip
# Whatever changes the code, with as little else as possible.
VARIANTS: dict[str, dict[str, Any]] = CONFIGS | {
    "deit": {"backbone": "deit-tiny", "image_size": 64},
    "deit from a file": {
        "backbone": "deit-small",
        "image_size": 64,
        "weights": "file",
        "weights_file": "a.safetensors",
    },
    "b0, advprop": {"backbone": "efficientnet-b0", "weights": "advprop", "frozen": False, "mixing": "mixup"},
    "b3 from a file": {"backbone": "efficientnet-b3", "weights": "file", "weights_file": "of mine.ckpt"},
    "weights by hand": {"loss": "bce", "pos_weight": 2.5, "batch_size": 1},
    "a folder of a run of format 1": {
        "dataset": {"kind": "image_folder", "path": "", "depth": "by_image", "listing": "flat"}
    },
    "focal with an early end": {"loss": "focal", "class_weights": [1.0, 2.0], "early_stopping": 3},
}


def _code(**values: Any) -> str:
    return script(config_of(**values), FACTS)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_file_is_clean_and_holds_nothing_that_it_does_not_use(name: str, tmp_path: Path) -> None:
    values = VARIANTS[name]
    if values.get("dataset", {}).get("path") == "":
        values = values | {"dataset": values["dataset"] | {"path": 'C:\\photographs "of" ants'}}
    code = _code(**values)
    file = tmp_path / "exported.py"
    file.write_text(code, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--isolated", "--line-length", "120"]
    for command in (["check", *rules, "--select", "E,F,W,I,B,UP,SIM,RET,ERA,ARG001"], ["format", *rules, "--check"]):
        done = subprocess.run([*ruff, *command, str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    tree = ast.parse(code)
    looked_up = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    for node in tree.body:
        made = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        if isinstance(node, ast.Assign):
            made = [target.id for target in node.targets if isinstance(target, ast.Name)]
        assert [one for one in made if one not in looked_up] == []
    assert "explorer" not in code


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"mixing": "mixup"}, "mixup"),
        ({"mixing": "cutmix"}, "cutmix"),
        ({"loss": "focal"}, "FOCAL_GAMMA"),
        ({"loss": "bce"}, "logits_of"),
        ({"gradient_clip": 1.0}, "gradient_clip_val"),
        ({"accumulate": 2}, "accumulate_grad_batches"),
        ({"early_stopping": 2}, "EarlyStopping"),
        ({"schedule": "cosine"}, "cosine_share"),
        ({"unfreeze_epoch": 2}, "UNFREEZE_EPOCH"),
        ({"label_smoothing": 0.1}, "LABEL_SMOOTHING"),
        ({"dataset": {"kind": "digits"}}, "load_digits"),
    ],
)
def test_only_what_a_config_needs_is_written(values: dict[str, Any], word: str) -> None:
    assert word in _code(**values)
    assert word not in _code()


def test_names_that_would_break_out_of_the_text_stay_text() -> None:
    name = 'x"""\nimport os\nos.abort()\n\\"""'
    code = script(config_of(name=name), Facts(('"""', "a\\'\n"), "32-true", 1, 0, run='"""'))
    tree = ast.parse(code)
    assert not any(isinstance(node, ast.Import) and node.names[0].name == "os" for node in ast.walk(tree))
    classes = next(n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "CLASSES")
    assert ast.literal_eval(classes.value) == ('"""', "a\\'\n")


@pytest.mark.parametrize("name", BACKBONES)
def test_the_scale_of_each_choice_of_weights_is_that_of_the_training(name: str) -> None:
    for weights in BACKBONES[name].sources:
        expected = BACKBONES[name].scale_of(weights)
        assert scale(config_of(backbone=name, weights=weights, image_size=64)) == (expected.mean, expected.std)


def test_old_names_of_transformer_weights_are_renamed_as_in_training() -> None:
    code = _code(**VARIANTS["deit from a file"])
    found = [n for n in ast.parse(code).body if "RENAMED" in ast.unparse(n) and not isinstance(n, ast.Expr)]
    namespace = {name: value for part in found[:1] for name, value in [("RENAMED", ast.literal_eval(part.value))]}  # type: ignore[attr-defined]
    from explorer.training.networks import deit

    assert namespace["RENAMED"] == deit._RENAMED


# What cannot be exported


@pytest.mark.parametrize(
    ("nodes", "named"),
    [
        ([FLIP, {"kind": "step", "id": "m", "transform": "MaskDropout"}], "MaskDropout wants mask"),
        ([{"kind": "step", "id": "b", "transform": "BBoxSafeRandomCrop"}], "BBoxSafeRandomCrop wants bboxes"),
        (
            [{"kind": "step", "id": "p", "transform": "PixelDropout", "params": {"mask_drop_value": 0}}],
            "PixelDropout wants mask",
        ),
        (
            [{"kind": "step", "id": "d", "transform": "ConstrainedCoarseDropout"}],
            "ConstrainedCoarseDropout wants bboxes or mask",
        ),
        (
            [{"kind": "OneOf", "id": "g", "children": [FLIP, {"kind": "step", "id": "f", "transform": "FDA"}]}],
            "FDA needs images",
        ),
    ],
)
def test_a_step_that_wants_more_than_the_image_is_refused_by_name(nodes: list[dict[str, Any]], named: str) -> None:
    nodes = [_complete(node) for node in nodes]
    with pytest.raises(ExportError, match=named):
        _code(pipeline={"nodes": nodes})
    off = [node | {"enabled": False} if node["id"] != FLIP["id"] else node for node in nodes]
    assert named.split()[0] not in _code(pipeline={"nodes": off})


def _complete(node: dict[str, Any]) -> dict[str, Any]:
    if "children" in node:
        return node | {"children": [_complete(child) for child in node["children"]]}
    return {"params": dict(catalog()[node["transform"]].starts)} | node


def test_no_step_that_may_be_exported_draws_by_the_targets_that_the_file_leaves_out() -> None:
    full = open_shapes(ShapesSpec(image_size=64)).train.load(3)
    # Whatever a step draws for targets, the next one would draw otherwise.
    after = Step(id="b", transform="PixelDropout", p=1.0)
    compared = 0
    for name, transform in catalog().items():
        if name in EXTRAS or transform.needs or name == "ConstrainedCoarseDropout":
            continue
        first = Step(id="a", transform=name, params=dict(transform.starts), p=1.0)
        two = Pipeline(nodes=(first, after))
        try:
            seen = augment(full, two, 0, 0, 1).image
        except AugmentError:
            continue  # a crop of 256 px, which this picture is too small for
        assert np.array_equal(seen, augment(Sample(full.image), two, 0, 0, 1).image), name
        compared += 1
    assert compared > 90


@pytest.mark.parametrize(
    ("values", "words"),
    [({"kind": "check"}, "no training"), ({"accelerator": "gpu", "gpus": [0, 1]}, "several GPUs")],
)
def test_a_run_that_is_no_training_on_one_device_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ExportError, match=words):
        _code(**values)


def test_a_run_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=f"{tmp_path.name} has not begun to train"):
        of_run(RunPaths(tmp_path))
