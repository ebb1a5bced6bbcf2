"""Arrays of numpy in code. numpy itself computes them, with numbers only and within bounds.

Floats have 64 bits whatever the code says, so that 0.485 stays 0.485, to which float32 would add digits.
"""

import ast
import functools
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from explorer.augment.code.values import MAX_INT, MAX_LENGTH, Array, NotConstant, Reference

_MAX_AXES = 8
_WHOLE = frozenset({"int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"})
_FLOAT = frozenset({"float", "double", "float16", "float32", "float64"})
_PLAIN = frozenset({bool, int, float})
_FAILS = (TypeError, ValueError, ArithmeticError, LookupError, MemoryError)

OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def raw(value: Any) -> Any:
    """A value as numpy gets it: the array of an `Array`, also inside a list."""
    if isinstance(value, Array):
        return value.numbers
    if not isinstance(value, list | tuple) or _PLAIN.issuperset(map(type, value)):
        return value
    return [raw(part) for part in value]


def make(values: Any, dtype: Any = None, **_: Any) -> Any:
    """`np.array(values, dtype)`. Raises NotConstant for anything but numbers within the bounds."""
    if _count(values) > MAX_LENGTH:
        raise NotConstant
    return _bounded(lambda: np.array(raw(values), _dtype(dtype)))


def _count(values: Any, depth: int = 0) -> int:
    """How many numbers a nested list contains; too many if it is nested without an end."""
    if depth > _MAX_AXES or (isinstance(values, list | tuple) and len(values) > MAX_LENGTH):
        return MAX_LENGTH + 1
    if isinstance(values, Array):
        return int(values.numbers.size)
    if not isinstance(values, list | tuple):
        return 1
    if _PLAIN.issuperset(map(type, values)):
        return len(values)
    total = 0
    for part in values:
        total += _count(part, depth + 1)
        if total > MAX_LENGTH:
            break
    return total


def _dtype(named: Any) -> Any:
    """The type for a text, `np.uint8`, `float` and the like. Raises NotConstant for others."""
    if named is None:
        return None
    name = named.name if isinstance(named, Reference) else named
    if name in _FLOAT:
        return np.float64
    if name not in _WHOLE:
        raise NotConstant
    return np.dtype(name)


def _bounded(work: Callable[[], Any]) -> Any:
    """A result of numpy as a value. Raises NotConstant if it is no number, too large, or fails."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(work())
    except _FAILS as error:
        raise NotConstant from error
    if found.dtype.kind not in "biuf" or found.size > MAX_LENGTH or found.ndim > _MAX_AXES:
        raise NotConstant
    if found.dtype.kind in "iu" and found.size and np.abs(found.astype(np.float64)).max() >= MAX_INT:
        raise NotConstant
    if found.ndim == 0:
        return found.item()
    return Array(found.astype(np.float64) if found.dtype.kind == "f" else found)


def binary(op: ast.operator, left: Any, right: Any) -> Any:
    """`left op right`, number by number as numpy broadcasts it. Raises NotConstant."""
    work = OPERATORS.get(type(op))
    if work is None or max(_count(left), _count(right)) > MAX_LENGTH:
        raise NotConstant
    one, other = _numbers(left), _numbers(right)
    try:
        shape = np.broadcast_shapes(one.shape, other.shape)
    except ValueError as error:
        raise NotConstant from error
    if math.prod(shape) > MAX_LENGTH or _overflows(work, one, other):
        raise NotConstant
    plain = [value if isinstance(value, int | float) else array
             for value, array in ((left, one), (right, other))]  # fmt: skip
    return _bounded(lambda: work(*plain))


def _numbers(value: Any) -> Any:
    """The array of a value. Raises NotConstant if the value does not consist of numbers."""
    try:
        found = np.asarray(raw(value))
    except _FAILS as error:
        raise NotConstant from error
    if found.dtype.kind not in "biuf":
        raise NotConstant
    return found


def _overflows(work: Callable[[Any, Any], Any], one: Any, other: Any) -> bool:
    """Whether whole numbers of 64 bits would wrap around, which numpy does without a word."""
    if one.dtype.kind not in "iu" or other.dtype.kind not in "iu" or max(one.itemsize, other.itemsize) < 8:
        return False
    with np.errstate(all="ignore"):
        found = np.asarray(work(one.astype(np.float64), other.astype(np.float64)))
    return bool(found.size and not np.abs(found).max() < MAX_INT)


def negative(value: Array) -> Any:
    """`-value`."""
    return _bounded(lambda: -value.numbers)


def item(value: Array, index: Any) -> Any:
    """`value[index]` for a number, a slice, or a tuple of them. Raises NotConstant."""
    return _bounded(lambda: value.numbers[index])


def rows(value: Array) -> list[Any]:
    """The items that a loop over the array visits."""
    return [_bounded(functools.partial(np.copy, row)) for row in value.numbers]


def _shape(shape: Any) -> tuple[int, ...]:
    sides = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    if len(sides) > _MAX_AXES or not all(type(side) is int and 0 <= side <= MAX_LENGTH for side in sides):
        raise NotConstant
    if math.prod(sides) > MAX_LENGTH:
        raise NotConstant
    return sides


def _full(shape: Any, value: Any, dtype: Any = None) -> Any:
    return _bounded(lambda: np.full(_shape(shape), raw(value), _dtype(dtype)))


def _arange(*ends: Any, dtype: Any = None) -> Any:
    start, stop, step = (0, *ends, 1)[:3] if len(ends) == 1 else (*ends, 1)[:3]
    if not all(isinstance(end, int | float) for end in (start, stop, step)) or not step:
        raise NotConstant
    if not abs((stop - start) / step) <= MAX_LENGTH:
        raise NotConstant
    return _bounded(lambda: np.arange(start, stop, step, dtype=_dtype(dtype)))


def _linspace(start: Any, stop: Any, num: Any = 50) -> Any:
    if type(num) is not int or num > MAX_LENGTH:
        raise NotConstant
    return _bounded(lambda: np.linspace(raw(start), raw(stop), num))


def _each(work: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numpy that takes arrays and gives no larger one."""

    def worked_out(*args: Any, dtype: Any = None, **keywords: Any) -> Any:
        if sum(map(_count, args)) > MAX_LENGTH:
            raise NotConstant
        found = _bounded(lambda: work(*map(raw, args), **{key: raw(value) for key, value in keywords.items()}))
        return found if dtype is None else make(found, dtype)

    return worked_out


def _as(name: str) -> Callable[[Any], Any]:
    """`np.float32(x)` and the like, of a number or a list."""

    def worked_out(value: Any) -> Any:
        if isinstance(value, Array | list | tuple):
            return make(value, name)
        return float(value) if name in _FLOAT else int(value)

    return worked_out


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{f"numpy.{name}": make for name in ("array", "asarray")},
    **{f"numpy.{name}": _as(name) for name in ("float16", "float32", "float64", "int32", "int64", "uint8")},
    "numpy.zeros": lambda shape, dtype="float": _full(shape, 0, dtype),
    "numpy.ones": lambda shape, dtype="float": _full(shape, 1, dtype),
    "numpy.full": _full,
    "numpy.arange": _arange,
    "numpy.linspace": _linspace,
    **{
        f"numpy.{name}": _each(getattr(np, name))
        for name in ("abs", "round", "mean", "std", "sum", "prod", "min", "max", "clip", "maximum", "minimum",
                     "concatenate", "stack", "add", "subtract", "multiply", "divide", "deg2rad", "rad2deg", "flip")
    },
}  # fmt: skip
# Functions that take numbers as well, for arrays.
ON_ARRAYS: Mapping[str, Callable[..., Any]] = {
    **{name: _each(getattr(np, name)) for name in ("abs", "round", "min", "max")},
    "sum": _each(lambda values: np.sum(values, axis=0)),
    **{f"numpy.{name}": _each(getattr(np, name)) for name in ("sqrt", "ceil", "floor")},
}
# Of an array, by the name of the method.
METHODS: Mapping[str, Callable[..., Any]] = {
    "tolist": lambda array: array.numbers.tolist(),
    "item": lambda array, *at: _bounded(lambda: array.numbers.item(*at)),
    "astype": make,
    "copy": lambda array: Array(array.numbers.copy()),
    **dict.fromkeys(("flatten", "ravel"), lambda array: _bounded(lambda: array.numbers.ravel())),
    "reshape": lambda array, *shape: _bounded(lambda: array.numbers.reshape(*shape)),
    **{name: _each(getattr(np, name)) for name in ("mean", "std", "sum", "prod", "min", "max", "round", "clip")},
}
ATTRIBUTES: Mapping[str, Callable[[Array], Any]] = {
    "shape": lambda array: array.numbers.shape,
    "size": lambda array: int(array.numbers.size),
    "ndim": lambda array: int(array.numbers.ndim),
    "T": lambda array: _bounded(lambda: array.numbers.T),
}


def call(work: Callable[..., Any] | None, args: list[Any], keywords: dict[str, Any]) -> Any:
    """Call one of the functions of these tables. Raises NotConstant."""
    if work is None:
        raise NotConstant
    try:
        return work(*args, **keywords)
    except _FAILS as error:
        raise NotConstant from error
