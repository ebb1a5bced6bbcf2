"""Albumentations' docstrings: a sentence for the form, a text for each parameter, and the whole as Markdown."""

import inspect
import re
from dataclasses import dataclass

_SECTION = re.compile(r"^(?P<name>[A-Z][\w ()]{0,60}):\s*$")
_ARGUMENT = re.compile(r"^(?P<name>\w+)\s*(?P<type>\([^:]*\))?\s*:\s*(?P<text>.*)$")
_CODE = {"Examples", "Example", "Mathematical Formulation", "Mathematical Details", "Mathematical formulation"}
_LEFT_OUT = {"Targets", "Number of channels"}


@dataclass(frozen=True)
class Documentation:
    """summary: one sentence. parameters: name -> text. markdown: everything, to be read."""

    summary: str
    parameters: dict[str, str]
    markdown: str


def read(docstring: str | None) -> Documentation:
    """Take a docstring in Google's style apart."""
    sections = _sections(inspect.cleandoc(docstring or ""))
    intro = sections.get("", [])
    summary = re.split(r"(?<=[.!?])\s", " ".join(_paragraphs(intro)[:1]))[0]
    parameters = _parameters(sections.get("Args", []))
    return Documentation(summary, parameters, _markdown(sections, parameters))


def _sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in text.splitlines():
        match = _SECTION.match(line)
        if match:
            name = match["name"]
            found.setdefault(name, [])
        else:
            found[name].append(line)
    return {name: inspect.cleandoc("\n".join(["", *lines])).splitlines() for name, lines in found.items()}


def _paragraphs(lines: list[str]) -> list[str]:
    blocks = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [" ".join(block.split()) for block in blocks if block.strip()]


def _parameters(lines: list[str]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        match = _ARGUMENT.match(line)
        if match:
            name = match["name"]
            texts[name] = [match["text"]]
        elif name:
            texts[name].append(line.strip())
    return {name: _joined(parts) for name, parts in texts.items()}


def _joined(lines: list[str]) -> str:
    """Lines as running text; items of a list each keep a line of their own."""
    text = ""
    for line in filter(None, lines):
        text += ("\n  " if line.startswith(("- ", "* ")) else " ") + line
    return text.strip()


def _markdown(sections: dict[str, list[str]], parameters: dict[str, str]) -> str:
    blocks = ["\n\n".join(_paragraphs(sections.get("", [])))]
    for name, lines in sections.items():
        if name == "Args" and parameters:
            rows = [f"- **{key}**: {text}" for key, text in parameters.items()]
            blocks.append("**Parameters**\n\n" + "\n".join(rows))
        elif name and name not in _LEFT_OUT and any(line.strip() for line in lines):
            body = "\n".join(lines).strip()
            blocks.append(f"**{name}**\n\n" + (f"```python\n{body}\n```" if name in _CODE else body))
    return "\n\n".join(block for block in blocks if block)
