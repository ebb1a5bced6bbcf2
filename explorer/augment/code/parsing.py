"""Text -> syntax trees, or an error with a message. Nothing is compiled or run."""

import ast
import json
import re
import textwrap
from typing import Any

from explorer.augment.code.results import SYNTAX, CodeError

MAX_CHARACTERS = 2_000_000
MAX_NOTEBOOK = 20_000_000  # with the images in its outputs
CELL = 10_000_000  # lines of a notebook's cell n begin at n times this, so that a line knows its cell

_PYTHON_2 = (
    (r"Missing parentheses in call to '(\w+)'", "{0} without parentheses: this is Python 2. Rewrite it for Python 3."),
    (r"multiple exception types must be parenthesized", "except with a comma: this is Python 2. Write `except A as b`"),
    (r"leading zeros in decimal", "A number with a leading zero: this is Python 2, or not Python."),
)
_PROMPT = re.compile(r"^[^\S\n]*(>>>|\.\.\.) ?|^[^\S\n]*In \[\d*\]: ?", re.MULTILINE)
_MAGIC = re.compile(r"^(\s*)([%!?]|```).*$|^(\s*)(?:[\w.]+\?{1,2}\s*|[\w, ]+=\s*[%!].*)$", re.MULTILINE)
_OTHER_LANGUAGE = re.compile(
    r"\s*%%(bash|sh|html|javascript|js|latex|markdown|perl|ruby|svg|cython|sql|R|writefile(?!.*\.py\s*$))\b",
    re.MULTILINE,
)
_FENCE = re.compile(r"^[\s>]*(```+|~~~+)[ \t]*\{?\.?([\w+-]*)")
_PYTHON_FENCES = frozenset({"", "py", "py3", "python", "python3", "ipython", "pycon"})
_CODE_OUTSIDE = re.compile(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[(:])", re.MULTILINE)


def place(line: int) -> tuple[int, int]:
    """The cell that a line is in, 0 outside of notebooks, and the line within it."""
    return divmod(line, CELL)


def parse(text: str) -> ast.Module:
    """The syntax tree of a text, which may have indentation, prompts or magics. Raises CodeError."""
    if len(text) > MAX_CHARACTERS:
        raise CodeError(f"The code is longer than {MAX_CHARACTERS // 1_000_000} MB. Paste the part with the pipeline.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _parse(text)
    except CodeError as first:
        for mend in (textwrap.dedent, _without_prompts, _without_magics):
            text = mend(text)
            try:
                return _parse(text)
            except CodeError:
                continue
        raise first


def fences(text: str) -> list[tuple[int, str, str]]:
    """The code between the fences of a text: line, language, and source whose lines are those of the text.

    A text with code outside of its fences gives none: it is Python with a mistake, and comments with fences.
    """
    found: list[tuple[int, str, str]] = []
    outside: list[str] = []
    inside: list[str] = []
    opened, language, start = "", "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        fence = _FENCE.match(line)
        if opened and fence and fence[1].startswith(opened):
            found.append((start, language, "\n" * start + textwrap.dedent("\n".join(inside))))
            opened = ""
        elif opened:
            inside.append(line)
        elif fence:
            opened, language, start, inside = fence[1], fence[2].lower(), number, []
        else:
            outside.append(line)
    if _CODE_OUTSIDE.search("\n".join(outside)):
        return []
    if opened and inside:  # one that was cut off
        found.append((start, language, "\n" * start + textwrap.dedent("\n".join(inside))))
    return [one for one in found if one[1] in _PYTHON_FENCES]


def _without_prompts(text: str) -> str:
    return textwrap.dedent(_PROMPT.sub("", text)) if _PROMPT.search(text) else text


def _without_magics(text: str) -> str:
    """Lines for IPython, and the fences of Markdown, become empty; lines keep their numbers."""
    return _MAGIC.sub(lambda found: f"{found[1] or found[3] or ''}pass" if (found[1] or found[3]) else "", text)


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise CodeError(_explained(error.msg), error.lineno) from error
    except (RecursionError, MemoryError) as error:
        raise CodeError("The code is nested too deep to be read.") from error
    except (ValueError, OverflowError) as error:
        raise CodeError(f"This is not Python: {error}.") from error


def _explained(message: str) -> str:
    for pattern, text in _PYTHON_2:
        if found := re.search(pattern, message):
            return text.format(*found.groups())
    return f"{SYNTAX}: {message}."


def notebook(text: str) -> tuple[list[tuple[int, str]], str]:
    """The number, from 1, and the source of each code cell of a Jupyter notebook, and its version of Python or "".

    Raises CodeError.
    """
    if len(text) > MAX_NOTEBOOK:
        raise CodeError(f"The notebook is larger than {MAX_NOTEBOOK // 1_000_000} MB. Clear its outputs.")
    try:
        record = json.loads(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise CodeError("The notebook is nested too deep to be read.") from error
    except json.JSONDecodeError as error:
        raise CodeError(f"This is not a notebook: {error.msg}.", error.lineno) from error
    except ValueError as error:
        raise CodeError(f"This is not a notebook: {error}.") from error
    found = [
        (number, _source(cell.get("source")))
        for number, cell in enumerate(_cells(record), start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]
    if sum(len(source) for _, source in found) > MAX_CHARACTERS:
        raise CodeError(f"The notebook has more than {MAX_CHARACTERS // 1_000_000} MB of code.")
    python = [(number, source) for number, source in found if not _OTHER_LANGUAGE.match(source)]
    return python, _python_of(record)


def _python_of(record: Any) -> str:
    for key in ("metadata", "language_info", "version"):
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, str) else ""


def _cells(record: Any) -> list[Any]:
    listed = record.get("cells") if isinstance(record, dict) else None
    if listed is None and isinstance(record, dict) and isinstance(record.get("worksheets"), list):
        raise CodeError("This notebook has the format of IPython 3. Open and save it with Jupyter once.")
    if not isinstance(listed, list):
        raise CodeError('This is not a notebook: it has no list of "cells".')
    return listed


def _source(source: Any) -> str:
    if isinstance(source, str):
        return source
    return "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else ""


def numbered(tree: ast.Module, cell: int) -> ast.Module:
    """Number the lines of a cell's tree so that they name the cell."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno += cell * CELL
    return tree
