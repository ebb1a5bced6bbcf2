"""Which calls and lists of a code are pipelines, and a title for each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from explorer.augment.code import parsing
from explorer.augment.code.contents import made_in
from explorer.augment.code.names import COMPOSERS, PARAMETERS
from explorer.augment.code.run import Candidate
from explorer.augment.code.scanning import Scan
from explorer.augment.code.values import NO_NAME, Made, Value, brief

_MAX = 100  # characters of a title
_LEAST = 60  # characters that are left for the words at its end


def roots(found: Scan) -> list[Candidate]:
    """Every Compose outside of other ones, and the named lists and steps that no Compose contains."""
    # Only a composer contains steps: a Compose that is an argument of anything else is a pipeline.
    inside = {id(inner.node) for made in found.made if made.name in COMPOSERS for inner in _inner(made)}
    composed = [
        Candidate(made, replace(made.origin, line=_line(made)), key=(id(made.node),))
        for made in found.made
        if made.is_compose and (id(made.node) not in inside or made.label_depth < NO_NAME)
    ]
    return composed + _named_lists(found, inside)


def is_step(value: Value) -> bool:
    """Whether it is a single step: neither a composer nor a list."""
    return isinstance(value, Made) and value.name not in COMPOSERS


def _line(made: Made) -> int:
    """The line of the call, or that of the caller's variable if a function of the code makes it."""
    return made.label_line if made.origin.inlined and made.label_line else made.line


def _inner(made: Made) -> Iterable[Made]:
    for argument in (*made.args, *made.keywords.values()):
        yield from made_in(argument)


def _named_lists(found: Scan, inside: set[int]) -> list[Candidate]:
    """Named lists of steps and single steps that no Compose contains; of nested ones the largest."""
    lists: list[Candidate] = []
    loose: list[Candidate] = []
    for one in found.candidates:
        steps = [part for part in made_in(one.value) if part.name not in PARAMETERS]
        if not steps or any(id(step.node) in inside or step.is_compose for step in steps):
            continue
        key = tuple(id(step.node) for step in steps)
        (loose if one.loose else lists).append(replace(one, key=key))
    lists += [_together(loose)] if loose else []
    return [root for root in lists if not any(set(root.key) < set(other.key) for other in lists)]


def _together(loose: list[Candidate]) -> Candidate:
    """One pipeline of steps that were pasted without anything around them."""
    unique = list({root.key: root for root in loose}.values())
    values = [part for one in unique for part in (one.value if isinstance(one.value, list | tuple) else [one.value])]
    return replace(unique[0], value=values, key=tuple(key for root in unique for key in root.key))


# Titles


def titles(roots: Sequence[Candidate]) -> list[str]:
    """A different title for each, none of them long."""
    found = _distinct([brief(_name(root), _MAX) for root in roots], _branches(roots))
    found = _distinct(found, [f"line {parsing.place(root.origin.called or root.origin.line)[1]}" for root in roots])
    return _distinct(found, [f"variant {found[:at].count(title) + 1}" for at, title in enumerate(found)])


def _name(root: Candidate) -> str:
    cell, line = parsing.place(root.origin.line)
    name = ", ".join(part for part in (root.origin.scope, root.origin.label) if part) or f"line {line}"
    return f"cell {cell}: {name}" if cell else name


def _distinct(found: Sequence[str], more: Sequence[str]) -> list[str]:
    """Titles, with more words if several would be equal, as far as these distinguish them."""
    longer = [_joined(title, words) for title, words in zip(found, more, strict=True)]
    groups: dict[str, set[str]] = {}
    for title, long in zip(found, longer, strict=True):
        groups.setdefault(title, set()).add(long)
    return [long if len(groups[title]) > 1 else title for title, long in zip(found, longer, strict=True)]


def _joined(title: str, words: str) -> str:
    if not words:
        return title
    start = brief(title, _MAX - 2 - min(len(words), _LEAST))
    return f"{start}, {brief(words, _MAX - 2 - len(start))}"


# Conditions


def _branches(roots: Sequence[Candidate]) -> list[str]:
    """For each pipeline the conditions that distinguish it from those of the same name."""
    by_name: dict[str, list[dict[str, bool]]] = {}
    for root in roots:
        by_name.setdefault(_name(root), []).append(dict(root.origin.met))
    return [_own_branches(root, by_name[_name(root)]) for root in roots]


def _own_branches(root: Candidate, alike: Sequence[dict[str, bool]]) -> str:
    own = [(text, truth) for text, truth in root.origin.met if any(met.get(text) != truth for met in alike)]
    true = [text for text, truth in own if truth]
    if true and _holds_once(true, True, alike):  # those before them are false
        own = [(text, True) for text in true]
    words = ", ".join(f"if {text}" if truth else f"if not {_bracketed(text)}" for text, truth in own)
    if len(words) > _LEAST and not true and _holds_once([text for text, _ in own], False, alike):
        return "otherwise"
    return words


def _holds_once(texts: Sequence[str], truth: bool, alike: Sequence[dict[str, bool]]) -> bool:
    """Whether exactly one of the pipelines meets all of these conditions."""
    return sum(all(met.get(text) is truth for text in texts) for met in alike) == 1


def _bracketed(text: str) -> str:
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"
