"""Parameters as the rest of the app keeps them: ranges written out, defaults left out, values that JSON can hold."""

import functools
import inspect
import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from explorer.augment.catalog import arguments, catalog
from explorer.augment.parameters import NUMERIC, JsonValue, equal, plain

# What the schema makes of these is not what the constructor takes: it has added 1.
_ONE_ADDED = frozenset({("ShiftScaleRotate", "scale_limit")})
_REFUSED = (ValidationError, ValueError, TypeError, ArithmeticError)
_CLOSE = 1e-12  # relative; what adding and taking away 1 leaves of a limit


def kept(name: str, params: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The parameters of a transform that differ from its defaults or are required, in their order in the signature.

    Where albumentations takes a number for a range, it becomes the range. What it refuses stays for `validate`.
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
    """The schema of a transform with parameters, in JSON, beside its defaults. Raises one of `_REFUSED`."""
    schema: Any = catalog()[name].cls.InitSchema
    known = {key: value for key, value in arguments(params).items() if key in schema.model_fields}
    return schema(**{**_defaults(name), **known})


def _no_minus_0(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_no_minus_0(part) for part in value]
    return 0.0 if isinstance(value, float) and value == 0 else value


def one_range(value: JsonValue) -> JsonValue:
    """One range for both directions where they are the same."""
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
