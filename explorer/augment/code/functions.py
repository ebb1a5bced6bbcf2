"""Functions of Python and its libraries that take any values, also steps: list, zip, getattr, partial and others.

Each raises NotConstant if its result is not known.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from explorer.augment.code import objects
from explorer.augment.code.configurations import placed
from explorer.augment.code.contents import is_none, is_scalar
from explorer.augment.code.expressions import spread
from explorer.augment.code.methods import remark
from explorer.augment.code.names import NAMESPACES
from explorer.augment.code.run import Call
from explorer.augment.code.scopes import Class, Instance, Partial, Scope, Super
from explorer.augment.code.values import MAX_LENGTH, NOTHING, Array, Missing, NotConstant, Parser, Reference, Value

_Work = Callable[[Call], Value]


def _only(call: Call) -> Value:
    """The only argument."""
    if len(call.args) != 1:
        raise NotConstant
    return call.args[0]


def _items(value: Value) -> list[Value]:
    """The items that a loop over a value goes through."""
    found = spread(value)
    if not isinstance(found, list):
        raise NotConstant
    return found


def _lists(call: Call) -> list[list[Value]]:
    """The arguments as lists."""
    found = [_items(value) for value in call.args]
    if call.rest or sum(map(len, found)) > MAX_LENGTH:
        raise NotConstant
    call.run.budget.spend(sum(map(len, found)) // 10)
    return found


def _list(call: Call) -> list[Value]:
    found = _lists(call)
    if len(found) > 1:
        raise NotConstant
    return found[0] if found else []


def _dict(call: Call) -> Value:
    """`dict(...)`, and objects of other libraries whose items are also attributes."""
    if call.rest or len(call.args) > 1:
        raise NotConstant
    pairs = _pairs(call.args[0]) if call.args else {}
    return placed({**pairs, **call.keywords}, call.node)


def _pairs(value: Value) -> dict[Any, Value]:
    """A dict, or a list of pairs as one."""
    if isinstance(value, dict):
        return value
    plain = isinstance(value, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value)
    if not plain or not all(is_scalar(pair[0]) for pair in value):
        raise NotConstant
    return {pair[0]: pair[1] for pair in value}


def _len(call: Call) -> Value:
    value = _only(call)
    return len(value) if isinstance(value, str) else len(_items(value))


def _sorted(call: Call) -> Value:
    found = _list(call)
    kinds = {type(part) for part in found}
    if set(call.keywords) - {"reverse"} or (not kinds <= {int, float} and kinds != {str}):
        raise NotConstant
    return sorted(found, reverse=call.keywords.get("reverse") is True)


def _filter(call: Call) -> Value:
    """`filter(...)`: only items that are certainly false are left out, as in a comprehension."""
    work, values = _two(call)
    found = _items(values)
    truths = found if work is None else [call.apply(work, [part]) for part in found]
    return [part for part, truth in zip(found, truths, strict=True) if not _is_false(truth)]


def _two(call: Call) -> list[Value]:
    if len(call.args) != 2:
        raise NotConstant
    return call.args


def _is_false(value: Value) -> bool:
    return is_none(value) or (isinstance(value, bool | int | float | str | list | tuple | dict) and not value)


def _map(call: Call) -> Value:
    rows = [_items(value) for value in call.args[1:]]
    if not rows:
        raise NotConstant
    return [call.apply(call.args[0], list(parts)) for parts in zip(*rows, strict=False)]


def _enumerate(call: Call) -> Value:
    start = call.argument(1, "start", 0)
    if not call.args or type(start) is not int:
        raise NotConstant
    return [(start + at, part) for at, part in enumerate(_items(call.args[0]))]


def _joined(call: Call, values: list[Value]) -> Value:
    """Lists one after the other; an unknown one stays as it is."""
    found: list[Value] = []
    for value in values:
        inner = spread(value)
        found += inner if isinstance(inner, list) else [inner]
        if len(found) > MAX_LENGTH:
            raise NotConstant
    call.run.budget.spend(len(found) // 10)
    return found


def _reduce(call: Call) -> Value:
    if len(call.args) not in (2, 3):
        raise NotConstant
    work, values, *start = call.args
    found = [*start, *_items(values)]
    if not found:
        raise NotConstant
    if isinstance(work, Reference) and work.path in ("operator.add", "operator.iadd", "operator.concat"):
        return _joined(call, found)
    return functools.reduce(lambda one, other: call.apply(work, [one, other]), found)


def _partial(call: Call) -> Value:
    if not call.args or call.rest:
        raise NotConstant
    return Partial(call.args[0], call.args[1:], dict(call.keywords))


def _getattr(call: Call) -> Value:
    owner, name = call.args[:2] if len(call.args) >= 2 else (None, None)
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        raise NotConstant
    default = call.args[2] if len(call.args) > 2 else NOTHING
    found = objects.attribute(owner, name, call.node, call.run)
    if default is NOTHING or not isinstance(found, Missing) or found.node is not call.node:
        return found
    surely_none = isinstance(owner, Instance) and not owner.cls.library
    return default if surely_none or isinstance(owner, dict) else call.unknown(default=default)


def _setattr(call: Call) -> None:
    if len(call.args) == 3 and isinstance(call.args[1], str) and (own := objects.own_of(call.args[0])) is not None:
        own[call.args[1]] = call.args[2]


def _vars(call: Call) -> Value:
    value = _only(call)
    if not isinstance(value, Parser | dict | Instance):
        raise NotConstant
    return value.own if isinstance(value, Instance) else value


def _copy(call: Call) -> Value:
    value = _only(call)
    if isinstance(value, Array):
        return Array(value.numbers.copy())
    return value.copy() if isinstance(value, list | dict) else value


def _field(call: Call) -> Value:
    """The default of a field of a dataclass."""
    if "default_factory" in call.keywords:
        return call.apply(call.keywords["default_factory"], [])
    found = call.keywords.get("default", call.args[0] if call.args else ...)
    if found is ...:
        raise NotConstant
    return found


def _named_tuple(call: Call) -> Value:
    """A class with the fields that `namedtuple` names."""
    name, named = (*call.args, "", "")[:2]
    listed = named.replace(",", " ").split() if isinstance(named, str) else _items(named)
    fields: list[Any] = [one[0] if isinstance(one, list | tuple) and one else one for one in listed]
    if not isinstance(name, str) or not all(isinstance(one, str) for one in fields):
        raise NotConstant
    defaults = _items(call.keywords.get("defaults") or [])
    late = dict(zip(reversed(fields), reversed(defaults), strict=False))
    return Class(name, Scope(late, call.scope, name, is_class=True), fields=tuple(fields))


def _environment(call: Call) -> Value:
    """`os.environ.get(name, default)`: the default of the code."""
    default = call.argument(1, "default", None)
    if default is None:
        raise NotConstant
    return default


def _super(call: Call) -> Value:
    """`super()` in the innermost method around a call; the first parameter of a method is the object."""
    for scope in call.scope.around():
        method = scope.function
        if method is not None and method.owner is not None:
            instance = scope.names.get(method.places[0].arg) if method.places else None
            return Super(instance, method.owner) if isinstance(instance, Instance) else call.unknown()
    raise NotConstant


def _isinstance(call: Call) -> Value:
    """`isinstance` of plain values."""
    value, named = _two(call)
    kinds = named if isinstance(named, list | tuple) else [named]
    names = {kind.path if isinstance(kind, Reference) else "" for kind in kinds}
    if names - _KINDS or not isinstance(value, bool | int | float | str | list | tuple | dict):
        raise NotConstant
    return type(value).__name__ in names or (isinstance(value, bool) and "int" in names)


_KINDS = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict"})


def _shuffle(call: Call) -> None:
    if call.args and isinstance(call.args[0], list):
        remark(call.args[0], call.node, call.node.lineno)


FUNCTIONS: Mapping[str, _Work] = {
    **dict.fromkeys(("list", "set", "iter"), _list),
    "tuple": lambda call: tuple(_list(call)),
    **dict.fromkeys(("dict", "collections.OrderedDict"), _dict),
    "len": _len,
    "reversed": lambda call: _items(_only(call))[::-1],
    "sorted": _sorted,
    "filter": _filter,
    "map": _map,
    "zip": lambda call: list(zip(*_lists(call), strict=False)),
    "enumerate": _enumerate,
    "getattr": _getattr,
    "setattr": _setattr,
    "vars": _vars,
    "super": _super,
    "isinstance": _isinstance,
    "itertools.chain": lambda call: _joined(call, [*call.args, *call.rest]),
    "itertools.chain.from_iterable": lambda call: _joined(call, _items(_only(call))),
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copy),
    "collections.namedtuple": _named_tuple,
    **dict.fromkeys(("dataclasses.field", "pydantic.Field", "attr.ib", "attr.field", "attrs.field"), _field),
    **dict.fromkeys(("os.environ.get", "os.getenv"), _environment),
    "argparse.ArgumentParser": lambda call: Parser(),
    **dict.fromkeys(("omegaconf.OmegaConf.create", "addict.Dict"), _dict),
    **dict.fromkeys(("random.shuffle", "numpy.random.shuffle"), _shuffle),
}


def known(reference: Reference, call: Call) -> _Work | None:
    """The function that evaluates a call of a library, None if there is none here."""
    if reference.path == "sum" and call.args and isinstance(call.argument(1, "start", 0), list | tuple):
        return lambda call: _joined(call, [call.argument(1, "start", []), *_items(call.args[0])])
    return FUNCTIONS.get(reference.path) or (_dict if reference.name in NAMESPACES else None)
