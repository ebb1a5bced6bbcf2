"""Parameters as the rest of the app has them: ranges written out, defaults left out, values as JSON."""

import functools
import inspect
import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from explorer.augment.catalog import arguments, build, catalog
from explorer.augment.parameters import NUMERIC, JsonValue, equal, plain
from explorer.augment.pipeline import Draft, Node, Nodes, Step, rebuilt

# The schema adds 1 to these, and the constructor does not take the sum.
_ONE_ADDED = frozenset({("ShiftScaleRotate", "scale_limit")})
_REFUSED = (ValidationError, ValueError, TypeError, ArithmeticError)
_CLOSE = 1e-12  # relative; what adding and taking away 1 leaves of a limit


def kept(name: str, params: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The parameters of a transform that differ from its defaults or are required, in the order of the signature.

    A number that albumentations takes for a range becomes the range. What it refuses stays for `validate`.
    """
    transform = catalog()[name]
    own = {key: value for key, value in params.items() if key in transform.parameters}
    whole = {**own, **_normal(name, json.dumps(own))}
    return {
        key: whole[key]
        for key, parameter in transform.parameters.items()
        if key in whole and (parameter.required or not same(whole[key], parameter.default))
    }


@functools.lru_cache(maxsize=4096)
def _normal(name: str, text: str) -> Mapping[str, JsonValue]:
    """The numeric parameters among some, in JSON, as the schema of the transform makes them."""
    own = json.loads(text)
    parameters = catalog()[name].parameters
    numeric = [key for key in own if parameters[key].kind in NUMERIC and own[key] is not None]
    try:
        checked = _checked(name, own) if numeric else None
    except _REFUSED:
        return {}
    fields = catalog()[name].cls.InitSchema.model_fields
    found = {key: _no_minus_0(plain(getattr(checked, key))) for key in numeric if key in fields}
    return {
        key: _around_0(own[key]) if (name, key) in _ONE_ADDED else one_range(value)
        for key, value in found.items()
        if isinstance(value, int | float | list | dict)
    }


def _around_0(value: JsonValue) -> JsonValue:
    return _no_minus_0([-value, value]) if isinstance(value, int | float) else value


def _checked(name: str, params: Mapping[str, Any]) -> Any:
    """The schema of a transform with parameters, as JSON, and its defaults. Raises one of `_REFUSED`."""
    schema: Any = catalog()[name].cls.InitSchema
    known = {key: value for key, value in arguments(params).items() if key in schema.model_fields}
    return schema(**{**_defaults(name), **known})


def _no_minus_0(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_no_minus_0(part) for part in value]
    return 0.0 if isinstance(value, float) and value == 0 else value


def one_range(value: JsonValue) -> JsonValue:
    """One range for both directions if they are equal."""
    both = isinstance(value, dict) and set(value) == {"x", "y"} and value["x"] == value["y"]
    return value["x"] if both else value


@functools.cache
def _defaults(name: str) -> dict[str, Any]:
    transform = catalog()[name]
    schema: Any = transform.cls.InitSchema
    signature = inspect.signature(transform.cls.__init__).parameters
    usual = {key: signature[key].default for key in signature if key in schema.model_fields}
    given = {key: value for key, value in usual.items() if value is not inspect.Parameter.empty}
    starts = {key: value for key, value in arguments(transform.starts).items() if key in schema.model_fields}
    return {**({"strict": False} if "strict" in schema.model_fields else {}), **starts, **given, "p": 1.0}


def fits(name: str, params: Mapping[str, Any]) -> bool:
    """Whether albumentations 2.0.8 takes these arguments, in JSON, beside its defaults."""
    try:
        _checked(name, params)
    except _REFUSED:
        return False
    return True


def same(value: JsonValue, default: JsonValue) -> bool:
    """Whether a value is a default, apart from what rounding leaves."""
    if isinstance(value, list) and isinstance(default, list):
        return len(value) == len(default) and all(map(same, value, default))
    if isinstance(value, bool) or isinstance(default, bool) or not isinstance(value, int | float):
        return equal(value, default)
    return isinstance(default, int | float) and math.isclose(value, default, rel_tol=_CLOSE, abs_tol=_CLOSE)


def settled(draft: Draft) -> Draft:
    """A draft without the parameters that albumentations derives from others, but writes to files all the same."""

    def settle(node: Node) -> Nodes:
        return (node.model_copy(update={"params": _given(node)}) if isinstance(node, Step) else node,)

    return draft.model_copy(update={"nodes": rebuilt(draft.nodes, settle)})


def _given(step: Step) -> dict[str, JsonValue]:
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
    """One shift for both directions: albumentations writes it once for each."""
    across, down = params.get("shift_limit_x"), params.get("shift_limit_y")
    if across is None or across != down:
        return params
    rest = {key: value for key, value in params.items() if key not in ("shift_limit_x", "shift_limit_y")}
    return {**rest, "shift_limit": across}
