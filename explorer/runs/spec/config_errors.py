"""Errors of a run's config in plain words, field by field."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from explorer.runs.spec.fields import Misfit

# pydantic's error type -> the words after the title of the field.
_SAYINGS: dict[str, str] = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be an ordinary number",
    "literal_error": "must be one of {expected}",
    "missing": "is missing",
    "extra_forbidden": "is not a setting: check the spelling",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "union_tag_invalid": "must be of one of the kinds {expected_tags}",
    "union_tag_not_found": 'needs a "kind"',
    "model_type": "must be an object such as {{...}}",
    "model_attributes_type": "must be an object such as {{...}}",
}
_SAYS_NOTHING = {"missing", "union_tag_not_found", "string_too_short"}

# Fields with several kinds of values, for which pydantic reports an error of each kind.
_EITHER = {
    "pos_weight": 'must be a number above 0, or "balanced"',
    "class_weights": 'must be a number above 0 for each class, or "balanced"',
    "dataset.depth": 'must be "auto", "by_image", or a range such as {"low": 0, "high": 4095} with high above low',
}


class ConfigError(ValueError):
    """A config that cannot be run.

    `errors` are sentences by field. Nested fields are joined by dots ("dataset.num_classes"), and "" is the whole.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors: Mapping[str, str] = dict(errors)


def from_validation(error: ValidationError, title_of: Callable[[str], str]) -> ConfigError:
    """Put the report of pydantic into plain words. `title_of` gives the shown name of a field."""
    errors: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        field, message = _explain(detail, title_of)
        errors.setdefault(field, message)
    return ConfigError(errors)


def _explain(detail: Any, title_of: Callable[[str], str]) -> tuple[str, str]:
    field = _field(detail["loc"])
    either = next((name for name in _EITHER if f"{field}.".startswith(f"{name}.")), None)
    if either is not None:
        return either, f"{title_of(either)} {_EITHER[either]}. You gave {_short(detail['input'])}."
    if detail["type"] == "value_error":
        raised = detail["ctx"]["error"]
        words = str(raised)
        return (raised.field if isinstance(raised, Misfit) else field), words + "." * (
            words[-1:] not in (".", "!", "?")
        )
    saying = _SAYINGS.get(detail["type"])
    words = saying.format(**_limits(detail)) if saying else detail["msg"][:1].lower() + detail["msg"][1:]
    sentence = f"{title_of(field)} {words}."
    if detail["type"] not in _SAYS_NOTHING:
        sentence += f" You gave {_short(detail['input'])}."
    return field, sentence


def _limits(detail: Any) -> dict[str, Any]:
    # pydantic makes the limits of a float floats, but "above 0" reads better than "above 0.0".
    context = detail.get("ctx", {})
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}


def _field(location: tuple[str | int, ...]) -> str:
    # pydantic adds the tag of a tagged union: ("dataset", "shapes", "num_classes").
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in ("dataset", "study"):
        del parts[1]
    return ".".join(parts)


def _short(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
