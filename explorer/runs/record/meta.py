"""meta.json: the name, tags and note of a run. They are only shown; nothing in them is used as a path."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from explorer.base import locks
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.runs.record.paths import RunPaths

MAX_NAME = 100
MAX_TAGS = 10
MAX_TAG = 30
MAX_NOTE = 10_000


class MetaError(ValueError):
    """A name, tag or note cannot be kept. The message says why."""


@dataclass(frozen=True)
class Meta:
    """What people say about a run, within MAX_NAME and the other limits. Archived runs are left out of lists."""

    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    archived: bool = False


def read(paths: RunPaths) -> Meta:
    """Read meta.json. The defaults replace what is missing or damaged, and what is too long is cut."""
    return from_mapping(read_json_object(paths.meta) or {})


def from_mapping(found: Mapping[str, Any]) -> Meta:
    """Read a JSON object that may hold anything."""
    name, tags, note = (found.get(field) for field in ("name", "tags", "note"))
    words = [tag[:MAX_TAG] for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return Meta(
        name=_one_line(name)[:MAX_NAME] if isinstance(name, str) else "",
        tags=tuple(filter(None, _distinct(words)))[:MAX_TAGS],
        note=note[:MAX_NOTE] if isinstance(note, str) else "",
        archived=found.get("archived") is True,
    )


def change(
    paths: RunPaths,
    *,
    name: str | None = None,
    tags: Iterable[str] | None = None,
    note: str | None = None,
    archived: bool | None = None,
) -> Meta:
    """Change some fields and keep the others, also those that another window has just changed. Returns all fields.

    Raises:
        MetaError: A text is too long or not allowed.
        OSError: The run is gone or cannot be written.
    """
    wanted: dict[str, Any] = {"name": name, "tags": tags, "note": note, "archived": archived}
    fields = {field: value for field, value in wanted.items() if value is not None}
    if name is not None:
        fields["name"] = _one_line(name)
    if tags is not None:
        fields["tags"] = _distinct(tags)
    _check(replace(Meta(), **fields))
    with locks.changing(paths.meta, paths.id):
        stored = read_json_object(paths.meta) or {}
        changed = replace(from_mapping(stored), **fields)
        # Fields of a newer version stay.
        write_json_atomic(paths.meta, {**stored, **asdict(changed)})
    return changed


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _distinct(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_one_line, tags)))


def _check(meta: Meta) -> None:
    if len(meta.name) > MAX_NAME:
        raise MetaError(f"A name has at most {MAX_NAME} characters; this one has {len(meta.name)}.")
    if len(meta.tags) > MAX_TAGS:
        raise MetaError(f"A run has at most {MAX_TAGS} tags; these are {len(meta.tags)}.")
    for tag in meta.tags:
        if not tag:
            raise MetaError("A tag is empty. Write at least one character, or leave it out.")
        if len(tag) > MAX_TAG:
            raise MetaError(f"A tag has at most {MAX_TAG} characters; “{tag[:MAX_TAG]}…” has {len(tag)}.")
    if len(meta.note) > MAX_NOTE:
        raise MetaError(f"A note has at most {MAX_NOTE:,} characters; this one has {len(meta.note):,}.")
    try:
        "".join([meta.name, meta.note, *meta.tags]).encode()
    except UnicodeEncodeError:
        raise MetaError("The text holds half of a character, which no file can hold. Type it again.") from None
