"""Albumentations' docstrings: a sentence for the form, a text for each parameter, and the whole as Markdown."""

import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import albumentations as A

from explorer.augment.prose import inline, markdown, plain

_HEADING = re.compile(r"^(?P<name>[A-Z][\w ()`]{0,60}):(?P<text>\s.*)?$")
_ARGUMENTS = {"Args", "Attributes"}
_LISTS = _ARGUMENTS | {"Raises"}  # name: text
_EXAMPLES = {"Examples", "Example"}
_REFERENCES = {"References", "Reference"}
_LEFT_OUT = {"Targets", "Number of channels"}  # the form shows them
# Other headings before the first of these are part of the introduction.
_KNOWN = _LISTS | _EXAMPLES | _REFERENCES | _LEFT_OUT | {"Note", "Notes", "Image types", "Returns", "See Also"}

_ARGUMENT = re.compile(r"^ ?(?P<name>\w+)\s*(\((?P<type>.*?)\))?\s*:(?:\s+(?P<text>.*))?$")
_LINK = re.compile(r"^(?P<before>\W*\s)?(?P<title>\S.*?):?\s+<(?P<url>https?://[^>]+)>(?P<rest>.*)$")
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s")

Section = tuple[str, list[str]]  # its name and its lines, without their common indentation


@dataclass(frozen=True)
class Documentation:
    """A sentence without markup, Markdown for each parameter by its name, and everything as Markdown."""

    summary: str
    parameters: dict[str, str]
    markdown: str


@dataclass(frozen=True)
class _Argument:
    name: str
    type: str
    text: str


def read(docstring: str | None) -> Documentation:
    """Read a docstring in Google's style."""
    sections = list(_sections(inspect.cleandoc(docstring or "")))
    intro = re.split(r"\n\s*\n", "\n".join(sections[0][1]).strip())[0]
    arguments = [argument for name, lines in sections if name in _ARGUMENTS for argument in _arguments(lines)]
    texts = {argument.name: argument.text for argument in arguments if argument.text}
    blocks = list(dict.fromkeys(_block(name, lines) for name, lines in sections))
    summary = _SENTENCE.split(plain(" ".join(intro.split())))[0]
    return Documentation(summary, texts, "\n\n".join(filter(None, blocks)))


def _sections(text: str) -> Iterator[Section]:
    """The introduction, whose name is "", and every section in its order."""
    name, found, known = "", list[str](), False
    for line in text.splitlines():
        match = _HEADING.match(line)
        if match and (match["name"] in _KNOWN or (known and not match["text"])):
            yield name, _dedented(found)
            name, found, known = match["name"], [(match["text"] or "").strip()], True
        else:
            found.append(line)
    yield name, _dedented(found)


def _dedented(lines: list[str]) -> list[str]:
    return inspect.cleandoc("\n".join(["", *lines])).splitlines()


def _block(name: str, lines: list[str]) -> str:
    """A section with its heading, "" for an empty one."""
    if name in _LEFT_OUT or not any(line.strip() for line in lines):
        return ""
    if not name:
        return markdown(lines)
    if name in _LISTS:
        return f"**{'Parameters' if name in _ARGUMENTS else name}**\n\n" + "\n".join(map(_listed, _arguments(lines)))
    if name in _EXAMPLES:
        return f"**{name}**\n\n```python\n{_example(lines)}\n```"
    if name == "Image types":
        return f"**{name}**: {inline(' '.join(lines))}"
    body = "\n".join(map(_linked, markdown(_cited(lines)).splitlines())) if name in _REFERENCES else markdown(lines)
    return f"**{name}**\n\n{body}"


def _arguments(lines: list[str]) -> Iterator[_Argument]:
    match: re.Match[str] | None = None
    text: list[str] = []
    for line in [*lines, "_:"]:
        found = _ARGUMENT.match(line)
        if found is None:
            text.append(line)
            continue
        if match:
            yield _Argument(match["name"], match["type"] or "", _text(match["text"], text))
        match, text = found, []


def _text(first: str | None, more: list[str]) -> str:
    # The line with the name is less indented than the rest of the text.
    rest = _dedented(more)
    return markdown([first, *rest] if first else rest)


def _listed(argument: _Argument) -> str:
    head = f"- **{argument.name}**" + (f" (`{argument.type}`)" if argument.type else "")
    first, *rest = argument.text.splitlines() or [""]
    if first.startswith(("- ", "```")):
        first, rest = "", ["", first, *rest]
    return "\n".join([f"{head}: {first}" if first else head, *(f"  {line}".rstrip() for line in rest)])


def _cited(lines: list[str]) -> list[str]:
    """References without the colon between a title and its address on the next line, which makes them a sentence."""
    return [
        line.rstrip(":") if following.strip().startswith("http") else line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]


def _linked(line: str) -> str:
    match = _LINK.match(line)
    return f"{match['before'] or ''}[{match['title']}](<{match['url']}>){match['rest']}" if match else line


def _example(lines: list[str]) -> str:
    """A session at a Python prompt as a script, in which output and remarks are comments."""
    if not any(map(_PROMPT.match, lines)):
        return "\n".join(lines).strip()
    script: list[str] = []
    for line in lines:
        code = _PROMPT.sub("", line).rstrip()
        printed = not _PROMPT.match(line) and line.strip() and not line.strip().startswith("#")
        script.append(f"# {line}" if printed and not _is_open(script) else code)
    return "\n".join(script).strip()


def _is_open(script: list[str]) -> bool:
    """Whether a bracket is not closed yet."""
    text = re.sub(r"#.*", "", "\n".join(script))
    return any(text.count(opening) > text.count(closing) for opening, closing in ("()", "[]", "{}"))


# Composers. The sentences say what albumentations 2.0.8 does (`albumentations/core/composition.py`), since its own
# text may say nothing: OneOrOther and Sequential describe no parameter at all.

_FORCED = "Where a OneOf or OneOrOther has chosen this group, it always runs."
_NOT_FORCED = "This p counts also where a OneOf or OneOrOther has chosen the group."
_DRAWN = {
    "n": "How many of its steps are drawn. Without replacement these are never more than there are.",
    "replace": "Whether a step can be chosen more than once. Its own p decides each time whether it fires.",
    "p": f"How often anything is drawn at all. {_NOT_FORCED}",
}
# Kind -> one sentence, and what its parameters mean.
_COMPOSERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "OneOf": (
        "Applies one of its steps: their p are weights of the choice, and the chosen step always fires.",
        {"p": f"How often one of the steps is applied, instead of none. {_FORCED}"},
    ),
    "SomeOf": (
        "Draws n of its steps, all equally likely, and applies them in the order of the list, each with its own p.",
        _DRAWN,
    ),
    "RandomOrder": (
        "Draws n of its steps, all equally likely, and applies them in a random order, each with its own p.",
        _DRAWN,
    ),
    "Sequential": (
        "Applies its steps one after the other, each with its own p.",
        {"p": f"How often the sequence runs. {_FORCED} Its steps keep their own p."},
    ),
    "OneOrOther": (
        "Applies either its first step or its second, and the chosen one always fires.",
        {"p": "How often it is the first. In all other cases it is the second, so one of the two always runs."},
    ),
    "SelectiveChannelTransform": (
        "Applies its steps to some color channels only; masks, boxes and keypoints stay as they are.",
        {
            "channels": "The channels that the steps see: 0 is red, 1 is green, 2 is blue.",
            "p": f"How often the steps run. {_FORCED} The steps keep their own p.",
        },
    ),
}


@functools.cache
def composer(kind: str) -> Documentation:
    """The documentation of a kind of group: our sentences, then albumentations' own text. Raises KeyError."""
    summary, parameters = _COMPOSERS[kind]
    listed = "\n".join(f"- **{name}**: {text}" for name, text in parameters.items())
    theirs = read(getattr(A, kind).__doc__).markdown
    text = f"{summary}\n\n**Parameters**\n\n{listed}\n\n**In the words of albumentations**\n\n{theirs}"
    return Documentation(summary, dict(parameters), text)
