"""What was decided about a data set as a CSV file, to keep it, to give it to others, and to read it again."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass

from explorer.base.tables import csv_bytes, unmarked
from explorer.data.curation import Curation, CurationError

COLUMNS = ("image", "left_out", "group")
MOST_BYTES = 20_000_000
MOST_ROWS = 200_000
_FROM_A_LIST = "From a list."


@dataclass(frozen=True)
class Listed:
    """What a file asks for.

    Attributes:
        left_out: the id of each image -> the reason.
        together: groups of ids.
        unknown: names that are not in the data set, in the order of the file.
    """

    left_out: dict[str, str]
    together: tuple[tuple[str, ...], ...]
    unknown: tuple[str, ...]


def dumps(kept: Curation) -> bytes:
    """Return the file: an image with the reason why it is left out, and the number of its group from 1, in each row.

    Texts that a spreadsheet would run as a formula get an apostrophe, which `loads` takes away.
    """
    group_of = {one: number for number, group in enumerate(kept.together, 1) for one in group}
    rows = ((one, kept.left_out.get(one, ""), group_of.get(one)) for one in dict.fromkeys([*kept.left_out, *group_of]))
    return csv_bytes(COLUMNS, rows)


def loads(data: bytes, ids: Collection[str]) -> Listed:
    """Read a list. Only the column "image" is needed: then all images in it are left out.

    Args:
        data: the file.
        ids: the names of all images of the data set.

    Raises:
        CurationError: It is no such file.
    """
    if len(data) > MOST_BYTES:
        raise CurationError(f"The file has more than {MOST_BYTES // 1_000_000} MB. Is it a list of images?")
    try:
        return _listed(_rows(data), set(ids))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CurationError(f"The file is not CSV in UTF-8: {error}.") from error


def _rows(data: bytes) -> Iterator[list[str]]:
    """Read the cells of COLUMNS row by row, since all rows at once would take a hundred times the size of the file."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""))
    place_of = {name: place for place, name in enumerate(next(reader, []))}
    if COLUMNS[0] not in place_of:
        raise CurationError(f'The file has no column "{COLUMNS[0]}" with names of images.')
    places = [place_of.get(name) for name in COLUMNS]
    for number, row in enumerate(reader):
        if number >= MOST_ROWS:
            raise CurationError(f"The file has more than {MOST_ROWS:,} rows. Is it a list of images?")
        yield ["" if place is None or place >= len(row) else row[place].strip() for place in places]


def _listed(rows: Iterable[list[str]], known: Set[str]) -> Listed:
    left_out: dict[str, str] = {}
    groups: dict[str, list[str]] = defaultdict(list)
    unknown: list[str] = []
    for written, reason, group in rows:
        if not written:
            continue
        image = unmarked(written)
        if image not in known and written in known:  # a list that a person has written
            image = written
        if image not in known:
            unknown.append(image)
            continue
        if group:
            groups[group].append(image)
        if reason or not group:
            left_out[image] = unmarked(reason) or _FROM_A_LIST
    together = tuple(tuple(group) for group in groups.values() if len(group) > 1)
    return Listed(left_out, together, tuple(dict.fromkeys(unknown)))
