"""Functions of Python and its libraries that take any values, steps among them: list, zip, getattr, partial ..."""

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from explorer.augment.code import objects
from explorer.augment.code.bounds import MAX_LENGTH
from explorer.augment.code.contents import is_none, is_scalar
from explorer.augment.code.expressions import spread
from explorer.augment.code.methods import remark
from explorer.augment.code.names import NAMESPACES
from explorer.augment.code.run import Call
from explorer.augment.code.values import (
    NOTHING,
    Array,
    Class,
    Function,
    Instance,
    Missing,
    Parser,
    Partial,
    Reference,
    Scope,
    Super,
    Value,
    placed,
)

Apply = Callable[[Value, Call], Value]
_Work = Callable[[Call, Apply], Value]


def _lists(call: Call) -> list[list[Value]] | None:
    """The arguments as lists, for what goes through them; None where one is no known list, or they are long."""
    found = [spread(value) for value in call.args]
    if call.rest or not all(isinstance(value, list) for value in found) or sum(map(len, found)) > MAX_LENGTH:
        return None
    call.run.budget.spend(sum(map(len, found)) // 10)
    return found


def _list(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    found = _lists(call)
    return call.unknown() if found is None or len(found) > 1 else found[0] if found else []


def _tuple(call: Call, apply: Apply) -> Value:
    found = _list(call, apply)
    return tuple(found) if isinstance(found, list) else found


def _dict(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    """`dict(...)`, and the objects of other libraries whose items are attributes too."""
    first = spread_pairs(call.args[0]) if call.args else {}
    if first is None or call.rest or len(call.args) > 1:
        return call.unknown()
    return placed({**first, **call.keywords}, call.node)


def spread_pairs(value: Value) -> dict[Any, Value] | None:
    """A dict, or a list of pairs as one; None for anything else."""
    if isinstance(value, dict):
        return dict(value)
    plain = isinstance(value, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value)
    return {pair[0]: pair[1] for pair in value} if plain and all(is_scalar(pair[0]) for pair in value) else None


def _namespace(call: Call, apply: Apply) -> Value:
    if call.args and spread_pairs(call.args[0]) is None:
        return call.unknown()
    return _dict(call, apply)


def _len(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    value = call.args[0] if len(call.args) == 1 else None
    if isinstance(value, str):
        return len(value)
    found = spread(value)
    return len(found) if isinstance(found, list) else call.unknown()


def _reversed(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    found = _lists(call)
    return found[0][::-1] if found is not None and len(found) == 1 else call.unknown()


def _sorted(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    found = _lists(call)
    if found is None or len(found) != 1 or set(call.keywords) - {"reverse"}:
        return call.unknown()
    kinds = {type(part) for part in found[0]}
    if not kinds <= {int, float} and kinds != {str}:
        return call.unknown()
    return sorted(found[0], reverse=call.keywords.get("reverse") is True)


def _filter(call: Call, apply: Apply) -> Value:
    """Without what is surely false; what is not known stays, as in a comprehension."""
    found = spread(call.args[1]) if len(call.args) == 2 else None
    if not isinstance(found, list):
        return call.unknown()
    work = call.args[0]
    truths = found if work is None else [apply(work, _with(call, [part])) for part in found]
    return [part for part, truth in zip(found, truths, strict=True) if not _is_false(truth)]


def _is_false(value: Value) -> bool:
    return is_none(value) or (isinstance(value, bool | int | float | str | list | tuple | dict) and not value)


def _map(call: Call, apply: Apply) -> Value:
    rows = [spread(value) for value in call.args[1:]]
    if not rows or not all(isinstance(row, list) for row in rows):
        return call.unknown()
    return [apply(call.args[0], _with(call, list(parts))) for parts in zip(*rows, strict=False)]


def _with(call: Call, args: list[Value]) -> Call:
    call.run.budget.spend()
    return Call(call.node, args, {}, [], call.scope, call.run)


def _zip(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    found = _lists(call)
    return call.unknown() if found is None else [tuple(parts) for parts in zip(*found, strict=False)]


def _enumerate(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    found = spread(call.args[0]) if call.args else None
    start = call.keywords.get("start", call.args[1] if len(call.args) > 1 else 0)
    if not isinstance(found, list) or type(start) is not int:
        return call.unknown()
    return [(start + at, part) for at, part in enumerate(found)]


def _chain(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    """Lists one after the other; one that is not known stays as it is."""
    return _joined(call, [*call.args, *call.rest])


def _joined(call: Call, values: list[Value]) -> Value:
    found: list[Value] = []
    for value in values:
        inner = spread(value)
        found += inner if isinstance(inner, list) else [inner]
        if len(found) > MAX_LENGTH:
            return call.unknown()
    call.run.budget.spend(len(found) // 10)
    return found


def _chain_lists(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    lists = spread(call.args[0]) if len(call.args) == 1 else None
    return _joined(call, lists) if isinstance(lists, list) else call.unknown()


def _reduce(call: Call, apply: Apply) -> Value:
    found = spread(call.args[1]) if len(call.args) in (2, 3) else None
    if not isinstance(found, list) or len(found) + len(call.args) < 3:
        return call.unknown()
    work, start = call.args[0], call.args[2:]
    if isinstance(work, Reference) and work.path in ("operator.add", "operator.iadd", "operator.concat"):
        return _joined(call, [*start, *found])
    return functools.reduce(lambda one, other: apply(work, _with(call, [one, other])), [*start, *found])


def _partial(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    if not call.args or call.rest:
        return call.unknown()
    return Partial(call.args[0], call.args[1:], dict(call.keywords))


def _getattr(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    owner, name = call.args[:2] if len(call.args) >= 2 else (None, None)
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        return call.unknown()
    default = call.args[2] if len(call.args) > 2 else NOTHING
    found = objects.attribute(owner, name, call.node, call.run)
    if default is NOTHING or not isinstance(found, Missing) or found.node is not call.node:
        return found
    surely_none = isinstance(owner, Instance) and not owner.cls.library and isinstance(found, Missing)
    return default if surely_none or isinstance(owner, dict) else call.unknown(default=default)


def _setattr(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    if len(call.args) == 3 and isinstance(call.args[1], str) and (own := objects.own_of(call.args[0])) is not None:
        own[call.args[1]] = call.args[2]


def _vars(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    value = call.args[0] if len(call.args) == 1 else None
    if isinstance(value, Parser | dict):
        return value
    return value.own if isinstance(value, Instance) else call.unknown()


def _copy(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    value = call.args[0] if len(call.args) == 1 else NOTHING
    if isinstance(value, list | dict):
        return value.copy()
    if isinstance(value, Array):
        return Array(value.numbers.copy())
    return call.unknown() if value is NOTHING else value


def _field(call: Call, apply: Apply) -> Value:
    """The default of a field of a dataclass."""
    if "default_factory" in call.keywords:
        return apply(call.keywords["default_factory"], _with(call, []))
    if "default" in call.keywords:
        return call.keywords["default"]
    return call.args[0] if call.args and call.args[0] is not ... else call.unknown()


def _named_tuple(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    """A class with the fields that `namedtuple` names."""
    name, named = (*call.args, "", "")[:2]
    listed = named.replace(",", " ").split() if isinstance(named, str) else spread(named)
    fields: list[Any] = [one[0] if isinstance(one, list | tuple) and one else one for one in listed or ()]
    if not isinstance(name, str) or not all(isinstance(one, str) for one in fields):
        return call.unknown()
    defaults = spread(call.keywords.get("defaults", []))
    late = dict(zip(reversed(fields), reversed(defaults if isinstance(defaults, list) else []), strict=False))
    return Class(name, Scope(late, call.scope, name, is_class=True), fields=tuple(fields))


def _environment(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    """`os.environ.get(name, default)`: what the code falls back on."""
    default = call.args[1] if len(call.args) > 1 else call.keywords.get("default")
    return call.unknown() if default is None else default


def _parser(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    return Parser()


def _super(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    scope: Scope | None = call.scope
    while scope is not None and (scope.function is None or scope.function.owner is None):
        scope = scope.parent
    function = None if scope is None else scope.function
    if scope is None or function is None or function.owner is None or not _first(function):
        return call.unknown()
    instance = scope.names.get(_first(function))
    return Super(instance, function.owner) if isinstance(instance, Instance) else call.unknown()


def _first(function: Function) -> str:
    """The name of the first parameter of a method: usually self."""
    places = [*function.node.args.posonlyargs, *function.node.args.args]
    return places[0].arg if places else ""


def _isinstance(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    """Of plain values only."""
    value, kinds = call.args if len(call.args) == 2 else (NOTHING, None)
    names = [kind.path for kind in (kinds if isinstance(kinds, list | tuple) else [kinds])
             if isinstance(kind, Reference)]  # fmt: skip
    plain = isinstance(value, bool | int | float | str | list | tuple | dict)
    if not plain or len(names) != (len(kinds) if isinstance(kinds, list | tuple) else 1) or set(names) - _KINDS:
        return call.unknown()
    return type(value).__name__ in names or (isinstance(value, bool) and "int" in names)


_KINDS = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict"})


def _shuffle(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    if call.args and isinstance(call.args[0], list):
        remark(call.args[0], call.node, call.node.lineno)


_BY_NAME: Mapping[str, _Work] = MappingProxyType(dict.fromkeys(NAMESPACES, _namespace))
FUNCTIONS: Mapping[str, _Work] = MappingProxyType(
    {
        "list": _list,
        "set": _list,
        "iter": _list,
        "tuple": _tuple,
        "dict": _dict,
        "len": _len,
        "reversed": _reversed,
        "sorted": _sorted,
        "filter": _filter,
        "map": _map,
        "zip": _zip,
        "enumerate": _enumerate,
        "getattr": _getattr,
        "setattr": _setattr,
        "vars": _vars,
        "super": _super,
        "isinstance": _isinstance,
        "itertools.chain": _chain,
        "itertools.chain.from_iterable": _chain_lists,
        "functools.partial": _partial,
        "functools.reduce": _reduce,
        "copy.copy": _copy,
        "copy.deepcopy": _copy,
        "collections.OrderedDict": _dict,
        "collections.namedtuple": _named_tuple,
        "dataclasses.field": _field,
        "pydantic.Field": _field,
        "attr.ib": _field,
        "attr.field": _field,
        "attrs.field": _field,
        "os.environ.get": _environment,
        "os.getenv": _environment,
        "argparse.ArgumentParser": _parser,
        "omegaconf.OmegaConf.create": _namespace,
        "addict.Dict": _namespace,
        "random.shuffle": _shuffle,
        "numpy.random.shuffle": _shuffle,
    }
)


def known(reference: Reference, call: Call) -> _Work | None:
    """What works out a call of a library; None for what is not known here."""
    if reference.path == "sum" and _adds_lists(call):
        return _sum_lists
    return FUNCTIONS.get(reference.path) or _BY_NAME.get(reference.name)


def _adds_lists(call: Call) -> bool:
    start = call.keywords.get("start", call.args[1] if len(call.args) > 1 else 0)
    return isinstance(start, list | tuple) and bool(call.args)


def _sum_lists(call: Call, apply: Apply) -> Value:  # noqa: ARG001
    lists = spread(call.args[0])
    start = call.keywords.get("start", call.args[1] if len(call.args) > 1 else [])
    return _joined(call, [start, *lists]) if isinstance(lists, list) else call.unknown()
