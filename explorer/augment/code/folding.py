"""Arithmetic on constants with bounded results: no number beyond 64 bits, no long text or list."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from explorer.augment.code import arrays
from explorer.augment.code.contents import is_flat
from explorer.augment.code.values import MAX_INT, MAX_LENGTH, Array, NotConstant

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}


def binary(op: ast.operator, left: Any, right: Any) -> Any:
    """`left op right`. Raises NotConstant."""
    if isinstance(left, Array) or isinstance(right, Array):
        return arrays.binary(op, left, right)
    work = arrays.OPERATORS.get(type(op))
    if work is None or not _is_small(op, left, right):
        raise NotConstant
    try:
        return _bounded(work(left, right))
    except (TypeError, ValueError, ArithmeticError) as error:
        raise NotConstant from error


def _is_small(op: ast.operator, left: Any, right: Any) -> bool:
    """Whether the result is small enough to be computed."""
    if _is_number(left) and _is_number(right):
        return not isinstance(op, ast.Pow) or (abs(right) <= 64 and abs(left) <= MAX_INT)
    if isinstance(op, ast.Mult):
        length, times = (left, right) if _is_number(right) else (right, left)
        countable = isinstance(length, str | list | tuple) and isinstance(times, int)
        return countable and len(length) * max(int(times), 0) <= MAX_LENGTH
    joined = isinstance(left, list | tuple | str) and type(left) is type(right)
    return joined and isinstance(op, ast.Add) and len(left) + len(right) <= MAX_LENGTH


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def unary(op: ast.unaryop, value: Any) -> Any:
    """`op value`. Raises NotConstant."""
    if isinstance(value, Array) and isinstance(op, ast.USub):
        return arrays.negative(value)
    if isinstance(op, ast.Not) and isinstance(value, bool | int | float | str | list | tuple | dict | None):
        return not value
    if not _is_number(value) or isinstance(op, ast.Invert | ast.Not):
        raise NotConstant
    return -value if isinstance(op, ast.USub) else +value


def compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    """`left op right`. Raises NotConstant."""
    if not (is_flat(left) and is_flat(right)):
        raise NotConstant
    try:
        return bool(_COMPARISONS[type(op)](left, right))
    except TypeError as error:
        raise NotConstant from error


def _range(*ends: Any) -> list[int]:
    numbers = range(*ends)
    if len(numbers) > MAX_LENGTH:
        raise NotConstant
    return list(numbers)


_MATH = ("math", "numpy")
# Functions that are called if all arguments are plain.
CALLS: Mapping[str, Callable[..., Any]] = {
    **{work.__name__: work for work in (int, float, bool, str, abs, round, min, max, sum)},
    **{f"{library}.{work.__name__}": work for library in _MATH for work in (math.sqrt, math.ceil, math.floor)},
    "range": _range,
}
KNOWN = frozenset({*CALLS, *arrays.FUNCTIONS})
CONSTANTS: Mapping[str, float] = {
    f"{library}.{name}": getattr(math, name) for library in _MATH for name in ("pi", "e", "inf", "nan")
}


def call(name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
    """Call one of `KNOWN`. Raises NotConstant."""
    if name in arrays.FUNCTIONS:
        return arrays.call(arrays.FUNCTIONS[name], args, keywords)
    if any(isinstance(value, Array) for value in args):
        return arrays.call(arrays.ON_ARRAYS.get(name), args, keywords)
    if any(isinstance(value, str) and len(value) > 400 for value in args):
        raise NotConstant  # int() of a long text takes its time
    if not all(map(is_flat, args)):
        raise NotConstant
    try:
        return _bounded(CALLS[name](*args, **keywords))
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise NotConstant from error


def _bounded(value: Any) -> Any:
    if isinstance(value, complex) or (isinstance(value, int) and abs(value) >= MAX_INT):
        raise NotConstant
    return value
