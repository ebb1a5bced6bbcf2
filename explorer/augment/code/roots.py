"""Which calls and lists of a code are pipelines."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from explorer.augment.code.contents import made_in
from explorer.augment.code.names import COMPOSERS, PARAMETERS
from explorer.augment.code.scanning import Scan
from explorer.augment.code.values import NO_NAME, Made, Value

_COMPOSES = ("Compose", "ReplayCompose")


@dataclass(frozen=True)
class Root:
    """A pipeline of the code before it is put together. key: the place in the syntax that it comes from.

    called: the line in which a function of the code is called that makes it, 0 where there is none.
    """

    value: Value
    key: tuple[int, ...]
    label: str
    scope: str
    line: int
    met: tuple[tuple[str, bool], ...]
    inlined: bool
    called: int


def roots(found: Scan) -> list[Root]:
    """Every Compose that no other one holds, and the lists and steps with a name that no Compose takes up."""
    # Only a composer takes steps up: a Compose handed to anything else is a pipeline of its own.
    inside = {id(inner.node) for made in found.made if made.name in COMPOSERS for inner in _inner(made)}
    composed = [
        Root(made, (id(made.node),), made.label, made.scope, _line(made), made.met, made.inlined, made.called)
        for made in found.made
        if made.name in _COMPOSES and (id(made.node) not in inside or made.label_depth < NO_NAME)
    ]
    return composed + _named_lists(found, inside)


def is_step(value: Value) -> bool:
    """Whether it is a step alone, and neither a composer nor a list."""
    return isinstance(value, Made) and value.name not in COMPOSERS


def _line(made: Made) -> int:
    """Where it is made; what a function of the code makes for its caller stands where the caller has it."""
    return made.label_line if made.inlined and made.label_line else made.line


def _inner(made: Made) -> Iterable[Made]:
    for argument in made.inner():
        yield from made_in(argument)


def _named_lists(found: Scan, inside: set[int]) -> list[Root]:
    """Lists of steps and single steps with a name that no Compose takes up; of those in one another the largest."""
    lists: list[Root] = []
    loose: list[Root] = []
    for one in found.candidates:
        steps = [part for part in made_in(one.value) if part.name not in PARAMETERS]
        if not steps or any(id(step.node) in inside or step.name in _COMPOSES for step in steps):
            continue
        key = tuple(id(step.node) for step in steps)
        root = Root(one.value, key, one.label, one.scope, one.line, one.met, one.inlined, one.called)
        (loose if one.loose else lists).append(root)
    lists += [_together(loose)] if loose else []
    return [root for root in lists if not any(set(root.key) < set(other.key) for other in lists)]


def _together(loose: list[Root]) -> Root:
    """Steps that were pasted without anything around them are one pipeline."""
    unique = list({root.key: root for root in loose}.values())
    values = [
        part for root in unique for part in (root.value if isinstance(root.value, list | tuple) else [root.value])
    ]
    return replace(unique[0], value=values, key=tuple(key for root in unique for key in root.key))
