"""A pipeline as Python text that needs nothing but albumentations."""

import inspect
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import albumentations as A
from pydantic import BaseModel

from explorer.augment import extras
from explorer.augment.catalog import catalog
from explorer.augment.parameters import Choice, JsonValue, equal, plain
from explorer.augment.pipeline import Group, Node, Pipeline, Step, all_steps, draws, is_on, walk
from explorer.augment.targets import TargetRules
from explorer.data import fonts

WIDTH = 100  # characters in a line, if possible
_INDENT = "    "
Keys = Mapping[str, str]


def to_python(pipeline: Pipeline, *, bboxes: bool = True, keypoints: bool = True) -> str:
    """Python text that makes the same `A.Compose`, named `transform`, without arguments that are defaults.

    It may be for samples with boxes and keypoints, which have their class in the last column. Steps that are off and
    groups without steps are left out. Comments name what steps need with each call, see `call_keys`.
    """
    keys = call_keys(pipeline)
    nodes = [_node(node, keys) for node in pipeline.nodes if is_on(node)]
    text = f"transform = {_call('A.Compose', [_list(nodes), *_rules(pipeline.targets, bboxes, keypoints)])}"
    imports = ["import albumentations as A", *(["import cv2"] if "cv2." in text else [])]
    return "\n".join([_title(pipeline), "", *imports, "", text, *_needs(pipeline, keys), ""])


def call_keys(pipeline: Pipeline) -> Keys:
    """Node id -> keyword for what the step needs with each call of the written code, see `extras.hand_over`."""
    steps = [step for step in all_steps(pipeline.nodes) if step.transform in extras.EXTRAS and is_on(step)]
    return {step.id: f"{extras.EXTRAS[step.transform].keyword}_{number}" for number, step in enumerate(steps, start=1)}


def font_file(step: Step) -> str:
    """The name of the font file that has to be beside the code of a TextImage."""
    return Path(fonts.path(str(step.params.get("font", fonts.BUILT_IN)))).name


def _title(pipeline: Pipeline) -> str:
    name = "".join(c if c.isprintable() else " " for c in pipeline.name).replace("\\", "/").replace('"', "'").strip()
    what = f"{name}: a" if name else "A"
    off = sum(not is_on(node) for node, _ in walk(pipeline.nodes))
    left = f" Left out because they are off or empty: {off}." if off else ""
    return f'"""{what} pipeline for albumentations {A.__version__}.{left}"""'


def _needs(pipeline: Pipeline, keys: Keys) -> list[str]:
    lines = []
    for step in all_steps(pipeline.nodes):
        if step.id in keys:
            extra = extras.EXTRAS[step.transform]
            chosen = str({**extra.starts, **step.params}[extra.parameters[0].name])
            lines.append(f"#   {keys[step.id]}={_one_line(extra.wants.format(names=chosen))}")
    return ["", "# transform(image=image, ...) also wants:", *lines] if lines else []


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


# Calls and lists, in one line if they fit, else one argument a line


def _call(name: str, arguments: list[str]) -> str:
    flat = f"{name}({', '.join(arguments)})"
    return flat if len(flat) <= WIDTH and "\n" not in flat else f"{name}(\n{_indented(arguments)}\n)"


def _list(items: list[str]) -> str:
    return f"[\n{_indented(items)}\n]" if items else "[]"


def _indented(items: Iterable[str]) -> str:
    return "\n".join(f"{_INDENT}{line}" for item in items for line in f"{item},".split("\n"))


# Nodes


def _node(node: Node, keys: Keys) -> str:
    return _step(node, keys) if isinstance(node, Step) else _group(node, keys)


def _step(step: Step, keys: Keys) -> str:
    transform = catalog()[step.transform]
    extra = extras.EXTRAS.get(step.transform)
    further = {parameter.name for parameter in extra.parameters} if extra else set()
    written = [
        f"{name}={_value(value, parameter.choices)}"
        for name, value in step.params.items()
        if name not in further
        and ((parameter := transform.parameters[name]).required or not equal(value, parameter.default))
    ]
    if extra:
        written.append(f'{extra.key}="{keys[step.id]}"')
        if "font" in further:
            written.append(f"font_path={_inner(font_file(step))}")
    return _call(f"A.{step.transform}", [*written, *_p(step.p, transform.default_p)])


def _group(group: Group, keys: Keys) -> str:
    signature = inspect.signature(getattr(A, group.kind).__init__).parameters
    params = dict(group.params)
    if group.kind in ("SomeOf", "RandomOrder"):
        params["n"] = draws(group)
    children = _list([_node(child, keys) for child in group.children if is_on(child)])
    written = [
        f"{name}={_value(value)}" for name, value in params.items() if not equal(value, plain(signature[name].default))
    ]
    # OneOrOther's first argument is not its list of steps.
    first = f"transforms={children}" if group.kind == "OneOrOther" else children
    return _call(f"A.{group.kind}", [first, *written, *_p(group.p, signature["p"].default)])


def _p(p: float, default: float) -> list[str]:
    return [] if p == default else [f"p={_value(p)}"]


def _value(value: JsonValue, choices: tuple[Choice, ...] = ()) -> str:
    for choice in choices:
        if equal(value, choice.value) and choice.label.startswith(("INTER_", "BORDER_")):
            return f"cv2.{choice.label}"
    if isinstance(value, list):  # as in `catalog.arguments`: the outermost list becomes a tuple
        parts = ", ".join(map(_inner, value))
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return _inner(value)


def _inner(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_inner, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_inner(name)}: {_inner(part)}' for name, part in value.items())}}}"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str) and value.isprintable() and not {'"', "\\"} & set(value):
        return f'"{value}"'
    return repr(value)


# Masks, boxes and keypoints


def _rules(rules: TargetRules, bboxes: bool, keypoints: bool) -> list[str]:
    written = []
    if bboxes and rules.boxes.use:
        written.append(f"bbox_params={_params('BboxParams', rules.boxes)}")
    if keypoints and rules.keypoints.use:
        written.append(f"keypoint_params={_params('KeypointParams', rules.keypoints)}")
    if rules.mask_interpolation is not None:
        written.append(f"mask_interpolation=cv2.{rules.mask_interpolation}")
    return written


def _params(name: str, rules: BaseModel) -> str:
    defaults = inspect.signature(getattr(A, name).__init__).parameters
    values = rules.model_dump(exclude={"use"})
    return _call(
        f"A.{name}",
        [f"{key}={_inner(value)}" for key, value in values.items() if not equal(value, defaults[key].default)],
    )
