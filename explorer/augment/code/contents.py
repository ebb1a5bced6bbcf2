"""What a value holds: its parts, what is not known of it, and whether it is plain."""

from collections.abc import Iterable, Iterator

from explorer.augment.code.results import CodeError
from explorer.augment.code.scopes import Instance
from explorer.augment.code.values import NOTHING, Made, Missing, Value

MAX_PARTS = 50_000
_MAX_DEPTH = 60
_TOO_MUCH = "A list of this code holds more than can be read."


def parts(value: Value) -> Iterator[Value]:
    """A value and all in it, as far as lists, tuples and dicts go; not into calls. Raises CodeError for too many.

    A list can hold itself, or one list a great many times, so that neither depth nor size has an end.
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
    """A scalar, or a list or dict of scalars: what can be compared at once."""
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
    """Whether a value is None where code asks for it: also a parameter of which only its default, None, is known."""
    return value is None or (isinstance(value, Missing) and value.default is None)


def has_default(value: Missing) -> bool:
    """Whether the code falls back on a value for it, and not on None, which stands for no value."""
    return value.default is not None and value.default is not NOTHING


def filled(value: Value) -> Value:
    """A value with what the code falls back on in place of all that is not known."""
    if isinstance(value, Missing):
        return value.default
    if isinstance(value, list | tuple):
        return type(value)(map(filled, value))
    return {key: filled(part) for key, part in value.items()} if isinstance(value, dict) else value


def steps_of(made: Made) -> list[Value] | None:
    """The list of steps that a composer is given; None where it is no known list."""
    return list(made.transforms) if isinstance(made.transforms, list | tuple) else None
