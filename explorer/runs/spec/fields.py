"""What a field declares about itself: its title, its help, and the choices that give it an effect."""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Only:
    """Part of a field's annotation: the field has an effect only with some choices of another field.

    Args:
        by: The other field, which must have an effect itself.
        choices: The values of `by` that give the field an effect.
        when: Decides by all values instead, where it is more than a choice of `by`.
        refusal: The error for a value other than the default where the field has no effect; "" allows it.
    """

    by: str
    choices: tuple[Any, ...] = ()
    when: Callable[[Values], bool] | None = None
    refusal: str = ""


Rules = Mapping[str, Only]


class Misfit(ValueError):
    """Values that do not fit together. `field` is the one to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@cache
def rules_of(model: type[BaseModel]) -> Rules:
    """Return the fields of a model that have an effect only with others, and when."""
    return {
        name: found for name, info in model.model_fields.items() for found in info.metadata if isinstance(found, Only)
    }


def has_effect(name: str, values: Values, rules: Rules) -> bool:
    """Whether a field has an effect with these values."""
    rule = rules.get(name)
    if rule is None:
        return True
    if rule.when is not None:
        return rule.when(values)
    return values[rule.by] in rule.choices and has_effect(rule.by, values, rules)


def depending_on(name: str, rules: Rules) -> Iterator[str]:
    """Yield a field and all fields that have an effect only with some of its choices."""
    yield name
    for other, rule in rules.items():
        if rule.by == name:
            yield from depending_on(other, rules)


@cache
def texts_of(model: type[BaseModel]) -> Mapping[str, str]:
    """Read the docstring below each field in the source of a model and of its bases.

    Pydantic's `use_attribute_docstrings` does so at import, which takes half a second in a large program.
    """
    found: dict[str, str] = {}
    for part in reversed(model.__mro__[: model.__mro__.index(BaseModel)]):  # a field may be declared again
        (definition,) = ast.parse(inspect.getsource(part)).body
        assert isinstance(definition, ast.ClassDef)
        for field, text in pairwise(definition.body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return found


def info_of(model: type[BaseModel], name: str) -> FieldInfo | None:
    """Return the declaration of a field, nested with dots ("dataset.noise"); None where there is no such field."""
    head, _, rest = name.partition(".")
    info = model.model_fields.get(head)
    if info is None or not rest:
        return info
    inside = (info_of(nested, rest) for nested in _models_in(info.annotation))
    return next(filter(None, inside), None)


def limits_of(model: type[BaseModel], name: str) -> tuple[int, int]:
    """Return the least and the greatest value of a field of whole numbers, which has to declare both."""
    declared = _declared(model, name)
    return declared["ge"], declared["le"] if "le" in declared else declared["lt"] - 1


def longest_of(model: type[BaseModel], name: str) -> int:
    """Return how many characters or items a field may have, which has to declare it."""
    return int(_declared(model, name)["max_length"])


def _declared(model: type[BaseModel], name: str) -> dict[str, Any]:
    """Return the limits of a field by pydantic's names of them."""
    info = info_of(model, name)
    marks = info.metadata if info is not None else []
    return {key: getattr(mark, key) for mark in marks for key in ("ge", "le", "lt", "max_length") if hasattr(mark, key)}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    return [
        part for part in get_args(annotation) or (annotation,) if isinstance(part, type) and issubclass(part, BaseModel)
    ]
