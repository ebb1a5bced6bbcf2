"""Masks that nothing can be learned of, so that a run refuses them."""

from collections.abc import Iterable

import numpy as np

from explorer.data.findings.finding import Finding
from explorer.data.findings.seen import Seen


def find(seen: Seen) -> Iterable[Finding]:
    """Yield why the data set as a whole cannot be trained on, or else the images whose masks cannot be used."""
    if seen.contents.refused:
        yield Finding("refused", "wrong", len(seen), values={"reason": seen.contents.refused})
        return
    trouble = seen.measured.mask_trouble
    rows = np.flatnonzero([row in trouble for row in seen.rows.tolist()])
    if len(rows):
        reasons = {int(seen.place[row]): trouble[int(seen.rows[row])] for row in rows}
        yield Finding(
            "mask_unusable", "wrong", len(rows), seen.place[rows], values={"reasons": reasons}, actions=("leave_out",)
        )
