"""All findings about a data set, the worst first."""

from typing import TYPE_CHECKING

from explorer.data.contents import Contents
from explorer.data.curation import Curation
from explorer.data.findings import classes, duplicates, masks, odd_images, parts
from explorer.data.findings.finding import SEVERITIES, Finding, Findings, Looked
from explorer.data.findings.seen import Seen
from explorer.data.overview.measured import Measured

if TYPE_CHECKING:
    from explorer.data.overview.near import Duplicates

_FIRST = ("leak_exact", "leak_near")


def find(
    contents: Contents,
    measured: Measured,
    near: "Duplicates | None" = None,
    curation: Curation | None = None,
    *,
    given: bool = True,
) -> Findings:
    """Return what is wrong with a data set.

    Args:
        contents: its images.
        measured: what was measured of all or some of them.
        near: the near duplicates among the measured images; None if they were not looked for.
        curation: what a person has decided already, which is not found again.
        given: whether the parts are given by the data set, so that the app does not divide it.
    """
    decided = curation or Curation()
    seen = Seen.of(contents, measured, decided.left_out, decided.together, given)
    found: list[Finding] = [
        *masks.find(seen),
        *duplicates.find(seen, near),
        *odd_images.find(seen),
        *parts.find(seen),
        *classes.find(seen),
    ]
    found.sort(key=lambda one: (one.code not in _FIRST, SEVERITIES.index(one.severity)))
    total = int(seen.used.sum())
    looked = Looked(len(seen), total, len(decided.left_out), None if near is None else near.distance)
    return Findings(tuple(found), looked)
