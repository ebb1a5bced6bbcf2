"""The classes of masks with their colors, and the value that does not count."""

import html

from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.mask_classes import MaskClasses, mask_classes
from explorer.figures.palette import class_colors
from explorer.texts import Common
from explorer.texts import Train as T
from explorer.ui.train import values

_SQUARE = '<span style="color:{color}">■</span>'
_HATCHED = (
    '<span style="display:inline-block;width:0.75em;height:0.75em;vertical-align:baseline;background:'
    'repeating-linear-gradient(45deg,{color} 0 2px,transparent 2px 4px)"></span>'
)
_LINES = '<div style="font-size:0.9rem;line-height:1.5">{lines}</div>'
_LINE = '<div style="font-size:0.85rem;opacity:0.85">{line}</div>'


def lines(masks: MaskClasses, most: int) -> str:
    """Return the classes that are learned, one a line, and the value that does not count, as HTML.

    Args:
        masks: What the values of the masks mean.
        most: The number of classes that are named.
    """
    named = [f"{_mark(masks, value, _SQUARE)} {html.escape(masks.names[value])}" for value in masks.values[:most]]
    if len(masks.values) > most:
        named.append(Common.AND_MORE.format(count=len(masks.values) - most))
    if masks.ignored is not None:
        named.append(_ignored(masks))
    return _LINES.format(lines="<br>".join(named))


def chosen(key: str, names: tuple[str, ...]) -> MaskClasses | None:
    """Return the classes of a data set as a run of this workspace would learn them; None where none can.

    Args:
        key: Of the data set, as in `picture_sets`.
        names: The names of the values of its masks, from 0.
    """
    kind, _, place = key.partition("?")[0].partition(":")
    if kind != MaskFolderSpec.name() or not names:
        return None
    form = values.current()
    asked = form["ignore_index"] if (form["dataset"], form["masks_path"]) == (kind, place) else "auto"
    if asked == "auto":
        return mask_classes(names, "auto")
    return mask_classes(names, None if asked in ("", None) else int(asked))


def ignored_line(masks: MaskClasses) -> str:
    """Return which value does not count, with its color, as HTML."""
    return _LINE.format(line=T.NONE_UNCOUNTED if masks.ignored is None else _ignored(masks))


def _ignored(masks: MaskClasses) -> str:
    value = masks.ignored
    assert value is not None
    name = masks.names[value] if value < len(masks.names) else ""
    mark = _mark(masks, value, _HATCHED) if name else ""
    return f"{mark} {html.escape(T.UNCOUNTED.format(value=value, name=name))}"


def _mark(masks: MaskClasses, value: int, mark: str) -> str:
    return mark.format(color=class_colors(masks.color_places)[value])
