"""What `A.to_dict` gives and `A.save` writes, of 1.x and 2.x, as plain values -> a pipeline."""

import ast
import inspect
from collections.abc import Mapping
from typing import Any

from explorer.augment.catalog import build, catalog
from explorer.augment.code.assembling import assemble
from explorer.augment.code.found import CodeError, Found
from explorer.augment.code.generation import shows_1x
from explorer.augment.code.names import COMPOSERS
from explorer.augment.code.normal import kept, one_range, same
from explorer.augment.code.values import Made, Origin
from explorer.augment.parameters import JsonValue, plain
from explorer.augment.pipeline import MAX_DEPTH, Draft, Group, Node, Step

TITLE = "albumentations file"
_NOWHERE = ast.Call(func=ast.Name(id="A", ctx=ast.Load()), args=[], keywords=[], lineno=1, col_offset=0)


def read_record(record: Mapping[str, Any]) -> Found:
    """The pipeline of a record, which is data only. Raises CodeError where it is none."""
    transform = record.get("transform") if isinstance(record, Mapping) else None
    if not isinstance(transform, Mapping) or not isinstance(transform.get("__class_fullname__"), str):
        raise CodeError('This is no pipeline that albumentations saved: it lacks "transform" with its class.')
    version = record.get("__version__")
    made = _made(transform, 1)
    old = (isinstance(version, str) and version.startswith(("0.", "1."))) or any(map(shows_1x, _all(made)))
    draft, log = assemble(made if made.name in COMPOSERS else [made], old)
    return Found(TITLE, 1, settled(draft), tuple(log.notes), tuple(log.unknowns.values()))


def _made(record: Mapping[str, Any], depth: int) -> Made:
    """A record as if it were a call."""
    if depth > MAX_DEPTH:
        raise CodeError(f"Its steps are nested more than {MAX_DEPTH} deep.")
    name = record.get("__class_fullname__")
    if not isinstance(name, str):
        raise CodeError("One of its steps has no class.")
    path = name if name.startswith("albumentations.") else f"albumentations.{name}"
    keywords: dict[str, Any] = {}
    for key, value in record.items():
        if key == "transforms":
            steps = value if isinstance(value, list) else []
            keywords[key] = [_made(step, depth + 1) if isinstance(step, Mapping) else step for step in steps]
        elif isinstance(key, str) and not key.startswith("__") and not is_inherited(path.rpartition(".")[2], key):
            keywords[key] = value
    return Made(path, _NOWHERE, [], keywords, [], Origin(1))


def _all(made: Made) -> list[Made]:
    inner = made.keywords.get("transforms", [])
    return [made, *(found for part in inner if isinstance(part, Made) for found in _all(part))]


def is_inherited(name: str, key: str) -> bool:
    """Whether `A.to_dict` writes it for a base class only, and the class itself never takes it."""
    offered = catalog().get(name)
    if offered is None or key in offered.accepted or key == "p":
        return False
    makers = [vars(base)["__init__"] for base in offered.cls.__mro__[1:] if "__init__" in vars(base)]
    return any(key in inspect.signature(maker).parameters for maker in makers)


def settled(draft: Draft) -> Draft:
    """A draft without the parameters that albumentations works out by itself, and writes all the same."""
    return draft.model_copy(update={"nodes": tuple(map(_settled, draft.nodes))})


def _settled(node: Node) -> Node:
    if isinstance(node, Group):
        return node.model_copy(update={"children": tuple(map(_settled, node.children))})
    return node.model_copy(update={"params": _without_worked_out(node)})


def _without_worked_out(step: Step) -> dict[str, JsonValue]:
    """The parameters without those that albumentations works out by itself where they are not given."""
    params = dict(step.params)
    if step.transform == "ShiftScaleRotate":
        params = _one_shift(params)
    for key in list(params):
        parameter = catalog()[step.transform].parameters[key]
        if parameter.default is None and not parameter.required:
            rest = {other: value for other, value in params.items() if other != key}
            if same(_attribute(step.transform, rest, key), params[key]):
                params = rest
    return kept(step.transform, params)


def _attribute(transform: str, params: Mapping[str, JsonValue], key: str) -> JsonValue:
    try:
        made = build(transform, params)[0]
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
        return None
    return one_range(plain(getattr(made, key, None)))


def _one_shift(params: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """albumentations writes the shift once for each direction."""
    across, down = params.get("shift_limit_x"), params.get("shift_limit_y")
    if across is None or across != down:
        return params
    rest = {key: value for key, value in params.items() if key not in ("shift_limit_x", "shift_limit_y")}
    return {**rest, "shift_limit": across}
