"""What the exported file looks like, and what cannot be exported."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.optim.lr_scheduler import OneCycleLR

import explorer.export
from explorer.augment import extras
from explorer.augment.apply import AugmentError, augment
from explorer.augment.catalog import catalog
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.sizes import keeps_size
from explorer.data.depth import ValueRange
from explorer.data.drawn_shapes import open_shapes
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.sample import Sample
from explorer.export import module
from explorer.export.facts import ExportError, Facts, of_run, traits
from explorer.export.lifting import definitions, lift
from explorer.export.mask_facts import MaskFacts
from explorer.export.network import scale
from explorer.export.script import script
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.training.networks import BACKBONES
from tests.export.test_script import CONFIGS
from tests.training.conftest import FLIP, config_of

FACTS = Facts(
    ("ants", "bees"), "32-true", 2, 0, device="a processor", run="20261123-142501-ants-x7k",
    depth=ValueRange(low=0, high=4095),
)  # fmt: skip
STARTED = replace(FACTS, start=Path("first.ckpt"), workers=2)
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


def _files() -> dict[str, tuple[Any, Facts]]:
    """Config and facts of each variant."""
    found = {}
    for name, values in VARIANTS.items():
        if values.get("dataset", {}).get("path") == "":
            values = values | {"dataset": values["dataset"] | {"path": 'C:\\photographs "of" ants'}}
        found[name] = config_of(**values), FACTS
    for kind in ("index", "two", "colors", "files"):
        pair = ("a.png", "b.png" if kind != "files" else ((1, "b.png"),))
        masks = MaskFacts((0, 2), kind, (((0, 0, 0), 0),), (pair,), (pair,))
        values = {"dataset": {"kind": "mask_folder", "path": "masks"}, "class_weights": "balanced"}
        found[f"masks by {kind}"] = config_of(**values), replace(FACTS, masks=masks)
    for several in ("|", "columns"):
        values = {
            "dataset": {"kind": "csv", "path": "table.csv", "several": several, "folds": 3},
            "pos_weight": "balanced",
        }
        found[f"labels by {several}"] = config_of(**values), FACTS
    table = {"kind": "csv", "path": "a.parquet", "several": "columns", "together": [["a", "b"]]}
    found["labels in a Parquet file"] = config_of(dataset=table, mixing="mixup", pos_weight=[1.0, 2.0]), FACTS
    drawn = {"dataset": {"kind": "shapes", "learn": "masks"}, "cache_size": 0}
    found["masks of shapes"] = config_of(**drawn), replace(FACTS, masks=MaskFacts((0, 1)))
    return found | {"begun with the weights of another run": (config_of(), STARTED)}


def test_the_file_is_clean_and_holds_nothing_that_it_does_not_use(tmp_path: Path) -> None:
    for name, (config, facts) in _files().items():
        code = script(config, facts)
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        tree = ast.parse(code)
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
        made = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
        made += [target.id for target in targets if isinstance(target, ast.Name)]
        assert set(made) - {node.id for node in names} == set(), name
        assert len(made) == len(set(made)), name
        assert "explorer" not in code, name
    rules = ["--isolated", "--line-length", "120"]
    for command in (["check", *rules, "--select", "E,F,W,I,B,UP,SIM,RET,ERA,ARG001"], ["format", *rules, "--diff"]):
        call = [sys.executable, "-m", "ruff", *command, str(tmp_path)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_optional_line_stands_in_some_files_and_not_in_others() -> None:
    sources = [file.read_text() for file in Path(explorer.export.__path__[0]).glob("*.py")]
    conditions = {
        one
        for source in sources
        for found in re.findall(r"  #\? ([a-z, ]+)$", source, re.M)
        for one in found.split(", ")
    }
    of_data = {"nested", "flat", "by image", "by range", "text", "parquet", "names", "simple", "chosen"}
    of_data |= {"in cells", "in columns", "one label"}
    of_data |= {f"masks of {one}" for one in ("values", "two", "colors", "files")}
    of_data |= {f"{one} {other}" for one in ("nested", "flat") for other in ("simple", "chosen")}
    wanted = {one.removeprefix("not ") for one in conditions} - of_data
    held = [traits(*each) for each in _files().values()]
    assert len(wanted) > 15
    assert [one for one in sorted(wanted) if not any(one in having for having in held)] == []
    assert [one for one in sorted(wanted) if all(one in having for having in held)] == []


def test_only_what_a_config_needs_is_written() -> None:
    plain = _code()
    for values, word in (
        ({"mixing": "mixup"}, "mixup"),
        ({"mixing": "cutmix"}, "cutmix"),
        ({"loss": "focal"}, "FOCAL_GAMMA"),
        ({"loss": "bce"}, "two_logits"),
        ({"gradient_clip": 1.0}, "gradient_clip_val"),
        ({"accumulate": 2}, "accumulate_grad_batches"),
        ({"early_stopping": 2}, "EarlyStopping"),
        ({"schedule": "cosine"}, "cosine_share"),
        ({"unfreeze_epoch": 2}, "UNFREEZE_EPOCH"),
        ({"label_smoothing": 0.1}, "LABEL_SMOOTHING"),
        ({"dataset": {"kind": "digits"}}, "load_digits"),
    ):
        assert word in _code(**values), word
        assert word not in plain, word


def test_arguments_of_onecycle_that_are_left_out_are_its_defaults() -> None:
    signature = inspect.signature(OneCycleLR)
    for name in module._ONECYCLE:
        assert RunConfig.model_fields[name].default == signature.parameters[name].default, name


def test_a_function_with_a_comment_behind_its_head_is_lifted_with_its_body() -> None:
    (text,) = (found.text for found in definitions(lift("augment.extras._near_box")) if "def _near_box" in found.text)
    assert len(ast.parse(text).body[0].body) == len(ast.parse(inspect.getsource(extras._near_box)).body[0].body)  # type: ignore[attr-defined]


def test_names_that_would_break_out_of_the_text_stay_text() -> None:
    name = 'x"""\nimport os\nos.abort()\n\\"""'
    code = script(config_of(name=name), Facts(('"""', "a\\'\n"), "32-true", 1, 0, run='"""'))
    tree = ast.parse(code)
    assert not any(isinstance(node, ast.Import) and node.names[0].name == "os" for node in ast.walk(tree))
    classes = next(n for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "CLASSES")
    assert ast.literal_eval(classes.value) == ('"""', "a\\'\n")


def test_the_scale_of_each_choice_of_weights_is_that_of_the_training() -> None:
    for name, backbone in BACKBONES.items():
        for weights in backbone.weights:
            frozen = weights != "none"
            values = {"backbone": name, "weights": weights, "weights_file": "a.pth", "frozen": frozen, "image_size": 64}
            module, constant = scale(config_of(**values)).split(".")
            found = getattr(importlib.import_module(f"explorer.training.networks.{module}"), constant)
            assert found == backbone.scale_of(weights), (name, weights)


# What cannot be exported


def test_a_step_that_wants_more_than_the_image_is_refused_by_name() -> None:
    for nodes, named in (
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
    ):
        whole = [_complete(node) for node in nodes]
        with pytest.raises(ExportError, match=named):
            _code(pipeline={"nodes": whole})
        off = [node | {"enabled": False} if node["id"] != FLIP["id"] else node for node in whole]
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
        assert seen.shape == full.image.shape or not keeps_size(name), name
        compared += 1
    assert compared > 90


def test_a_run_that_is_no_training_on_one_device_is_refused() -> None:
    with pytest.raises(ExportError, match="does not train"):
        _code(kind="check")
    with pytest.raises(ExportError, match="several GPUs"):
        _code(accelerator="gpu", gpus=[0, 1])


def test_a_run_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=f"{tmp_path.name} has not begun to train"):
        of_run(RunPaths(tmp_path))
