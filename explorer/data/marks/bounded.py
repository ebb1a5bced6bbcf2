"""Files of annotations, read within limits."""

import stat
from pathlib import Path
from typing import Any

from explorer.data.dataset import DatasetError
from explorer.data.listing import unreadable
from explorer.data.marks.json_reader import parsed

MAX_BYTES = 200_000_000
MOST_LISTS = 4_000_000  # and objects of a JSON file; an annotation with box and outline has four
MOST_VALUES = 40_000_000  # of a JSON file; one of 200 MB with outlines has 30 million


def refuse_unusual(file: Path, most: int = MAX_BYTES) -> None:
    """Refuse what is no ordinary file, or has more than `most` bytes. Raises DatasetError."""
    try:
        about = file.stat()
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {file}. Check the path.") from error
    except (OSError, ValueError) as error:
        raise unreadable(file, error if isinstance(error, OSError) else OSError(str(error))) from error
    if not stat.S_ISREG(about.st_mode):  # a pipe would be waited for without end
        raise DatasetError(f"{file} is no ordinary file. Choose another, or remove it.")
    if about.st_size > most:
        raise DatasetError(_too_large(file, most))


def content(file: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file. Raises DatasetError where it cannot be read or has more than `most`."""
    refuse_unusual(file, most)
    try:
        with file.open("rb") as stream:
            found = stream.read(most + 1)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {file}. Check the path.") from error
    except OSError as error:
        raise unreadable(file, error) from error
    if len(found) > most:  # it has grown
        raise DatasetError(_too_large(file, most))
    return found


def _too_large(file: Path, most: int) -> str:
    return f"{file} is larger than {most / 1e6:g} MB, which is the most that is read. Divide it."


def text(file: Path, most: int = MAX_BYTES) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark. Raises DatasetError."""
    try:
        return content(file, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file} is not text in UTF-8. Save it as UTF-8.") from error


def json_object(file: Path, most: int = MAX_BYTES) -> dict[str, Any]:
    """The object in a JSON file. Raises DatasetError, also where it is nested too deeply."""
    found = content(file, most)
    # A list takes 3 bytes of a file and 64 of memory.
    if found.count(b"[") + found.count(b"{") > MOST_LISTS or found.count(b",") > MOST_VALUES:
        raise DatasetError(
            f"{file} has more than {MOST_LISTS // 1_000_000} million lists and objects, or more than "
            f"{MOST_VALUES // 1_000_000} million values, which are the most that are read. Divide it."
        )
    try:
        values = parsed(found)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise DatasetError(f"{file} is not JSON: {str(error)[:200]}. Write it again.") from error
    if not isinstance(values, dict):
        raise DatasetError(f"{file} must hold a JSON object; it holds a {type(values).__name__}.")
    return values
