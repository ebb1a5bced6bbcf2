"""Tables as CSV files that spreadsheets open without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence

from explorer.base.names import shown

Cell = str | int | float | None

# Spreadsheets take a text that begins so for a formula. The last four are the same signs in full width, as East Asian
# input methods write them.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MARK = "'"


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as CSV in UTF-8, with the mark by which Excel knows the encoding.

    Numbers are written as they are, None as nothing, and texts by `safe`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet may run as a formula, or that begins with an apostrophe.

    So a reader gets each text back by taking away one apostrophe at the beginning. A formula is what begins with one of
    = + - @, also after white space or in full width; rule by OWASP, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    written = shown(text)
    begins = written.lstrip()[:1]
    risky = begins in _FORMULA if begins else False
    return _MARK + written if risky or written.startswith((_MARK, "\t", "\r", "\n")) else written
