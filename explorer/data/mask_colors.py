"""The colors of masks with the names of their classes, from a file beside the masks."""

import json
import re
from pathlib import Path

from explorer.base.names import plain
from explorer.data.color_masks import Color
from explorer.data.dataset import DatasetError
from explorer.data.marks.bounded import text
from explorer.data.marks.numbers import whole
from explorer.data.roots import Reach, in_roots

COLOR_FILES = ("label_colors.txt", "label_colors.csv", "class_dict.csv", "labelmap.txt", "classes.json")
MOST = 255
_MAX_BYTES = 100_000
_BETWEEN = re.compile(r"[\s,;:]+")


def colors_of(folder: Path, reach: Reach = in_roots) -> tuple[str, dict[Color, str]]:
    """The name of the first file that gives colors, and the names by color in its order; "" and {} without one.

    Raises OutsideRoots where the file is a link that leads outside.
    """
    for name in COLOR_FILES:
        file = folder / name
        if not file.is_file():
            continue
        reach(file)
        try:
            content = text(file, _MAX_BYTES)
        except DatasetError:
            continue  # where it is the file of names, reading those says what is wrong
        if found := _of_json(content) if file.suffix == ".json" else _of_lines(content):
            return name, dict(list(found.items())[:MOST])
    return "", {}


def _of_lines(content: str) -> dict[Color, str]:
    found: dict[Color, str] = {}
    for line in content.splitlines():
        if both := _color_first(line.strip()) or _name_first(line.strip()):
            found.setdefault(both[0], plain(both[1])[:100])
    return found


def _color_first(line: str) -> tuple[Color, str] | None:
    """The color and name of a line such as "64 128 64	Animal"."""
    fields = _BETWEEN.split(line, maxsplit=3)
    color = _written(fields[:3])
    return (color, fields[3]) if len(fields) == 4 and fields[3] and color is not None else None


def _name_first(line: str) -> tuple[Color, str] | None:
    """The color and name of a line such as "Animal,64,128,64", or "Animal:64,128,64::" of CVAT."""
    gaps = [gap for gap in _BETWEEN.finditer(line) if gap.end() < len(line)]
    if len(gaps) < 3 or not gaps[-3].start():
        return None
    color = _written(_BETWEEN.split(line[gaps[-3].end() :])[:3])
    return None if color is None else (color, line[: gaps[-3].start()])


def _written(fields: list[str]) -> Color | None:
    """The color that three texts say."""
    return _color([int(each) for each in fields if each.isdecimal() and len(each) <= 3])


def _of_json(content: str) -> dict[Color, str]:
    """Of an object of names with colors, or a list of objects with a name and a color."""
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if isinstance(values, list):
        values = {
            each["name"]: each["color"]
            for each in values
            if isinstance(each, dict) and {"name", "color"} <= set(each) and isinstance(each["name"], str)
        }
    if not isinstance(values, dict):
        return {}
    colors = ((_color(color), plain(str(name))[:100]) for name, color in values.items())
    return {color: name for color, name in colors if color is not None}


def _color(values: object) -> Color | None:
    parts = [whole(value, 255) for value in values] if isinstance(values, list) and len(values) == 3 else [None]
    found = [part for part in parts if part is not None]
    return (found[0], found[1], found[2]) if len(found) == 3 else None
