"""Parts that differ from the part that is trained on, and groups that are divided between parts."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.data.findings.finding import Finding, Places
from explorer.data.findings.seen import NO_GROUP, Seen

DIFFERS = 0.2  # standard deviations that a difference of means has to exceed, which is called small (Cohen, 1988)
DEVIATIONS = 3.0  # of the estimate that are subtracted from a difference before it is judged
SHARE = 0.05  # of the images that would have to be of another class or format
FEWEST = 20  # images of a part


def find(seen: Seen) -> Iterable[Finding]:
    """Yield groups on both sides of a division, and parts that are not like the training part."""
    yield from _divided_groups(seen)
    if seen.train is None:
        return
    for part, name in enumerate(seen.contents.parts):
        if part != seen.train:
            differences = dict(_differences(seen, part))
            if differences:
                values = {"part": name, "train": seen.contents.parts[seen.train], "by": differences}
                yield Finding("part_differs", "check", int((seen.part == part).sum()), values=values)


def _divided_groups(seen: Seen) -> Iterable[Finding]:
    group = seen.contents.group
    if group is None:
        return
    places: Places = np.flatnonzero(seen.used & (group != NO_GROUP))
    order = places[np.lexsort((seen.contents.part[places], group[places]))]
    if not len(order):
        return
    starts = np.flatnonzero(np.diff(group[order], prepend=group[order[0]] - 1))
    parts = seen.contents.part
    found = [one.astype(np.int64) for one in np.split(order, starts[1:]) if parts[one[0]] != parts[one[-1]]]
    if found:
        images = np.concatenate([one[parts[one] != parts[one[0]]] for one in found])
        yield Finding(
            "group_divided", "wrong", len(images), images, tuple(found), values={"groups": len(found)},
            actions=("leave_out_later",) if seen.given else ("together", "leave_out_later"),
        )  # fmt: skip


def _differences(seen: Seen, part: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield what differs, with its mean or share in this part and in training."""
    ours, theirs = (seen.decoded & (seen.part == one) for one in (part, seen.train))
    if min(ours.sum(), theirs.sum()) < FEWEST:
        return
    for name, (shown, judged) in _columns(seen).items():
        if _differ(judged[ours], judged[theirs]):
            yield name, (float(shown[ours].mean()), float(shown[theirs].mean()))
    formats = np.unique(np.array([seen.measured.format[row] for row in seen.rows.tolist()]), return_inverse=True)[1]
    for name, codes in (("classes", seen.label), ("formats", formats)):
        same = set(codes[ours].tolist()) == set(codes[theirs].tolist())
        if name == "classes" and not same:
            continue  # that a class is missing is a finding of its own
        share = _other_shares(codes[ours], codes[theirs])
        if share > SHARE:
            yield name, (share, 0.0)


def _columns(seen: Seen) -> Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return columns as they are shown and as they are judged: products are judged by their logarithm."""
    table = seen.measured
    plain = {"brightness": table.brightness, "contrast": table.contrast}
    found = {name: (seen.column(values),) * 2 for name, values in plain.items()}
    sharpness, side = seen.column(table.sharpness), np.sqrt(seen.column(table.width) * seen.column(table.height))
    return found | {"sharpness": (sharpness, np.log1p(sharpness)), "side": (side, np.log1p(side))}


def _differ(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> bool:
    """Whether the means differ by more than `DIFFERS` deviations, after what chance explains is subtracted."""
    n, m = len(ours), len(theirs)
    pooled = np.sqrt(((n - 1) * ours.var(ddof=1) + (m - 1) * theirs.var(ddof=1)) / (n + m - 2))
    gap = abs(float(ours.mean() - theirs.mean()))
    if pooled < 1e-9:
        return gap > 1e-6
    effect = gap / float(pooled)
    return bool(effect - DEVIATIONS * np.sqrt(1 / n + 1 / m + effect**2 / (2 * (n + m))) > DIFFERS)


def _other_shares(ours: NDArray[np.generic], theirs: NDArray[np.generic]) -> float:
    """Return the share of images that would have to be others for equal shares, less what chance explains."""
    kinds, numbers = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
    if len(kinds) < 2:
        return 0.0
    counts = [np.bincount(side, minlength=len(kinds)) for side in np.split(numbers, [len(ours)])]
    first, second = (count / count.sum() for count in counts)
    whole = (counts[0] + counts[1]) / (len(ours) + len(theirs))
    chance = np.sqrt(whole * (1 - whole) * (1 / len(ours) + 1 / len(theirs)))
    return float(np.maximum(np.abs(first - second) - DEVIATIONS * chance, 0.0).sum() / 2)
