"""Functions of Python and its libraries that take any values, steps among them: list, zip, getattr, partial ..."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from explorer.augment.code import objects
from explorer.augment.code.bounds import MAX_LENGTH
from explorer.augment.code.contents import is_none, is_scalar
from explorer.augment.code.expressions import spread
from explorer.augment.code.methods import remark
from explorer.augment.code.names import NAMESPACES
from explorer.augment.code.run import Call
from explorer.augment.code.scopes import Class, Instance, Partial, Scope, Super
from explorer.augment.code.values import NOTHING, Array, Missing, Parser, Reference, Value, placed

_Work = Callable[[Call], Value]


def _lists(call: Call) -> list[list[Value]] | None:
    """The arguments as lists, for what goes through them; None where one is no known list, or they are long."""
    found = [spread(value) for value in call.args]
    if call.rest or not all(isinstance(value, list) for value in found) or sum(map(len, found)) > MAX_LENGTH:
        return None
    call.run.budget.spend(sum(map(len, found)) // 10)
    return found


def _list(call: Call) -> Value:
    found = _lists(call)
    return call.unknown() if found is None or len(found) > 1 else found[0] if found else []


def _tuple(call: Call) -> Value:
    found = _list(call)
    return tuple(found) if isinstance(found, list) else found


def _dict(call: Call) -> Value:
    """`dict(...)`, and the objects of other libraries whose items are attributes too."""
    first = spread_pairs(call.args[0]) if call.args else {}
    if first is None or call.rest or len(call.args) > 1:
        return call.unknown()
    return placed({**first, **call.keywords}, call.node)


def spread_pairs(value: Value) -> dict[Any, Value] | None:
    """A dict, or a list of pairs as a dict; None for anything else."""
    if isinstance(value, dict):
        return dict(value)
    plain = isinstance(value, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value)
    return {pair[0]: pair[1] for pair in value} if plain and all(is_scalar(pair[0]) for pair in value) else None


def _namespace(call: Call) -> Value:
    if call.args and spread_pairs(call.args[0]) is None:
        return call.unknown()
    return _dict(call)


def _len(call: Call) -> Value:
    value = call.args[0] if len(call.args) == 1 else None
    if isinstance(value, str):
        return len(value)
    found = spread(value)
    return len(found) if isinstance(found, list) else call.unknown()


def _reversed(call: Call) -> Value:
    found = _lists(call)
    return found[0][::-1] if found is not None and len(found) == 1 else call.unknown()


def _sorted(call: Call) -> Value:
    found = _lists(call)
    if found is None or len(found) != 1 or set(call.keywords) - {"reverse"}:
        return call.unknown()
    kinds = {type(part) for part in found[0]}
    if not kinds <= {int, float} and kinds != {str}:
        return call.unknown()
    return sorted(found[0], reverse=call.keywords.get("reverse") is True)


def _filter(call: Call) -> Value:
    """Without what is surely false; what is not known stays, as in a comprehension."""
    found = spread(call.args[1]) if len(call.args) == 2 else None
    if not isinstance(found, list):
        return call.unknown()
    work = call.args[0]
    truths = found if work is None else [call.apply(work, [part]) for part in found]
    return [part for part, truth in zip(found, truths, strict=True) if not _is_false(truth)]


def _is_false(value: Value) -> bool:
    return is_none(value) or (isinstance(value, bool | int | float | str | list | tuple | dict) and not value)


def _map(call: Call) -> Value:
    rows = [spread(value) for value in call.args[1:]]
    if not rows or not all(isinstance(row, list) for row in rows):
        return call.unknown()
    return [call.apply(call.args[0], list(parts)) for parts in zip(*rows, strict=False)]


def _zip(call: Call) -> Value:
    found = _lists(call)
    return call.unknown() if found is None else [tuple(parts) for parts in zip(*found, strict=False)]


def _enumerate(call: Call) -> Value:
    found = spread(call.args[0]) if call.args else None
    start = call.argument(1, "start", 0)
    if not isinstance(found, list) or type(start) is not int:
        return call.unknown()
    return [(start + at, part) for at, part in enumerate(found)]


def _joined(call: Call, values: list[Value]) -> Value:
    found: list[Value] = []
    for value in values:
        inner = spread(value)
        found += inner if isinstance(inner, list) else [inner]
        if len(found) > MAX_LENGTH:
            return call.unknown()
    call.run.budget.spend(len(found) // 10)
    return found


def _chain_lists(call: Call) -> Value:
    lists = spread(call.args[0]) if len(call.args) == 1 else None
    return _joined(call, lists) if isinstance(lists, list) else call.unknown()


def _reduce(call: Call) -> Value:
    found = spread(call.args[1]) if len(call.args) in (2, 3) else None
    if not isinstance(found, list) or len(found) + len(call.args) < 3:
        return call.unknown()
    work, start = call.args[0], call.args[2:]
    if isinstance(work, Reference) and work.path in ("operator.add", "operator.iadd", "operator.concat"):
        return _joined(call, [*start, *found])
    return functools.reduce(lambda one, other: call.apply(work, [one, other]), [*start, *found])


def _partial(call: Call) -> Value:
    known = call.args and not call.rest
    return Partial(call.args[0], call.args[1:], dict(call.keywords)) if known else call.unknown()


def _getattr(call: Call) -> Value:
    owner, name = call.args[:2] if len(call.args) >= 2 else (None, None)
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        return call.unknown()
    default = call.args[2] if len(call.args) > 2 else NOTHING
    found = objects.attribute(owner, name, call.node, call.run)
    if default is NOTHING or not isinstance(found, Missing) or found.node is not call.node:
        return found
    surely_none = isinstance(owner, Instance) and not owner.cls.library and isinstance(found, Missing)
    return default if surely_none or isinstance(owner, dict) else call.unknown(default=default)


def _setattr(call: Call) -> Value:
    if len(call.args) == 3 and isinstance(call.args[1], str) and (own := objects.own_of(call.args[0])) is not None:
        own[call.args[1]] = call.args[2]


def _vars(call: Call) -> Value:
    value = call.args[0] if len(call.args) == 1 else None
    if isinstance(value, Parser | dict):
        return value
    return value.own if isinstance(value, Instance) else call.unknown()


def _copy(call: Call) -> Value:
    value = call.args[0] if len(call.args) == 1 else NOTHING
    if isinstance(value, list | dict):
        return value.copy()
    if isinstance(value, Array):
        return Array(value.numbers.copy())
    return call.unknown() if value is NOTHING else value


def _field(call: Call) -> Value:
    """The default of a field of a dataclass."""
    if "default_factory" in call.keywords:
        return call.apply(call.keywords["default_factory"], [])
    if "default" in call.keywords:
        return call.keywords["default"]
    return call.args[0] if call.args and call.args[0] is not ... else call.unknown()


def _named_tuple(call: Call) -> Value:
    """A class with the fields that `namedtuple` names."""
    name, named = (*call.args, "", "")[:2]
    listed = named.replace(",", " ").split() if isinstance(named, str) else spread(named)
    fields: list[Any] = [one[0] if isinstance(one, list | tuple) and one else one for one in listed or ()]
    if not isinstance(name, str) or not all(isinstance(one, str) for one in fields):
        return call.unknown()
    defaults = spread(call.keywords.get("defaults", []))
    late = dict(zip(reversed(fields), reversed(defaults if isinstance(defaults, list) else []), strict=False))
    return Class(name, Scope(late, call.scope, name, is_class=True), fields=tuple(fields))


def _environment(call: Call) -> Value:
    """`os.environ.get(name, default)`: the default of the code."""
    default = call.argument(1, "default", None)
    return call.unknown() if default is None else default


def _super(call: Call) -> Value:
    """`super()` in the innermost method around a call; the first parameter of a method is the object."""
    for scope in call.scope.around():
        if scope.function is not None and scope.function.owner is not None:
            instances = [scope.names.get(place.arg) for place in scope.function.places[:1]]
            if instances and isinstance(instances[0], Instance):
                return Super(instances[0], scope.function.owner)
            break
    return call.unknown()


def _isinstance(call: Call) -> Value:
    """`isinstance` of plain values."""
    value, kinds = call.args if len(call.args) == 2 else (NOTHING, None)
    names = [kind.path for kind in (kinds if isinstance(kinds, list | tuple) else [kinds])
             if isinstance(kind, Reference)]  # fmt: skip
    plain = isinstance(value, bool | int | float | str | list | tuple | dict)
    if not plain or len(names) != (len(kinds) if isinstance(kinds, list | tuple) else 1) or set(names) - _KINDS:
        return call.unknown()
    return type(value).__name__ in names or (isinstance(value, bool) and "int" in names)


_KINDS = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict"})


def _shuffle(call: Call) -> Value:
    if call.args and isinstance(call.args[0], list):
        remark(call.args[0], call.node, call.node.lineno)


FUNCTIONS: Mapping[str, _Work] = {
    **dict.fromkeys(("list", "set", "iter"), _list),
    "tuple": _tuple,
    **dict.fromkeys(("dict", "collections.OrderedDict"), _dict),
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
    "itertools.chain": lambda call: _joined(call, [*call.args, *call.rest]),
    "itertools.chain.from_iterable": _chain_lists,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    **dict.fromkeys(("copy.copy", "copy.deepcopy"), _copy),
    "collections.namedtuple": _named_tuple,
    **dict.fromkeys(("dataclasses.field", "pydantic.Field", "attr.ib", "attr.field", "attrs.field"), _field),
    **dict.fromkeys(("os.environ.get", "os.getenv"), _environment),
    "argparse.ArgumentParser": lambda call: Parser(),
    **dict.fromkeys(("omegaconf.OmegaConf.create", "addict.Dict"), _namespace),
    **dict.fromkeys(("random.shuffle", "numpy.random.shuffle"), _shuffle),
}


def known(reference: Reference, call: Call) -> _Work | None:
    """The function that works out a call of a library; None where there is none here."""
    if reference.path == "sum" and call.args and isinstance(call.argument(1, "start", 0), list | tuple):
        return _sum_lists
    return FUNCTIONS.get(reference.path) or (_namespace if reference.name in NAMESPACES else None)


def _sum_lists(call: Call) -> Value:
    lists = spread(call.args[0])
    return _joined(call, [call.argument(1, "start", []), *lists]) if isinstance(lists, list) else call.unknown()
