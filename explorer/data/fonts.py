"""Font files by name, for steps that draw text. A name chooses among the fonts of this computer; it is not a path."""

import os
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from PIL import ImageFont

from explorer.base.home import home
from explorer.data.keeping import NotKept, keep

BUILT_IN = "Aileron"  # which is a part of Pillow
MAX_FILES = 300
MAX_FOLDERS = 2_000  # looked into, so that a huge tree does not hold up the page
SUFFIXES = frozenset({".ttf", ".otf"})
# The folders of fonts on Linux and macOS, which may be missing. People's own come first, because the search is bounded
# and those are the fonts that they want.
_OWN = (".local/share/fonts", "Library/Fonts")
_SYSTEM = ("/usr/local/share/fonts", "/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_SIZE = 20  # px, at which fonts are tried


class FontMissing(ValueError):
    """No font has this name; the message names some that there are."""


def names() -> tuple[str, ...]:
    """The built-in font, then those of this computer by name. A restart finds fonts that are installed later."""
    return (BUILT_IN, *sorted(_scan(_folders()).keys() - {BUILT_IN}))


def path(name: str) -> Path:
    """The file of the font called `name`. Raises FontMissing."""
    if name == BUILT_IN:
        return _built_in()
    found = _scan(_folders()).get(name)
    if found is None or not found.is_file():
        some = names()
        more = f" and {len(some) - 5} more" if len(some) > 5 else ""
        raise FontMissing(f"There is no font {name[:80]!r} here. Choose one of {', '.join(some[:5])}{more}.")
    return found


def _built_in() -> Path:
    file = home() / "fonts" / f"{BUILT_IN}.ttf"
    if not file.is_file():
        font = ImageFont.load_default(_SIZE)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise FontMissing(f"This Pillow has no {BUILT_IN}. Install the pinned one, or choose another font.")
        try:
            keep(file, font.font_bytes)
        except NotKept as error:
            raise FontMissing(f"The built-in font has to be written to a file once. {error}") from error
    return file


def _folders() -> tuple[Path, ...]:
    return (*(Path.home() / folder for folder in _OWN), *map(Path, _SYSTEM))


@lru_cache(maxsize=4)
def _scan(folders: tuple[Path, ...]) -> dict[str, Path]:
    """The files of fonts by name; of two files with the same name the first one counts."""
    found: dict[str, Path] = {}
    for file in islice(_files(folders), MAX_FILES):
        # A name that is not printable could not be shown or saved.
        if file.stem not in found and file.stem.isprintable() and _opens(file):
            found[file.stem] = file
    return found


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    walk = (visit for folder in folders for visit in os.walk(folder))
    for place, inner, files in islice(walk, MAX_FOLDERS):
        inner.sort()
        yield from (Path(place, file) for file in sorted(files) if Path(file).suffix.lower() in SUFFIXES)


def _opens(file: Path) -> bool:
    try:
        ImageFont.truetype(file, _SIZE)
    except (OSError, ValueError):
        return False  # damaged, without permission, or with bitmaps of one size only, such as some emoji
    return True
