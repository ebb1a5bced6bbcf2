"""What a person has decided about the images of a data set: which are left out, and which stay together.

It is kept in the home folder by the format and the real path of the data set, so that every window and every later run
finds it. Each change is made to the newest version under a lock, and can be undone.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from explorer.base import locks, records
from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.home import home, made_home
from explorer.base.names import ShownError
from explorer.data.formats.spec import FileSpec, Spec

Groups = tuple[tuple[str, ...], ...]
What = Literal["leave_out", "take_back", "together", "apart"]
AnySpec = TypeVar("AnySpec", bound=Spec)

MOST = 100_000  # images that are left out, and groups: as many as a spec may name
MOST_STEPS = 50
MOST_REMEMBERED = 200_000  # ids in all steps that can be undone
MOST_REASON = 300  # characters
MOST_BYTES = 32_000_000  # of a file, with its steps


class CurationError(ShownError):
    """What was decided cannot be read, kept or undone; the message says why, and what to do."""


@dataclass(frozen=True)
class Step:
    """A change that can be undone.

    Attributes:
        what: what was done.
        added, removed: the ids that were left out, and those that were taken back, with their reasons.
        grouped, ungrouped: the groups that were made, and those that are no more.
        when: the time in ISO 8601.
    """

    what: What
    added: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)
    grouped: Groups = ()
    ungrouped: Groups = ()
    when: str = ""

    @property
    def images(self) -> int:
        """How many images it is about."""
        groups = self.grouped or self.ungrouped
        return len(self.added) + len(self.removed) + sum(map(len, groups))

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.added or self.removed or self.grouped or self.ungrouped)

    @property
    def undone(self) -> "Step":
        """The step that takes this one back."""
        return replace(self, added=self.removed, removed=self.added, grouped=self.ungrouped, ungrouped=self.grouped)


@dataclass(frozen=True)
class Curation:
    """What was decided about one data set.

    Attributes:
        left_out: the id of each image that is used for nothing -> the reason.
        together: groups of ids that are never divided between training and validation; no id is in two of them.
        steps: the changes that can be undone, the latest last.
        changes: how many changes there have been, undone ones included.
    """

    left_out: Mapping[str, str] = field(default_factory=dict)
    together: Groups = ()
    steps: tuple[Step, ...] = ()
    changes: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing is left out or kept together."""
        return not self.left_out and not self.together


def curated(spec: AnySpec) -> AnySpec:
    """Return the spec with what was decided about its data set, besides what it names itself. Raises CurationError."""
    if not isinstance(spec, FileSpec):
        return spec
    kept = read(spec)
    if kept.empty:
        return spec
    left_out = tuple(sorted({*spec.left_out, *kept.left_out}))
    together = joined([*spec.together, *kept.together])
    return spec.model_copy(update={"left_out": left_out, "together": together})


def read(spec: Spec) -> Curation:
    """Return what was decided about the data set of a spec. Raises CurationError if it cannot be read."""
    if not isinstance(spec, FileSpec):
        return Curation()
    place = _file(spec)
    try:
        seen = place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return Curation()
    except OSError as error:
        raise CurationError(f"{place} cannot be read: {error.strerror}. Correct its permissions.") from error
    return _read(place, seen.st_mtime_ns, seen.st_size, seen.st_ino)


def leave_out(spec: FileSpec, images: Mapping[str, str]) -> Curation:
    """Leave images out, by id with the reason, of which MOST_REASON characters are kept.

    An image that is left out already keeps its reason. Raises CurationError.
    """

    def step(now: Curation) -> Step:
        return Step("leave_out", added={one: _cut(why) for one, why in images.items() if one not in now.left_out})

    return _change(spec, step)


def take_back(spec: FileSpec, ids: Iterable[str]) -> Curation:
    """Use images again that were left out. Raises CurationError."""
    wanted = set(ids)

    def step(now: Curation) -> Step:
        return Step("take_back", removed={one: why for one, why in now.left_out.items() if one in wanted})

    return _change(spec, step)


def keep_together(spec: FileSpec, groups: Iterable[Iterable[str]]) -> Curation:
    """Never divide these groups between training and validation. Groups that overlap become one.

    Raises:
        CurationError: It cannot be kept.
    """
    asked = [tuple(group) for group in groups]

    def step(now: Curation) -> Step:
        after = joined([*now.together, *asked])
        before = set(now.together)
        return Step(
            "together",
            grouped=tuple(group for group in after if group not in before),
            ungrouped=tuple(group for group in now.together if group not in set(after)),
        )

    return _change(spec, step)


def let_apart(spec: FileSpec, groups: Iterable[Iterable[str]]) -> Curation:
    """Let groups be divided again. Raises CurationError."""
    wanted = {tuple(group) for group in groups}

    def step(now: Curation) -> Step:
        return Step("apart", ungrouped=tuple(group for group in now.together if group in wanted))

    return _change(spec, step)


def undo(spec: FileSpec, changes: int) -> Curation:
    """Take back the latest change.

    Args:
        spec: The data set.
        changes: The number of changes that the person has seen, see `Curation.changes`.

    Raises:
        CurationError: There have been more changes since, or there is nothing to undo.
    """

    def changed(now: Curation) -> Curation:
        if now.changes != changes:
            raise CurationError("Another window has changed the list meanwhile. Look at it, and undo again.")
        if not now.steps:
            raise CurationError("There is nothing to undo.")
        return replace(_after(now, now.steps[-1].undone), steps=now.steps[:-1], changes=now.changes + 1)

    return _edit(spec, changed)


def joined(groups: Iterable[Sequence[str]]) -> Groups:
    """Return groups of two and more ids, sorted, of which those that overlap are one."""
    group_of: dict[str, set[str]] = {}
    for group in groups:
        parts = {id(found): found for one in group if (found := group_of.get(one)) is not None}
        whole = max(parts.values(), key=len, default=set())  # the small ones are put into the largest
        added = set(group).union(*(part for part in parts.values() if part is not whole))
        whole |= added
        group_of.update(dict.fromkeys(added, whole))
    distinct = {id(whole): whole for whole in group_of.values()}.values()
    return tuple(sorted(tuple(sorted(whole)) for whole in distinct if len(whole) > 1))


def _change(spec: FileSpec, step_for: Callable[[Curation], Step]) -> Curation:
    def changed(now: Curation) -> Curation:
        step = replace(step_for(now), when=datetime.now(UTC).isoformat(timespec="seconds"))
        if step.empty:
            return now
        after = _after(now, step)
        _check_size(after)
        return replace(after, steps=_remembered((*now.steps, step)), changes=now.changes + 1)

    return _edit(spec, changed)


def _after(now: Curation, step: Step) -> Curation:
    left_out = {one: why for one, why in now.left_out.items() if one not in step.removed} | dict(step.added)
    gone = set(step.ungrouped)
    together = tuple(sorted((*(group for group in now.together if group not in gone), *step.grouped)))
    return replace(now, left_out=left_out, together=together)


def _check_size(after: Curation) -> None:
    if len(after.left_out) > MOST or len(after.together) > MOST:
        raise CurationError(
            f"At most {MOST:,} images can be left out, and {MOST:,} groups kept together; these would be "
            f"{len(after.left_out):,} and {len(after.together):,}. Move images out of the data set instead."
        )


def _cut(reason: str) -> str:
    return reason if len(reason) <= MOST_REASON else f"{reason[: MOST_REASON - 1]}…"


def _remembered(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the latest steps that can be kept, at least the last one."""
    kept, ids = 0, 0
    for step in reversed(steps[-MOST_STEPS:]):
        ids += len(step.added) + len(step.removed) + sum(map(len, (*step.grouped, *step.ungrouped)))
        if kept and ids > MOST_REMEMBERED:
            break
        kept += 1
    return steps[-kept:]


def key_of(spec: FileSpec) -> str:
    """Return the key of a data set: its format and its real path. Two paths to one folder have the same."""
    words = json.dumps([spec.name(), str(spec.root.resolve())])
    return hashlib.blake2b(words.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def folder() -> Path:
    """Return the folder of what was decided about all data sets; it may not exist yet."""
    return home() / "curation"


def _file(spec: FileSpec) -> Path:
    return folder() / f"{key_of(spec)}.json"


def _edit(spec: FileSpec, change: Callable[[Curation], Curation]) -> Curation:
    """Change the newest version under a lock, so that nothing of another window is lost."""
    place = _file(spec)
    try:
        made_home()
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with locks.changing(place, "the list"):
            now = read(spec)
            after = change(now)
            if after is not now:
                after, content = _fitting(spec, after)
                write_bytes_atomic(place, content)
            return after
    except OSError as error:
        raise CurationError(f"{place} cannot be written: {error.strerror or error}. Nothing was changed.") from error


def _fitting(spec: FileSpec, after: Curation) -> tuple[Curation, bytes]:
    """Return what was decided with as many of its latest steps as fit into a file, at least the last, and the file."""
    while True:
        content = records.dump(_written(spec, after), indent=2) + b"\n"
        if len(content) <= MOST_BYTES:
            return after, content
        if len(after.steps) < 2:
            raise CurationError(
                f"What is decided about a data set may take {MOST_BYTES // 1_000_000} MB with its reasons, and this is "
                "more. Nothing was changed. Move images out of the data set instead."
            )
        after = replace(after, steps=after.steps[-(len(after.steps) // 2) :])


def _written(spec: FileSpec, kept: Curation) -> dict[str, Any]:
    return {
        "version": 1,
        "format": spec.name(),
        "path": str(spec.root),  # for people who read the file
        "left_out": dict(kept.left_out),
        "together": kept.together,
        "steps": [vars(step) for step in kept.steps],
        "changes": kept.changes,
    }


@lru_cache(maxsize=8)
def _read(place: Path, *stamp: int) -> Curation:
    """Read a file; `stamp` says which version of it, for the cache."""
    del stamp
    found = read_json_object(place)
    try:
        if found is None:
            raise TypeError("it is not a JSON object")
        steps = tuple(_step(one) for one in found["steps"])
        return Curation(_reasons(found["left_out"]), _groups(found["together"]), steps, int(found["changes"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise CurationError(
            f"{place}, which says what is left out of this data set, is damaged ({error}). Move it away to begin again "
            "with nothing left out, or put a copy in its place."
        ) from error


def _step(found: Mapping[str, Any]) -> Step:
    if found["what"] not in get_args(What):
        raise ValueError(f"a step is {found['what']!r}")
    return Step(
        found["what"],
        _reasons(found["added"]),
        _reasons(found["removed"]),
        _groups(found["grouped"]),
        _groups(found["ungrouped"]),
        str(found["when"]),
    )


def _reasons(found: Mapping[str, Any]) -> dict[str, str]:
    return {str(one): str(why) for one, why in found.items()}


def _groups(found: Iterable[Iterable[Any]]) -> Groups:
    if not (isinstance(found, list) and all(isinstance(group, list) for group in found)):
        raise TypeError("its groups are no lists")
    return tuple(tuple(map(str, group)) for group in found)
