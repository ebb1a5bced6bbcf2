"""Which validation images of a run have a duplicate among the images that it was trained on."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from explorer.data.contents import Contents
from explorer.data.findings import duplicates
from explorer.data.findings.seen import TRAIN, Seen
from explorer.data.overview.measured import Measured

if TYPE_CHECKING:
    from explorer.data.overview.near import Duplicates

_PARTS = (TRAIN, "val")


def leaked(
    contents: Contents,
    measured: Measured,
    near: "Duplicates | None",
    train: Iterable[str],
    val: Iterable[str],
) -> dict[str, str]:
    """Return the id of each validation image that has a duplicate in training -> the id of that one.

    Args:
        contents: the data set as it is now, in any division.
        measured: what was measured of its images.
        near: the near duplicates among them; None if only equal pixels were looked for.
        train, val: the ids of the images that the run was trained and validated on.
    """
    places = {one: place for place, one in enumerate(contents.ids)}
    part = np.full(len(contents), -1, np.int8)
    for number, ids in enumerate((train, val)):
        part[[places[one] for one in ids if one in places]] = number
    known = set(np.flatnonzero(part < 0).tolist())
    divided = replace(contents, parts=_PARTS, part=np.maximum(part, 0), group=None)
    seen = Seen.of(divided, measured, [contents.ids[place] for place in known])
    return {
        contents.ids[later]: contents.ids[earlier]
        for found in duplicates.find(seen, near)
        if found.code in ("leak_exact", "leak_near")
        for later, earlier in found.pairs.tolist()
    }
