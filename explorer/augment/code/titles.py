"""How a person recognises each of the pipelines of a code: by its names, its conditions, its line."""

from collections.abc import Sequence

from explorer.augment.code import parsing
from explorer.augment.code.roots import Root

_MAX = 100  # characters of a title
_LEAST = 60  # characters that the words at its end have at least, where they need them


def titles(roots: Sequence[Root]) -> list[str]:
    """A title for each, all of them different, none of them long."""
    found = _told_apart([_cut(_name(root), _MAX) for root in roots], _branches(roots))
    found = _told_apart(found, [f"line {parsing.place(root.called or root.line)[1]}" for root in roots])
    return _told_apart(found, [f"variant {found[:at].count(title) + 1}" for at, title in enumerate(found)])


def _name(root: Root) -> str:
    cell, line = parsing.place(root.line)
    name = ", ".join(part for part in (root.scope, root.label) if part) or f"line {line}"
    return f"cell {cell}: {name}" if cell else name


def _told_apart(found: Sequence[str], more: Sequence[str]) -> list[str]:
    """Titles, with more words where several would be the same, as far as that tells them apart."""
    longer = [_joined(title, words) for title, words in zip(found, more, strict=True)]
    groups: dict[str, set[str]] = {}
    for title, long in zip(found, longer, strict=True):
        groups.setdefault(title, set()).add(long)
    return [long if len(groups[title]) > 1 else title for title, long in zip(found, longer, strict=True)]


def _joined(title: str, words: str) -> str:
    if not words:
        return title
    start = _cut(title, _MAX - 2 - min(len(words), _LEAST))
    return f"{start}, {_cut(words, _MAX - 2 - len(start))}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


# Conditions


def _branches(roots: Sequence[Root]) -> list[str]:
    """For each the conditions that make it another pipeline than those of the same name."""
    by_name: dict[str, list[dict[str, bool]]] = {}
    for root in roots:
        by_name.setdefault(_name(root), []).append(dict(root.met))
    return [_own_branches(root, by_name[_name(root)]) for root in roots]


def _own_branches(root: Root, alike: Sequence[dict[str, bool]]) -> str:
    own = [(text, truth) for text, truth in root.met if any(met.get(text) != truth for met in alike)]
    true = [text for text, truth in own if truth]
    if true and _holds_once(true, True, alike):  # that those before it are false goes without saying
        own = [(text, True) for text in true]
    words = ", ".join(f"if {text}" if truth else f"if not {_bracketed(text)}" for text, truth in own)
    if len(words) > _LEAST and not true and _holds_once([text for text, _ in own], False, alike):
        return "otherwise"
    return words


def _holds_once(texts: Sequence[str], truth: bool, alike: Sequence[dict[str, bool]]) -> bool:
    """Whether only one of several pipelines has all of these conditions so."""
    return sum(all(met.get(text) is truth for text in texts) for met in alike) == 1


def _bracketed(text: str) -> str:
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"
