"""Calls: of albumentations, of what can be worked out, and of the functions that the code itself defines."""

import ast
from typing import Any

from explorer.augment.code import folding
from explorer.augment.code.expressions import WORK, evaluate, is_transform
from explorer.augment.code.names import foreign
from explorer.augment.code.run import MAX_CALLS, Run
from explorer.augment.code.values import Class, Function, Instance, Made, Method, Missing, Reference, Scope, Value

OWN_CLASS = "It is a class that this code defines."
_SHORT = 8  # statements; a longer function without a pipeline is not followed


def call(node: ast.Call, scope: Scope, run: Run) -> Value:
    """What a call gives."""
    target = evaluate(node.func, scope, run)
    if isinstance(target, Reference) and target.name in _ENUMERATORS:
        return _interpolation(node, scope, run)
    if is_transform(target):
        return made(target, node, scope, run)
    args, keywords, rest = arguments(node, scope, run)
    if isinstance(target, Made):
        return run.missing(node)  # it is applied to a picture
    if isinstance(target, Reference) and target.path in folding.CALLS:
        return _worked_out(target.path, args, keywords, node, run)
    if isinstance(target, Method):
        return _METHODS.get((type(target.owner), target.name), _no_method)(target, args, keywords, node, run)
    if isinstance(target, Function) and not rest:
        return _inlined(target, args, keywords, node, run)
    if isinstance(target, Class):
        # A class of constants is used through an object of it; a step of one's own is not.
        return Instance(target) if not args and not keywords else run.missing(node, OWN_CLASS)
    return run.missing(node, _reason(target))


def _reason(target: Value) -> str:
    if isinstance(target, Reference):
        return foreign(target.path)
    return target.reason if isinstance(target, Missing) else ""


def arguments(node: ast.Call, scope: Scope, run: Run) -> tuple[list[Value], dict[str, Value], list[Value]]:
    """Positional arguments, those by name, and what was spread (`*x`, `**x`) and is no known list or dict."""
    args: list[Value] = []
    rest: list[Value] = []
    for part in node.args:
        value = evaluate(part.value if isinstance(part, ast.Starred) else part, scope, run)
        if not isinstance(part, ast.Starred):
            args.append(value)
        elif isinstance(value, list | tuple):
            args.extend(value)
        else:
            rest.append(value)
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = evaluate(keyword.value, scope, run)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, dict):
            keywords |= {str(name): inner for name, inner in value.items()}
        else:
            rest.append(value)
    return args, keywords, rest


def made(reference: Reference, node: ast.Call, scope: Scope, run: Run) -> Made:
    """A call of albumentations, as it is written."""
    args, keywords, rest = arguments(node, scope, run)
    found = Made(
        reference.path,
        node,
        node.lineno,
        args,
        keywords,
        [value for value in rest if isinstance(value, Missing)],
        tuple(run.met.items()),
        scope.title,
        inlined=run.depth > 0,
    )
    run.made.append(found)
    return found


_ENUMERATORS = frozenset({"Interpolation"})


def _interpolation(node: ast.Call, scope: Scope, run: Run) -> Value:
    """`Downscale.Interpolation(downscale=, upscale=)` of 1.x, which 2.0.8 writes as a dict."""
    args, keywords, _ = arguments(node, scope, run)
    return dict(zip(("downscale", "upscale"), args, strict=False)) | keywords


def _worked_out(name: str, args: list[Value], keywords: dict[str, Value], node: ast.Call, run: Run) -> Value:
    if name in ("list", "tuple", "dict"):  # they hold whatever they are given
        return _container(name, args, keywords, node, run)
    unknown = [one for value in (*args, *keywords.values()) if isinstance(value, Missing) for one in value.names()]
    if unknown:
        return unknown[0] if len(unknown) == 1 else Missing(node, node.lineno, parts=tuple(unknown))
    try:
        return folding.call(name, args, keywords)
    except folding.NotConstant:
        return run.missing(node)


def _container(name: str, args: list[Value], keywords: dict[str, Value], node: ast.Call, run: Run) -> Value:
    first = args[0] if args else ({} if name == "dict" else [])
    if name == "dict":
        return {**first, **keywords} if isinstance(first, dict) else run.missing(node)
    if not isinstance(first, list | tuple | dict):
        return run.missing(node)
    return tuple(first) if name == "tuple" else list(first)


# Methods


def _no_method(target: Method, args: list[Value], keywords: dict[str, Value], node: ast.Call, run: Run) -> Value:
    if isinstance(target.owner, Instance):
        function = target.owner.cls.scope.names.get(target.name)
        if isinstance(function, Function):
            return _inlined(function, [target.owner, *args], keywords, node, run)
    return run.missing(node)


def _append(target: Method, args: list[Value], *_: Any) -> Value:
    if args and len(target.owner) < folding.MAX_LENGTH:
        target.owner.append(args[0])


def _extend(target: Method, args: list[Value], *_: Any) -> Value:
    more = args[0] if args else []
    inner = list(more) if isinstance(more, list | tuple) else [more]
    if len(target.owner) + len(inner) <= folding.MAX_LENGTH:
        target.owner.extend(inner)


def _insert(target: Method, args: list[Value], *_: Any) -> Value:
    if len(args) == 2 and isinstance(args[0], int) and len(target.owner) < folding.MAX_LENGTH:
        target.owner.insert(max(-(10**6), min(args[0], 10**6)), args[1])


def _get(target: Method, args: list[Value], keywords: dict[str, Value], node: ast.Call, run: Run) -> Value:  # noqa: ARG001
    if args and isinstance(args[0], str | int):
        return target.owner.get(args[0], args[1] if len(args) > 1 else None)
    return run.missing(node)


def _update(target: Method, args: list[Value], keywords: dict[str, Value], *_: Any) -> Value:
    if args and isinstance(args[0], dict):
        target.owner.update(args[0])
    target.owner.update(keywords)


_METHODS: dict[tuple[type, str], Any] = {
    (list, "append"): _append,
    (list, "extend"): _extend,
    (list, "insert"): _insert,
    (list, "copy"): lambda target, *_: list(target.owner),
    (dict, "copy"): lambda target, *_: dict(target.owner),
    (dict, "get"): _get,
    (dict, "update"): _update,
    (dict, "items"): lambda target, *_: list(target.owner.items()),
    (dict, "values"): lambda target, *_: list(target.owner.values()),
    (dict, "keys"): lambda target, *_: list(target.owner),
}


# The code's own functions


def _inlined(function: Function, args: list[Value], keywords: dict[str, Value], node: ast.Call, run: Run) -> Value:
    """What a function of the code returns for these arguments, where following it can lead to anything."""
    worth = id(function.node) in run.telling or len(function.node.body) <= _SHORT
    if not worth or run.depth >= MAX_CALLS:
        return run.missing(node)
    run.depth += 1
    try:
        returned, value = run.follow(function, args, keywords, run)
    finally:
        run.depth -= 1
    return value if returned else run.missing(node)


WORK[ast.Call] = call
