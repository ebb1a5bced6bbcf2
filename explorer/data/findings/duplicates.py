"""Images that occur more than once: in two parts, within one, and with different labels."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import NO_LABEL
from explorer.data.findings.alikes import UNLIKE, Alikes, Group
from explorer.data.findings.finding import Action, Code, Finding, Severity
from explorer.data.findings.seen import NO_GROUP, Seen, members

if TYPE_CHECKING:
    from explorer.data.overview.near import Duplicates


def find(seen: Seen, near: "Duplicates | None") -> Iterable[Finding]:
    """Yield what is wrong with images that occur more than once.

    Args:
        seen: the images.
        near: the near duplicates among all measured images; None if they were not looked for.
    """
    exact = members(exact_numbers(seen), seen.decoded)
    alike = exact if near is None else members(_near_numbers(seen, near), seen.decoded)
    alikes = Alikes.of(len(seen.contents), near)
    leaked = _nearest(seen, exact, alikes, _earlier)
    yield from _leak(seen, exact, leaked, "leak_exact")
    yield from _leak(seen, alike, _nearest(seen, alike, alikes, _earlier, leaked), "leak_near")
    conflicts = _nearest(seen, exact, alikes, _otherwise)
    yield from _conflict(seen, conflicts, "conflict_exact")
    yield from _conflict(seen, _nearest(seen, alike, alikes, _otherwise, conflicts), "conflict_near")
    within = _within_part(seen, exact)
    yield from _duplicates(seen, within, "duplicates_exact")
    known = {int(row) for group in within for row in group[1:]}
    yield from _duplicates(seen, _within_part(seen, alike, known), "duplicates_near")


def _near_numbers(seen: Seen, near: "Duplicates") -> NDArray[np.int64]:
    """Return (M,) a number for each image, the same for those of one cluster."""
    numbers = np.arange(len(seen.contents), dtype=np.int64)
    for cluster in near.clusters:
        numbers[list(cluster.members)] = cluster.members[0]
    return numbers[seen.place]


def exact_numbers(seen: Seen) -> NDArray[np.int64]:
    """Return (M,) a number for each image, the same for equal pixels of equal sizes."""
    columns = (seen.measured.content, seen.measured.width, seen.measured.height)
    order = np.lexsort([column[seen.rows] for column in columns])
    changes = [np.diff(column[seen.rows][order].astype(np.int64, copy=False)) != 0 for column in columns]
    starts = np.concatenate([[False], np.logical_or.reduce(changes)]) if len(order) else np.zeros(0, np.bool_)
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(starts)
    return numbers


@dataclass(frozen=True)
class _Alike:
    """An image, the most alike one among certain others, and all of those that are alike; rows of `Seen`."""

    row: int
    nearest: int
    every: tuple[int, ...]


def _nearest(
    seen: Seen,
    groups: Iterable[Group],
    alikes: Alikes,
    others: Callable[[Seen, Group, int], NDArray[np.bool_]],
    skip: Iterable[_Alike] = (),
) -> list[_Alike]:
    """Return each image that is like certain others of its group.

    Two images that are in one group only because a third one is like both are not alike.

    Args:
        seen: the images.
        groups: images that are alike.
        alikes: says which two are alike.
        others: gives which of a group count for an image.
        skip: images that are left out.
    """
    known = {one.row for one in skip}
    looks = exact_numbers(seen)  # equal pixels
    found: list[_Alike] = []
    for group in groups:
        # Of images with equal pixels all of one kind have the same answer: a blank one may be there ten thousand times.
        answers: dict[tuple[int, ...], tuple[int, tuple[int, ...]] | None] = {}
        for row in group.tolist():
            kind = tuple(int(column[row]) for column in (looks, seen.part, seen.label, seen.apart))
            if kind not in answers:
                answers[kind] = _answer(seen, group[others(seen, group, row)], row, alikes)
            answer = answers[kind]
            if answer is not None and row not in known:
                found.append(_Alike(row, *answer))
    return found


def _answer(seen: Seen, wanted: Group, row: int, alikes: Alikes) -> tuple[int, tuple[int, ...]] | None:
    """Return the most alike of some images and all that are alike; None where none is."""
    if not len(wanted):
        return None
    order = alikes.distances(seen, wanted, row)
    if order.min() >= UNLIKE:
        return None
    return int(wanted[order.argmin()]), tuple(wanted[order < UNLIKE].tolist())


def _earlier(seen: Seen, group: Group, row: int) -> NDArray[np.bool_]:
    """Return which of a group are in an earlier part, training first, and might be divided from an image.

    Images that a person keeps together are never divided between training and validation, but a part for testing
    stays as it is given.
    """
    earlier: NDArray[np.bool_] = seen.part[group] < seen.part[row]
    if seen.part[row] == seen.test or seen.apart[row] == NO_GROUP:
        return earlier
    return np.asarray(earlier & (seen.apart[group] != seen.apart[row]))


def _otherwise(seen: Seen, group: Group, row: int) -> NDArray[np.bool_]:
    """Return which of a group have another label than an image that has one."""
    labels = seen.label[group]
    return np.asarray((labels != seen.label[row]) & (labels != NO_LABEL) & (seen.label[row] != NO_LABEL))


def _leak(seen: Seen, groups: list[Group], found: list[_Alike], code: Code) -> Iterable[Finding]:
    if not found:
        return
    ordered = sorted(found, key=lambda one: (int(seen.part[one.row]), one.row))
    rows = np.array([(one.row, one.nearest) for one in ordered], np.int64)
    earlier = np.unique(np.array([row for one in ordered for row in one.every], np.int64))
    # Where the app divides, another seed may divide any of the groups.
    touched = set(rows[:, 0].tolist()) if seen.given else set(np.concatenate(groups).tolist())
    given: tuple[Action, ...] = ("leave_out_later", "leave_out_earlier")
    yield Finding(
        code,
        "wrong",
        len(rows),
        seen.place[rows[:, 0]],
        tuple(seen.place[group] for group in groups if not touched.isdisjoint(group.tolist())),
        seen.place[rows],
        {
            "parts": _between(seen, rows),
            "conflicts": int((seen.label[rows[:, 0]] != seen.label[rows[:, 1]]).sum()),
            "earlier": seen.place[earlier],
        },
        given if seen.given else ("together", "leave_out_later"),
    )


def _between(seen: Seen, rows: NDArray[np.int64]) -> tuple[tuple[str, str, int], ...]:
    """Return the parts in which the images of pairs are, with the number of such pairs, the most frequent first."""
    kinds, counts = np.unique(seen.part[rows], axis=0, return_counts=True)
    names = seen.contents.parts
    found = [(names[later], names[earlier], int(count)) for (later, earlier), count in zip(kinds, counts, strict=True)]
    return tuple(sorted(found, key=lambda one: -one[2]))


def _conflict(seen: Seen, found: list[_Alike], code: Code) -> Iterable[Finding]:
    """Yield images that are alike and have different labels, of which at most one label is right."""
    if found:
        pairs = np.unique(np.sort([(one.row, one.nearest) for one in found], axis=1), axis=0)
        images = np.unique([one.row for one in found])
        severity: Severity = "wrong" if code == "conflict_exact" else "check"
        yield Finding(
            code, severity, len(images), seen.place[images], pairs=seen.place[pairs], actions=("leave_out",)
        )  # fmt: skip


def _within_part(seen: Seen, groups: Iterable[Group], known: Iterable[int] = ()) -> list[Group]:
    """Return images of groups that are in one part and have one label, without copies that are known already."""
    found, gone = [], set(known)
    for group in groups:
        kinds = seen.part[group].astype(np.int64) * (int(seen.label.max(initial=0)) + 2) + seen.label[group] + 1
        for kind in np.unique(kinds):
            same = np.array([row for row in group[kinds == kind].tolist() if row not in gone], np.int64)
            if len(same) > 1:
                found.append(same)
    return found


def _duplicates(seen: Seen, groups: list[Group], code: Code) -> Iterable[Finding]:
    if not groups:
        return
    copies = seen.place[np.concatenate([group[1:] for group in groups])]
    severity: Severity = "check" if code == "duplicates_exact" else "note"
    places = tuple(seen.place[group] for group in groups)
    together: tuple[Action, ...] = () if seen.given or _all_together(seen, groups) else ("together",)
    first: tuple[Action, ...] = ("leave_out_copies",)
    yield Finding(
        code, severity, len(copies), copies, places, values={"groups": len(groups)},
        actions=first + together if code == "duplicates_exact" else together + first,
    )  # fmt: skip


def _all_together(seen: Seen, groups: Iterable[Group]) -> bool:
    return all(seen.apart[group[0]] != NO_GROUP and len(set(seen.apart[group].tolist())) == 1 for group in groups)
