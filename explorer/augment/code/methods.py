"""Methods of lists, dicts, arrays and parsers of arguments in code.

A change of a list that cannot be evaluated leaves a remark in the list, which becomes a note of the pipeline.
"""

import ast
from collections.abc import Callable
from typing import Any

from explorer.augment.code import arrays
from explorer.augment.code.contents import alike, is_scalar
from explorer.augment.code.run import Call
from explorer.augment.code.scopes import Method
from explorer.augment.code.values import MAX_LENGTH, NOTHING, Array, NotConstant, Parser, Remark, Value, brief, written

_Work = Callable[[Any, Call], Value]


def remark(owner: list[Value], node: ast.AST, line: int) -> None:
    """Note inside a list that a change of it was not made."""
    text = written(node).partition("\n")[0].rstrip(":")
    found = Remark(line, brief(text))
    if found not in owner and len(owner) < MAX_LENGTH:
        owner.append(found)


def _append(owner: list[Value], call: Call) -> Value:
    if len(call.args) != 1 or len(owner) >= MAX_LENGTH:
        raise NotConstant
    return owner.append(call.args[0])


def _extend(owner: list[Value], call: Call) -> Value:
    more = call.args[0] if call.args else []
    inner = list(more) if isinstance(more, list | tuple) else [more]
    if len(owner) + len(inner) > MAX_LENGTH:
        raise NotConstant
    return owner.extend(inner)


def _insert(owner: list[Value], call: Call) -> Value:
    if len(call.args) == 2 and isinstance(call.args[0], int) and len(owner) < MAX_LENGTH:
        return owner.insert(max(-MAX_LENGTH, min(call.args[0], MAX_LENGTH)), call.args[1])
    _append(owner, Call(call.node, call.args[1:], {}, [], call.scope, call.run))
    raise NotConstant


def _pop(owner: list[Value], call: Call) -> Value:
    at = call.args[0] if call.args else -1
    if type(at) is not int or at not in range(-len(owner), len(owner)):
        raise NotConstant
    return owner.pop(at)


def _remove(owner: list[Value], call: Call) -> None:
    del owner[_index(owner, call)]


def _sort(owner: list[Value], call: Call) -> Value:
    if call.keywords or not all(isinstance(part, int | float) for part in owner):
        raise NotConstant
    return owner.sort()


def _add(owner: list[Value], call: Call) -> Value:
    """`add` of a set, which is a list here."""
    known = call.args and any(alike(part, call.args[0]) for part in owner)
    return None if known else _append(owner, call)


def _index(owner: list[Value] | tuple[Value, ...], call: Call) -> int:
    for at, part in enumerate(owner):
        if call.args and alike(part, call.args[0]):
            return at
    raise NotConstant


def _key(call: Call) -> Value:
    """The first argument, which is a key."""
    if not call.args or not is_scalar(call.args[0]):
        raise NotConstant
    return call.args[0]


def _update(owner: dict[Any, Value], call: Call) -> Value:
    if call.args and isinstance(call.args[0], dict):
        owner.update(call.args[0])
    owner.update(call.keywords)


def _take(owner: dict[Any, Value], call: Call) -> Value:
    if _key(call) not in owner and len(call.args) == 1:
        raise NotConstant
    return owner.pop(*call.args[:2])


# Parsers of arguments


def _argument(owner: Parser, call: Call) -> Value:
    names = [name for name in call.args if isinstance(name, str)]
    if not names:
        return None
    longest = next((name for name in names if name.startswith("--")), names[0])
    name = call.keywords.get("dest", longest.lstrip("-").replace("-", "_"))
    action = call.keywords.get("action")
    usual = {"store_true": False, "store_false": True}.get(action, NOTHING) if isinstance(action, str) else NOTHING
    if isinstance(name, str):
        owner.options[name] = call.keywords.get("default", usual)
    return None


METHODS: dict[tuple[type, str], _Work] = {
    (list, "append"): _append,
    (list, "extend"): _extend,
    (list, "insert"): _insert,
    (list, "pop"): _pop,
    (list, "remove"): _remove,
    (list, "discard"): _remove,
    (list, "clear"): lambda owner, call: owner.clear(),
    (list, "reverse"): lambda owner, call: owner.reverse(),
    (list, "sort"): _sort,
    (list, "add"): _add,
    (list, "update"): _extend,
    (list, "copy"): lambda owner, call: list(owner),
    (list, "index"): _index,
    (tuple, "index"): _index,
    (dict, "copy"): lambda owner, call: dict(owner),
    (dict, "clone"): lambda owner, call: dict(owner),
    (dict, "get"): lambda owner, call: owner.get(_key(call), call.argument(1, "default", None)),
    (dict, "update"): _update,
    (dict, "pop"): _take,
    (dict, "setdefault"): lambda owner, call: owner.setdefault(_key(call), call.argument(1, "default", None)),
    (dict, "clear"): lambda owner, call: owner.clear(),
    (dict, "items"): lambda owner, call: list(owner.items()),
    (dict, "values"): lambda owner, call: list(owner.values()),
    (dict, "keys"): lambda owner, call: list(owner),
    (Parser, "add_argument"): _argument,
    (Parser, "set_defaults"): lambda owner, call: owner.options.update(call.keywords),
    (Parser, "add_argument_group"): lambda owner, call: owner,
    (Parser, "add_mutually_exclusive_group"): lambda owner, call: owner,
    (Parser, "parse_args"): lambda owner, call: owner,
    (Parser, "parse_known_args"): lambda owner, call: (owner, []),
}
GROWING = frozenset({"append", "extend", "insert"})
CHANGING = GROWING | {"pop", "remove", "discard", "clear", "reverse", "sort", "add", "update"}


def has(owner: Value, name: str) -> bool:
    """Whether this module knows a method of that name for a value."""
    return (type(owner), name) in METHODS or (isinstance(owner, Array) and name in arrays.METHODS)


def of_value(target: Method, call: Call) -> Value:
    """Call a method of a list, dict, array or parser."""
    owner, name = target.owner, target.name
    call.run.budget.spend(1 + (len(owner) // 100 if isinstance(owner, list | tuple | dict) else 0))
    try:
        if call.rest:
            raise NotConstant
        if isinstance(owner, Array):
            return arrays.call(arrays.METHODS[name], [owner, *call.args], call.keywords)
        return METHODS[type(owner), name](owner, call)
    except NotConstant:
        if isinstance(owner, list) and name in CHANGING:
            remark(owner, call.node, call.node.lineno)
        return call.unknown()
