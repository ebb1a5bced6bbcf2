"""flags.json: the validation images of a run that people have flagged, and what they have noted about them."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from explorer.base import locks
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.records import RecordError, read_as
from explorer.runs.record.paths import RunPaths

MAX_NOTE = 1_000
MAX_FLAGS = 5_000


class FlagsError(ValueError):
    """The flags cannot be read, or one cannot be kept. The message says why."""


@dataclass(frozen=True)
class Flag:
    """What people have noted about one image.

    Attributes:
        index: Its row in the list of validation images and in the logits. Ids may repeat, rows do not.
        id: As in the list of validation images.
        hash: As in that list; "" where it is not known.
        flagged: Whether it is flagged. The note of an image whose flag was taken back is kept.
        note: At most MAX_NOTE characters.
        time: Seconds since 1970 of the last change.
    """

    index: int
    id: str
    hash: str = ""
    flagged: bool = True
    note: str = ""
    time: float = 0.0


def read(paths: RunPaths) -> dict[int, Flag]:
    """Read all flags by index, also those that were taken back but have a note; empty if there are none yet.

    Raises FlagsError for a file that is damaged, which is not written over.
    """
    return _read(_stored(paths))


def flagged(flags: Mapping[int, Flag]) -> tuple[Flag, ...]:
    """Return those that are flagged, by index."""
    return tuple(flag for _, flag in sorted(flags.items()) if flag.flagged)


def change(paths: RunPaths, image: Flag, *, flagged: bool | None = None, note: str | None = None) -> dict[int, Flag]:
    """Change flag or note of one image, and keep all others, also those that another window has just changed.

    Args:
        paths: The run.
        image: Says which image it is by index, id and hash; its other fields do not matter.
        flagged: None leaves the flag as it is. A note alone flags the image, too.
        note: None leaves the note as it is.

    Returns:
        All flags, as `read`.

    Raises:
        FlagsError: The note is too long or cannot be written, there are too many flags, or the file is damaged.
        OSError: The run is gone or cannot be written.
    """
    _check(note or "")
    with locks.changing(paths.flags, f"the flags of {paths.id}"):
        stored = _stored(paths)
        flags = _read(stored)
        before = flags.get(image.index, replace(image, flagged=False, note=""))
        wanted = flagged if flagged is not None else before.flagged or bool(note)
        after = replace(
            before, flagged=wanted, note=before.note if note is None else note.strip(), time=round(time.time(), 3)
        )
        flags[image.index] = after
        if not after.flagged and not after.note:
            del flags[image.index]
        if len(flags) > MAX_FLAGS:
            raise FlagsError(f"A run has at most {MAX_FLAGS:,} flagged images. Take back a flag first.")
        write_json_atomic(paths.flags, {**stored, "images": [asdict(flag) for _, flag in sorted(flags.items())]})
    return flags


def _stored(paths: RunPaths) -> dict[str, Any]:
    stored = read_json_object(paths.flags)
    if stored is None and paths.flags.exists():
        raise FlagsError(f"{paths.flags} is damaged. Rename or mend the file to flag images again.")
    return stored or {}


def _read(stored: Mapping[str, Any]) -> dict[int, Flag]:
    entries = stored.get("images", [])
    try:
        flags = [read_as(Flag, entry) for entry in entries]
    except (RecordError, TypeError, AttributeError) as error:
        raise FlagsError(f"flags.json is damaged ({error}). Rename or mend the file to flag images again.") from error
    return {flag.index: flag for flag in flags}


def _check(note: str) -> None:
    if len(note) > MAX_NOTE:
        raise FlagsError(f"A note has at most {MAX_NOTE:,} characters; this one has {len(note):,}.")
    try:
        note.encode()
    except UnicodeEncodeError:
        raise FlagsError("The text holds half of a character, which no file can hold. Type it again.") from None
