"""The images that the rows of a table name, with their labels and division; rows that cannot be used are listed."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import plain
from explorer.base.words import counted
from explorer.data.contents import LeftOut
from explorer.data.division import PARTS, Given
from explorer.data.finder import Ambiguous, Finder, Misplaced
from explorer.data.listing import is_image
from explorer.data.parts import TEST, TRAIN, VAL
from explorer.data.roots import allowed_roots, outside
from explorer.data.several_labels import BETWEEN
from explorer.data.tables import Row, named_columns

PART_WORDS: Mapping[str, int] = {
    **dict.fromkeys(("train", "training", "trn", "tr"), TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "dev", "eval"), VAL),
    **dict.fromkeys(("test", "testing", "tst", "holdout"), TEST),
}
_BLANK = ("", "nan", "NaN")  # the last two are what pandas writes for nothing
_LONGEST = 4096  # characters of a path
_SHOWN = 40
_FOLDERS = 3  # that a note names
_WHOLE = re.compile(r"(-?\d+)\.0+")


@dataclass(frozen=True, eq=False)
class Found:
    """The images of a table.

    Attributes:
        files: N images, as paths.
        rows: the first row of each.
        left_out: rows that cannot be used.
        notes: what was noticed, in sentences.
    """

    files: list[str]
    rows: list[Row]
    left_out: tuple[LeftOut, ...]
    notes: list[str]


def found_in(
    rows: Sequence[Row],
    folder: Path,
    unit: str,
    *,
    inside: bool,
    rules: int,
    by_part: bool,
    unlabeled: bool = False,
) -> Found:
    """Find the images of rows.

    Args:
        rows: of the table.
        folder: where paths begin.
        unit: what a place in the table is called, "line" or "row".
        inside: whether only the folders that pages may read are looked into.
        rules: 1 takes names as paths and labels as they are; 2 also searches, and takes "nan" for nothing.
        by_part: whether the column of parts has to hold a known one.
        unlabeled: whether rows may have no label.
    """
    roots = (folder.resolve(), *allowed_roots()) if inside else ()
    finder = finder_in(folder, roots, search=rules > 1)
    blank = _BLANK[:1] if rules == 1 else _BLANK
    left: list[LeftOut] = []
    kept: dict[str, Row] = {}
    repeats: dict[str, list[Row]] = {}
    for row in rows:
        at = f"{unit} {row.line}"
        if kind := _blank(row, blank, by_part, unlabeled):
            left.append(LeftOut(at, f"{kind}.{_to_do(kind)}", kind))
            continue
        part = PART_WORDS[row.split.casefold()] if by_part else TRAIN
        try:
            file = located(finder, row.path, at, folder, roots, PARTS[part] if by_part else "")
        except Misplaced as other:
            words = f"{row.path} is for {row.split}, and the only image of this name is {other}. Write paths."
            left.append(LeftOut(at, words, "the image is in the folder of another part"))
            continue
        if isinstance(file, LeftOut):
            left.append(file)
        elif file in kept:
            repeats.setdefault(file, []).append(row)
        else:
            kept[file] = row
    conflicts = _conflicts(kept, repeats, unit)
    repeated = sum(map(len, repeats.values()))
    for file in conflicts:
        del kept[file]
    notes = _notes(finder, repeated, list(kept), agree=not conflicts)
    return Found(list(kept), list(kept.values()), (*left, *conflicts.values()), notes)


def finder_in(folder: Path, roots: tuple[Path, ...], *, search: bool = True) -> Finder:
    """A finder that looks into these roots only; without roots it looks everywhere."""
    return Finder(folder, lambda place: _is_inside(place, roots), search=search)


def located(finder: Finder, name: str, at: str, folder: Path, roots: tuple[Path, ...], part: str = "") -> str | LeftOut:
    """The path of the image of a name, or why there is none that can be used.

    Args:
        finder: as `finder_in` makes it.
        name: as in the table.
        at: what the name is called where it is left out.
        folder, roots: of the finder.
        part: as for the finder.

    Raises:
        Misplaced: there are only images of other parts.
    """
    try:
        file = finder.find(name, part)
    except Ambiguous as several:
        return LeftOut(at, f"{name} may be {several}. Write paths.", "several images have this name")
    if file is None:
        return _missing(at, name, folder, roots)
    last = file.rpartition("/")[2]
    if not is_image(last):
        return LeftOut(at, f"{name} is not an image that can be read. Remove the row.", "not an image")
    if file in finder.links and not _is_inside(file, roots):
        return LeftOut(at, f"{last} is {outside(roots[1:])}", "outside of the allowed folders")
    return file


@cache
def _is_inside(place: str, roots: tuple[Path, ...]) -> bool:
    """Whether a page may read a place; without roots everything may be read."""
    try:
        return not roots or any(map(Path(place).resolve().is_relative_to, roots))
    except (OSError, RuntimeError):
        return False  # a loop of links


def _blank(row: Row, blank: Sequence[str], by_part: bool, unlabeled: bool = False) -> str:
    """Why a row cannot be used by itself; "" if it can."""
    if len(row.path) > _LONGEST or len(row.label) > _LONGEST:
        return "the path or the label is too long"
    if "\0" in row.path:
        return "the path holds a null character"
    if row.path in blank:
        return "the path is empty"
    if row.label in blank and not unlabeled:
        return "the label is empty"
    if by_part and row.split.casefold() not in PART_WORDS:
        return f"its part is {row.split[:_SHOWN]!r}" if row.split else "its part is empty"
    return ""


def _to_do(kind: str) -> str:
    if kind.endswith("long"):
        return f" They may have {_LONGEST:,} characters."
    if kind.endswith("character"):
        return " Correct it."
    return " Expected train, val or test." if kind.startswith("its part") else " Fill it in."


def _missing(at: str, name: str, folder: Path, roots: tuple[Path, ...]) -> LeftOut:
    place = folder / name.replace("\\", "/")
    if roots and not _is_inside(str(place.parent), roots):
        return LeftOut(at, f"{place.name} is {outside(roots[1:])}", "outside of the allowed folders")
    words = f"There is no image {name} in {folder}."
    return LeftOut(at, words, "there is no such image")


def _conflicts(kept: Mapping[str, Row], repeats: Mapping[str, list[Row]], unit: str) -> dict[str, LeftOut]:
    """The images whose rows do not agree, which are not used at all."""
    found: dict[str, LeftOut] = {}
    for file, rows in repeats.items():
        first = kept[file]
        other = next((row for row in rows if _said(row) != _said(first)), None)
        if other is not None:
            one, two = next((a, b) for a, b in zip(_said(first), _said(other), strict=True) if a != b)
            said = f"{one or 'nothing'} in {unit} {first.line} and {two or 'nothing'} in {unit} {other.line}"
            words = f"{first.path} is {said}. Give each image one label, part, fold and group."
            found[file] = LeftOut(first.path, words, "rows of one image differ")
    return found


def _said(row: Row) -> tuple[str, ...]:
    return (
        plain(row.label.replace(BETWEEN, " and ")),
        row.split.casefold(),
        row.fold,
        "" if row.group in _BLANK else row.group,
    )


def _notes(finder: Finder, repeated: int, files: Sequence[str], *, agree: bool) -> list[str]:
    notes = []
    if repeated:
        rows = counted(repeated, "row repeats", "rows repeat")
        notes.append(f"{rows} an image: it is used once{'' if agree else ' where they agree'}.")
    if finder.by_id:
        notes.append(_by_id(finder.by_id, files))
    if finder.by_end:
        notes.append(
            counted(
                finder.by_end,
                "path begins in a folder that is not here: its image was found by the end.",
                "paths begin in a folder that is not here: their images were found by the ends.",
            )
        )
    return notes


def _by_id(count: int, files: Sequence[str]) -> str:
    """Say that images were found by names without a folder or an ending, and in which folders."""
    folders = sorted({file.rpartition("/")[0].rpartition("/")[2] for file in files})
    where = " and ".join(f"{name}/" for name in folders) if len(folders) <= _FOLDERS else f"{len(folders):,} folders"
    whole = "all were" if count == len(files) else f"{count:,} were"
    return f"The table has names without a folder or an ending: {whole} found in {where}."


# Labels


def classes_of(labels: Iterable[str], *, numeric: bool) -> tuple[tuple[str, ...], dict[str, int]]:
    """The names of the classes in their order, and the class of each label.

    Args:
        labels: as written.
        numeric: whether labels that are all numbers are ordered as numbers, and 0.0 is called 0.
    """
    names = {label: plain(label) for label in set(labels)}
    values = {label: number_of(name) for label, name in names.items()}
    if not numeric or not all(map(math.isfinite, values.values())):
        classes = sorted(set(names.values()))
    else:
        names = {label: without_fraction(name) for label, name in names.items()}
        by_name = {name: values[label] for label, name in names.items()}
        classes = sorted(by_name, key=lambda name: (by_name[name], name))
    place = {name: number for number, name in enumerate(classes)}
    return tuple(classes), {label: place[name] for label, name in names.items()}


def number_of(text: str) -> float:
    """The number that a text is; NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def without_fraction(text: str) -> str:
    """A whole number without the fraction that pandas writes: 3 for 3.0."""
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def cautions(classes: Sequence[str], images: int) -> list[str]:
    """What makes one doubt whether the labels are classes, in sentences."""
    notes = [
        f"{' and '.join(names)} differ only in upper and lower case: they are {len(names)} classes."
        for names in alike_names(classes)
    ]
    fractions = sum(math.isfinite(value) and value != int(value) for value in map(number_of, classes))
    if fractions:
        notes.append(f"{fractions:,} of {len(classes):,} labels are numbers with fractions. Are they classes?")
    if len(classes) > max(20, images // 3):
        notes.append(f"{images:,} images have {len(classes):,} labels: is it the column of labels?")
    return notes


def alike_names(names: Sequence[str]) -> list[list[str]]:
    """The names that differ only in case or in spaces, together."""
    by_fold: dict[str, list[str]] = {}
    for name in names:
        by_fold.setdefault(name.strip().casefold(), []).append(name)
    return [same for same in by_fold.values() if len(same) > 1]


# Division


def given_by(rows: Sequence[Row], names: Sequence[str]) -> Given:
    """The division that the columns of a table give.

    Args:
        rows: one for each image.
        names: of the columns of paths, labels, parts, folds and groups; "" for none.
    """
    _, _, split, fold, group = names
    part = np.array([PART_WORDS[row.split.casefold()] for row in rows], np.int8) if split else None
    return Given(
        part,
        _folds([row.fold for row in rows]) if fold else None,
        _groups([row.group for row in rows]) if group else None,
        f"The column {split}",
        f"the column {fold}",
        group or "group",
    )


def _folds(values: Sequence[str]) -> NDArray[np.int64]:
    """Folds from 0 in the order of their numbers or letters; -1 where none is given, also as -1."""
    order = {name: number_of(name) for name in {without_fraction(value) for value in values} - {*_BLANK, "-1"}}
    # Numbers first: NaN, which names that are none get, has no place in an order.
    names = sorted(order, key=lambda name: (1, 0.0, name) if math.isnan(order[name]) else (0, order[name], name))
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(without_fraction(value), -1) for value in values], np.int64)


def _groups(values: Sequence[str]) -> NDArray[np.int64]:
    """Groups from 0; images without one are groups by themselves."""
    place: dict[str, int] = {}
    for number, value in enumerate(values):
        place.setdefault(value if value not in _BLANK else f"\n{number}", len(place))
    return np.array(
        [place[value if value not in _BLANK else f"\n{number}"] for number, value in enumerate(values)], np.int64
    )


def read_columns(header: Sequence[str], columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The names of the columns that are read, "" for none.

    A column of parts that was recognized by its name, and has no known part among its frequent values, holds something
    else.
    """
    names = named_columns(header, columns)
    words = (word for word, _ in Counter(row.split for row in rows).most_common(50))
    if names[2] and not columns[2] and not any(word.casefold() in PART_WORDS for word in words):
        names[2] = ""
    return names
