"""Whether albumentations can make a step, with each of its complaints at the parameter that it is about."""

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from explorer.augment import extras
from explorer.augment.catalog import advice, build, catalog, exclusions
from explorer.augment.parameters import Kind, Parameter, is_ordinary

_EXPECTED: dict[Kind, str] = {
    Kind.BOOL: "true or false",
    Kind.INT: "a whole number",
    Kind.FLOAT: "a number",
    Kind.INT_RANGE: "two whole numbers, from and to",
    Kind.FLOAT_RANGE: "two numbers, from and to",
    Kind.INT_PAIR: "two whole numbers",
    Kind.FILL: "a gray value or red, green, blue",
    Kind.TEXT: "text",
    Kind.PICTURES: "names of images",
    Kind.FONT: "the name of a font",
    Kind.BOX: "left, top, right and bottom in fractions of the image",
    Kind.LITERAL: "another kind of value",
}
_TYPE_TROUBLE = ("_type", "_parsing", "missing", "literal_error", "int_from_float", "too_long", "too_short")
_MAX_SHOWN = 60


def check_p(p: float) -> str | None:
    """The mistake in a probability, or None."""
    if math.isfinite(p) and 0 <= p <= 1:
        return None
    return f"p must be from 0 to 1. You gave {p}."


def check_step(transform: str, params: Mapping[str, Any]) -> Mapping[str, str]:
    """Parameter, or "" for the whole step -> its mistake; empty if albumentations accepts the step."""
    if transform not in catalog():
        reason = exclusions().get(transform)
        return {"": f"{transform} is left out here. {reason}" if reason else f'There is no transform "{transform}".'}
    try:
        text = json.dumps(params, sort_keys=True)
    except (TypeError, ValueError) as error:
        return {"": f"Its parameters are not plain values: {error}."}
    # Pictures and fonts come and go, so their names are checked each time.
    return extras.check(transform, params) or _check(transform, text)


@lru_cache(maxsize=2048)
def _check(transform: str, text: str) -> Mapping[str, str]:
    params = json.loads(text)
    offered = catalog()[transform]
    errors = {
        name: f"{name} is required: give {_EXPECTED.get(parameter.kind, 'a value')}."
        for name, parameter in offered.parameters.items()
        if parameter.required and name not in params
    }
    for name, value in params.items():
        if not is_ordinary(value):
            errors[name] = f"{name} must be made of ordinary numbers. You gave {_short(value)}."
        elif name not in offered.accepted:
            named = ", ".join(offered.parameters) or "none other than p"
            errors[name] = f"{transform} has no parameter {name}. It has: {named}."
        elif name not in offered.parameters:
            errors[name] = f"{name} takes code or arrays, which are not accepted here."
    return errors or _construct(transform, params, offered.parameters)


def _construct(transform: str, params: dict[str, Any], parameters: Mapping[str, Parameter]) -> dict[str, str]:
    try:
        warned = build(transform, params)[1]
    except ValueError as error:
        if isinstance(error.__cause__, ValidationError):
            return _from_schema(error.__cause__, params, parameters)
        return _one(str(error), params)
    except (TypeError, ArithmeticError, LookupError, AttributeError) as error:
        return _one(f"{type(error).__name__}: {error}", params)
    # Any other warning is about a parameter that albumentations replaced by its default.
    news = " ".join(warning for warning in warned if warning not in advice(transform))
    return _one(news, params) if news else {}


def _from_schema(error: ValidationError, params: dict[str, Any], parameters: Mapping[str, Parameter]) -> dict[str, str]:
    complaints: dict[str, list[Any]] = {}
    for detail in error.errors(include_url=False):
        complaints.setdefault(str(next(iter(detail["loc"]), "")), []).append(detail)
    errors: dict[str, str] = {}
    for name, details in complaints.items():
        if name in parameters:
            errors[name] = _explain(parameters[name], params.get(name, parameters[name].default), details)
        else:
            errors |= _one(_reason(details[0]), params)
    return errors


def _explain(parameter: Parameter, value: Any, details: list[Any]) -> str:
    """One sentence for all complaints about a value, since each type of a union has its own."""
    specific = [detail for detail in details if not detail["type"].endswith(_TYPE_TROUBLE)]
    if specific:
        return f"{parameter.name}: {_reason(specific[0])} You gave {_short(value)}."
    if parameter.kind is Kind.CHOICE:
        words = ", ".join(choice.label for choice in parameter.choices)
        return f"{parameter.name} must be one of {words}. You gave {_short(value)}."
    expected = _EXPECTED[parameter.kind] + "".join(f", or {choice.label}" for choice in parameter.choices)
    return f"{parameter.name} must be {expected}. You gave {_short(value)}."


def _reason(detail: Any) -> str:
    if detail["type"] == "value_error":
        text = str(detail["ctx"]["error"])
    else:
        text = detail["msg"].replace("Input should be", "it must be")
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!")) else text + "."


def _one(message: str, params: Mapping[str, Any]) -> dict[str, str]:
    """A complaint about the whole step, or about a given parameter that it names."""
    named = [name for name in params if re.search(rf"\b{re.escape(name)}\b", message)]
    text = " ".join(message.split())
    return {named[0] if named else "": text[:300] or "albumentations does not accept this step."}


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
