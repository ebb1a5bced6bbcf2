"""Exported Python, really run, gives the pixels, boxes and keypoints that the pipeline gives here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.augment import extras, presets
from explorer.augment.catalog import catalog
from explorer.augment.code.writing import call_keys, font_file, to_python
from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft, Group, Pipeline, Step, validate, walk
from explorer.augment.streams import random_state
from explorer.augment.targets import BoxRules, TargetRules
from explorer.data import fonts
from explorer.data.sample import Sample
from tests.augment.samples import acceptable, call_of

CHILD = Path(__file__).with_name("child.py")


class Arrays:
    """Values of a call as JSON, arrays apart."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def apart(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            name = f"extra_{len(self.kept)}"
            self.kept[name] = value
            return {"array": name}
        if isinstance(value, dict):
            return {name: self.apart(part) for name, part in value.items()}
        return [self.apart(part) for part in value] if isinstance(value, list | tuple) else value


def write_case(folder: Path, name: str, pipeline: Pipeline, sample: Sample) -> None:
    """The code of a pipeline, what it is called with, and what our own Compose of it gives."""
    rules, arrays = pipeline.targets, Arrays()
    call = call_of(sample, rules)
    handed, own = {}, {}
    steps = {node.id: node for node, _ in walk(pipeline.nodes) if isinstance(node, Step)}
    for node_id, key in call_keys(pipeline).items():
        step = steps[node_id]
        own[extras.key(node_id)] = extras.hand_over(step.transform, step.params, sample, rules)
        handed[key] = arrays.apart(own[extras.key(node_id)])
        if step.transform == "TextImage":
            (folder / font_file(step)).write_bytes(Path(fonts.path(fonts.BUILT_IN)).read_bytes())
    compose = pipeline.to_compose(bboxes=sample.bboxes is not None, keypoints=sample.keypoints is not None)
    compose.set_random_state(*random_state(3, 0, 0))
    result = compose(**call, **own)
    outs = {f"out_{target}": np.asarray(result[target]) for target in call}
    np.savez(folder / f"{name}.npz", **{f"in_{target}": value for target, value in call.items()}, **outs, **arrays.kept)
    text = to_python(pipeline, bboxes="bboxes" in call, keypoints="keypoints" in call)
    (folder / f"{name}.py").write_text(text)
    (folder / f"{name}.json").write_text(json.dumps(handed))


def wrong(folder: Path) -> list[str]:
    """What the child process finds to differ."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {
        "NO_ALBUMENTATIONS_UPDATE": "1"
    }
    ran = subprocess.run(
        [sys.executable, "-P", str(CHILD), str(folder)], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    *found, last = ran.stdout.splitlines()
    assert last == "done"
    return found


def write_transforms_and_presets(folder: Path, photograph: Sample) -> None:
    for name in catalog():
        draft, own = add(Draft(), name, None)
        write_case(folder, name, validate(set_p(draft, own, 1.0)), acceptable(photograph, name))
    plain = acceptable(photograph, "GridElasticDeform")  # some preset may refuse boxes
    for name in presets.presets():
        write_case(folder, f"preset_{name}", validate(presets.draft(name)), plain)


def write_rules_composers_and_awkward_values(folder: Path, photograph: Sample) -> None:
    step = {"kind": "step", "id": "a", "transform": "HorizontalFlip", "p": 0.5}
    other = {
        "kind": "step",
        "id": "b",
        "transform": "Affine",
        "params": {"rotate": [-10.0, 10.0], "border_mode": 4, "fill": [1, 2, 3]},
    }
    for kind, params in {
        "OneOf": {}, "SomeOf": {"n": 5}, "RandomOrder": {"n": 2, "replace": True}, "Sequential": {}, "OneOrOther": {},
        "SelectiveChannelTransform": {"channels": [2]},
    }.items():  # fmt: skip
        children = [step, {**step, "id": "off", "enabled": False}, other]
        if kind == "SelectiveChannelTransform":
            children = [{"kind": "step", "id": "c", "transform": "GaussianBlur", "p": 1.0}]
        group = Group.model_validate({"kind": kind, "id": "g", "children": children, "params": params, "p": 0.9})
        rules = TargetRules(boxes=BoxRules(format="yolo", min_visibility=0.3), mask_interpolation="INTER_LINEAR")
        write_case(folder, kind, Pipeline(name='a "name" \\', nodes=(group,), targets=rules), photograph)


def test_all_that_is_exported_and_run_gives_equal_targets(tmp_path: Path, photograph: Sample) -> None:
    """One process for all of it: to import albumentations takes longer than to run a hundred pipelines."""
    write_transforms_and_presets(tmp_path, photograph)
    write_rules_composers_and_awkward_values(tmp_path, photograph)
    assert wrong(tmp_path) == []


def test_only_what_is_no_default_is_written() -> None:
    draft, flip = add(Draft(), "HorizontalFlip", None)
    draft, affine = add(draft, "Affine", flip)
    draft = set_param(draft, affine, "rotate", [-20.0, 20.0])
    draft = set_param(draft, affine, "border_mode", 0)  # the default
    draft = set_param(draft, affine, "interpolation", 2)
    text = to_python(validate(draft), bboxes=False, keypoints=False)
    assert "A.HorizontalFlip()," in text
    assert "A.Affine(rotate=(-20.0, 20.0), interpolation=cv2.INTER_CUBIC)," in text
    assert "bbox" not in text


@pytest.mark.parametrize("name", ['"""', "a\nimport os", "\\", "x\u2028y", "%s{}"])
def test_a_name_cannot_break_out_of_its_docstring(name: str) -> None:
    draft, _ = add(Draft(name=name), "HorizontalFlip", None)
    text = to_python(validate(draft))
    compile(text, "exported", "exec")
    assert "\nimport os" not in text
    assert text.count('"""') == 2
