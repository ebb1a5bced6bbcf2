"""Prose of docstrings as Markdown: indentation becomes nested lists, formulas become code, stray signs are escaped."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

_ITEM = re.compile(r"""(?:(?P<marker>[-*•]|\d{1,2}[.)]|[a-z][.)])\s+|(?=["']\w+["']:\s))(?P<text>\S.*)""")
_TERM = re.compile(r"\w+: ")  # "name: type", with what it means below it, further in
_FORMULA = re.compile(
    r"""[\w']+([\[(][^\])]*[\])])?\s*=\s  # x = ..., O(x, y) = ...
    | \[.*\]\S*(\s+\#.*)?$                # a row of a matrix, or a list of values
    | \w+\([^)]*\)\s*->                   # a signature
    | [iI]f\ \S+(\ \S+\])?\ >\ \w+:$      # a condition of pseudocode
    | else:$""",
    re.VERBOSE,
)
_SHORT = 64  # characters: a line that ends before was not wrapped


@dataclass
class _Block:
    """The lines of a paragraph, of an item or of code, and the blocks that are indented below it."""

    kind: Literal["text", "item", "code"]
    indent: int
    lines: list[str]
    marker: str = ""
    inner: "list[_Block]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(map(_ended, self.lines, [*self.lines[1:], ""])).split())


def _ended(line: str, following: str) -> str:
    """A line with a full stop if its sentence has none."""
    begins = following[:1].isupper() and not following[1:2].isupper()
    return f"{line}." if begins and len(line) < _SHORT and (line[-1].isalnum() or line[-1] in ")]%*") else line


def markdown(lines: Iterable[str]) -> str:
    """Indented prose as Markdown that means the same; no line becomes code because of its indentation."""
    return "\n".join(_written(_blocks(lines))).strip()


def _blocks(lines: Iterable[str]) -> list[_Block]:
    root = _Block("text", -1, [])
    opened = [root]
    apart = True  # whether a blank line came before
    for line in lines:
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if not text:
            apart = True
        elif _goes_on(opened[-1], text, indent, apart):
            last = opened[-1]
            last.lines.append(" " * max(indent - last.indent, 0) + text if last.kind == "code" else text)
            apart = False
        else:
            _split_term(opened, indent)
            while opened[-1].kind == "code" or opened[-1].indent >= indent:
                opened.pop()
            opened.append(_new(text, indent, apart, opened[-1]))
            opened[-2].inner.append(opened[-1])
            apart = False
    return root.inner


def _goes_on(last: _Block, text: str, indent: int, apart: bool) -> bool:
    if apart or last.indent < 0 or _ITEM.match(text):
        return False
    if last.kind == "code":
        return indent > last.indent or (indent == last.indent and _FORMULA.match(text) is not None)
    if last.lines[-1].endswith(":") and (indent > last.indent or _FORMULA.match(text)):
        return False
    if last.kind == "item":
        # Some docstrings do not indent the second line of an item.
        return indent > last.indent or (indent == last.indent and text[:1].islower())
    return indent == last.indent or (indent > last.indent and not _TERM.match(last.lines[0]))


def _split_term(opened: list[_Block], indent: int) -> None:
    """Make a line such as "If float:" a block if it ends a paragraph and its text is indented below it."""
    last = opened[-1]
    if last.kind == "text" and indent > last.indent and len(last.lines) > 1 and last.lines[-2].endswith("."):
        opened[-1] = _Block("text", last.indent, [last.lines.pop()])
        opened[-2].inner.append(opened[-1])


def _new(text: str, indent: int, apart: bool, parent: _Block) -> _Block:
    if item := _ITEM.match(text):
        return _Block("item", indent, [item["text"]], item["marker"] or "-")
    before = parent.inner[-1].text if parent.inner else parent.text if parent.indent >= 0 else ""
    # A bracket may also be the wrapped end of a sentence.
    alone = apart or not before or before.endswith((":", ".", ","))
    return _Block("code" if alone and _FORMULA.match(text) else "text", indent, [text])


def _written(blocks: list[_Block]) -> Iterator[str]:
    """Lines of Markdown, with a blank line between blocks that would otherwise become one."""
    terms = sum(map(_is_term, blocks)) > 1  # a single one reads better as a paragraph
    before = ""
    for block in blocks:
        kind = "item" if terms and _is_term(block) else block.kind
        if before and (kind, before) != ("item", "item"):
            yield ""
        yield from {"item": _item, "code": _code, "text": _paragraph}[kind](block)
        before = kind


def _is_term(block: _Block) -> bool:
    return block.kind == "text" and bool(block.inner) and all(inner.kind != "item" for inner in block.inner)


def _head(block: _Block) -> tuple[str, list[_Block]]:
    """The text of a block and the blocks below it; a single paragraph after a colon is part of the text."""
    inner = block.inner
    if block.text.endswith(":") and len(inner) == 1 and inner[0].kind == "text" and not inner[0].inner:
        return inline(f"{block.text} {inner[0].text}"), []
    return inline(block.text), inner


def _paragraph(block: _Block) -> Iterator[str]:
    text, inner = _head(block)
    yield text
    if inner:
        yield ""
        yield from _written(inner)


def _item(block: _Block) -> Iterator[str]:
    text, inner = _head(block)
    if block.marker[:1].isdigit():
        marker = f"{block.marker[:-1]}. "
    else:
        marker, text = "- ", f"{block.marker} {text}" if block.marker[:1].isalpha() else text
    yield marker + text
    if inner and not all(part.kind == "item" for part in inner):
        yield ""
    yield from (" " * len(marker) + line if line else "" for line in _written(inner))


def _code(block: _Block) -> Iterator[str]:
    yield from ["```text", *block.lines, "```"]


# The first that matches at a place wins.
_INLINE = re.compile(
    r"""``(?P<code>[^`]+)``
    | `(?P<tick>[^`]+)`
    | (?P<url>https?://[^\s<>"]*[\w/)])
    | (?<![\w*])(?P<star>\*\*?)(?=[^\s*])(?P<strong>[^*]*[^\s*])(?P=star)(?![\w*])
    | (?P<quoted>(?P<quote>["'])(?:\w*_\w*|(?<=^.)\w+(?=.:))(?P=quote))
    | (?P<several>(?<!\w)[(\[](?=[^()\[\]]*_)-?\w+(?:,\ -?\w+)+[)\]])
    | (?P<name>(?<![\w.])(?:\w+\.)*_*[A-Za-z]\w*_\w*(?:(?<=_)\*)?(?:\(\)|\[\w+\])*
        (?:=(?:-?\d+(?:\.\d+)?|\w+|\([^()]*\)))?)
    | (?P<given>(?<![\w.])[a-z]\w*=(?:True|False|None|-?\d+(?:\.\d+)?|'[^']*'|"[^"]*")(?![\w°]))
    | (?P<sign>[\\*_`<$~]|:(?=[A-Za-z])|\](?=\())""",
    re.VERBOSE,
)


def inline(text: str) -> str:
    """A line of prose as Markdown: names with underscores become code, signs with a meaning are escaped."""
    escaped = _INLINE.sub(_replacement, text)
    return "\\" + escaped if escaped.startswith((">", "#", "+")) else escaped


def _replacement(match: re.Match[str]) -> str:
    names = ("code", "tick", "quoted", "several", "name", "given")
    if code := next((match[name] for name in names if match[name]), None):
        return f"`{code}`"
    if match["url"]:
        return f"<{match['url']}>"
    if match["star"]:
        return f"{match['star']}{inline(match['strong'])}{match['star']}"
    return "\\" + match["sign"]


def plain(text: str) -> str:
    """A line of prose without markup."""
    return re.sub(r"`+|(?<![\w*])\*\*?(?=\w)|(?<=\w)\*\*?(?![\w*])", "", text)
