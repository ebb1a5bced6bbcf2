"""Pascal VOC: what an XML file says about the objects of one image."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from explorer.base.names import plain
from explorer.data.marks.numbers import parsed

EDGES = ("xmin", "ymin", "xmax", "ymax")
FLAGS = ("difficult", "truncated", "occluded")
_MAX_SIDE = 1_000_000  # px
_MOST_OBJECTS = 100_000


@dataclass
class VocFile:
    """One file.

    Attributes:
        filename: the name of the image that the file gives; "" where it gives none.
        size: height and width in px; None where they are missing or 0.
        objects: the class, and xmin, ymin, xmax, ymax as they are written.
        rejected: the numbers of objects that are not used, from 1, and the reason.
        flags: how many objects are marked as difficult and so on.
        parts: how many parts of objects, such as heads, have boxes of their own.
    """

    filename: str = ""
    size: tuple[int, int] | None = None
    objects: list[tuple[str, tuple[float, ...]]] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    flags: dict[str, int] = field(default_factory=dict)
    parts: int = 0


def read(root: Element) -> VocFile:
    """What the root element of a file says. Objects that cannot be used are rejected."""
    found = VocFile(_text(root, "filename"))
    height, width = (parsed(_text(root, f"size/{side}")) or 0 for side in ("height", "width"))
    if 0 < height <= _MAX_SIDE and 0 < width <= _MAX_SIDE:
        found.size = (int(height), int(width))
    for number, entry in enumerate(root.findall("object")[:_MOST_OBJECTS], 1):
        found.parts += len(entry.findall("part"))
        reason = _object(found, entry)
        if reason:
            found.rejected.append((number, reason))
            continue
        for flag in FLAGS:
            found.flags[flag] = found.flags.get(flag, 0) + (_text(entry, flag) not in ("", "0", "Unspecified"))
    return found


def _object(found: VocFile, entry: Element) -> str:
    """Take over an object; the reason where it cannot be used."""
    name = plain(_text(entry, "name"))[:100]
    if not name:
        return "It has no name of a class."
    box = entry.find("bndbox")
    edges = [] if box is None else [parsed(_text(box, edge)) for edge in EDGES]
    if not edges or None in edges:
        return "It needs a bndbox with xmin, ymin, xmax and ymax as ordinary numbers."
    left, top, right, bottom = (edge for edge in edges if edge is not None)
    if right < left or bottom < top:
        return "Its box has xmax below xmin, or ymax below ymin."
    found.objects.append((name, (left, top, right, bottom)))
    return ""


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
