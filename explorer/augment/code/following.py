"""Calls of the functions that the code itself defines, bounded in their number."""

import ast

from explorer.augment.code.run import MAX_CALLS, Run
from explorer.augment.code.values import Function, Value

_SHORT = 8  # statements; a longer function that makes no pipeline and sets no name outside is not followed
LONG = 80  # statements of an `__init__`, which says what the object holds


def follows(function: Function, run: Run, limit: int = _SHORT) -> bool:
    """Whether a call is gone through: where that can lead to anything, and calls are not nested too deep."""
    worth = id(function.node) in run.telling or function.reaches_out or len(function.body) <= limit
    return worth and run.depth < MAX_CALLS


def inlined(
    function: Function, args: list[Value], keywords: dict[str, Value], node: ast.expr, run: Run, limit: int = _SHORT
) -> Value:
    """What a function of the code returns for these arguments."""
    if not follows(function, run, limit):
        return run.missing(node)
    run.depth += 1
    try:
        returned, value = run.follow(function, args, keywords, run)
    finally:
        run.depth -= 1
    return value if returned else run.missing(node)
