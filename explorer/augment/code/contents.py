"""The parts of a value, which of them are unknown, and whether it is plain."""

from collections.abc import Iterable, Iterator

from explorer.augment.code.results import CodeError
from explorer.augment.code.scopes import Instance
from explorer.augment.code.values import NOTHING, Made, Missing, Value

MAX_PARTS = 50_000
_MAX_DEPTH = 60
_TOO_MUCH = "A list of this code holds more than can be read."


def parts(value: Value) -> Iterator[Value]:
    """A value and all in its lists, tuples and dicts, but not in its calls. Raises CodeError for too many parts.

    A list can contain itself, or another list very often, so that neither depth nor size is bounded.
    """
    yield value
    if not isinstance(value, list | tuple | dict):
        return
    open_ones, count = [_members(value)], 1
    while open_ones:
        for part in open_ones[-1]:
            count += 1
            if count > MAX_PARTS:
                raise CodeError(_TOO_MUCH)
            yield part
            if isinstance(part, list | tuple | dict):
                if len(open_ones) > _MAX_DEPTH:
                    raise CodeError(_TOO_MUCH)
                open_ones.append(_members(part))
                break
        else:
            open_ones.pop()


def _members(value: Value) -> Iterator[Value]:
    return iter(value.values() if isinstance(value, dict) else value)


def is_scalar(value: Value) -> bool:
    """Whether it is a plain value with nothing in it."""
    return value is None or isinstance(value, bool | int | float | str)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are certainly the same."""
    return one is other or (is_scalar(one) and type(one) is type(other) and bool(one == other))


def is_flat(value: Value) -> bool:
    """Whether it is a scalar, or a list or dict of scalars, which is cheap to compare."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
    return all(map(is_scalar, inner))


def made_in(value: Value) -> Iterator[Made]:
    """The outermost calls of albumentations in a value."""
    return (part for part in parts(value) if isinstance(part, Made))


def unknown_in(seen: Iterable[Value]) -> Iterator[Missing]:
    """The unknown values among some parts."""
    for part in seen:
        if isinstance(part, Missing):
            yield part
        elif isinstance(part, Instance):
            yield part.unknown


def missing_in(value: Value) -> Iterator[Missing]:
    """Every unknown value that a value depends on."""
    for part in unknown_in(parts(value)):
        yield from part.names()


def is_none(value: Value) -> bool:
    """Whether a value is None, or an unknown one whose default is None."""
    return value is None or (isinstance(value, Missing) and value.default is None)


def has_default(value: Missing) -> bool:
    """Whether it has a default other than None."""
    return value.default is not None and value.default is not NOTHING


def filled(value: Value) -> Value:
    """A value with defaults in place of everything unknown."""
    if isinstance(value, Missing):
        return value.default
    if isinstance(value, list | tuple):
        return type(value)(map(filled, value))
    return {key: filled(part) for key, part in value.items()} if isinstance(value, dict) else value


def steps_of(made: Made) -> list[Value] | None:
    """The list of steps of a composer, None if it is not known."""
    return list(made.transforms) if isinstance(made.transforms, list | tuple) else None
