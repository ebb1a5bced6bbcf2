"""YOLO: the names of classes and the shape of keypoints, from data.yaml, classes.txt or obj.names."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from explorer.base.names import plain
from explorer.data.marks.bounded import text
from explorer.data.marks.numbers import parsed, whole
from explorer.data.roots import OutsideRoots, refuse_outside

LISTS = ("classes.txt", "obj.names", "labels/classes.txt", "predefined_classes.txt")
MAX_BYTES = 1_000_000  # of a list of names
_MAX_YAML = 200_000  # bytes, which take two seconds at most
_MOST_NAMES = 65_536
_MOST_KEYPOINTS = 1_000
_MOST_FILES = 5


@dataclass(frozen=True)
class Names:
    """What a data set says about itself.

    Attributes:
        classes: the names from 0; None where there is no file of names.
        keypoints: how many, and with how many numbers each; None where the file does not say.
        notes: what in the file cannot be used.
    """

    classes: tuple[str, ...] | None = None
    keypoints: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


def files_of(folder: Path) -> list[Path]:
    """The files that may hold names: YAML files first. Raises OSError."""
    yamls = sorted(file for suffix in ("*.yaml", "*.yml") for file in islice(folder.glob(suffix), _MOST_FILES))
    return [*yamls, *(folder / name for name in LISTS if (folder / name).is_file())]


def names_of(folder: Path, *, inside: bool) -> Names:
    """The names in the first file that has some. Raises DatasetError for a file that cannot be read.

    inside: whether links that lead outside of the folders that pages may read are left out, with a note.
    """
    notes: tuple[str, ...] = ()
    for file in files_of(folder):
        try:
            if inside:
                refuse_outside([file], folder)
        except OutsideRoots:
            notes += (f"{file.name} is not read: it is a link that leads outside of the data set.",)
            continue
        found = _of_yaml(file) if file.suffix in (".yaml", ".yml") else _of_list(file)
        if found.classes is not None:
            return found
        notes += found.notes
    return Names(notes=notes)


def _of_list(file: Path) -> Names:
    return Names(tuple(plain(line.strip())[:100] for line in text(file, MAX_BYTES).splitlines() if line.strip()))


def _of_yaml(file: Path) -> Names:
    try:
        values = yaml.load(text(file, _MAX_YAML), Loader=_Texts)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # DatasetError is a ValueError
        return Names(notes=(f"{file.name} is not read: {(str(error).splitlines() or [''])[0][:200]}.",))
    names = values.get("names") if isinstance(values, dict) else None
    classes = _classes(names)
    if classes is None:
        return Names(notes=(f"{file.name} has no usable list of names.",))
    notes = []
    count = _count(values.get("nc"), _MOST_NAMES)
    if count is not None and count != len(classes):
        notes.append(f"{file.name} says nc: {count}, and has {len(classes)} names. The names count.")
    return Names(classes, _keypoints(values.get("kpt_shape")), tuple(notes))


class _Texts(yaml.BaseLoader):  # type: ignore[misc]  # yaml has no types
    """A loader of texts, lists and mappings without references, by which a small file could unpack to a huge value.

    Other loaders make dates, numbers and so on of texts, for which a file may hold values that end them with any error.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node. Raises YAMLError for a reference."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has references (*), which files of names do not need")
        return super().compose_node(parent, index)


def _classes(names: object) -> tuple[str, ...] | None:
    """The names of a list, or of a mapping from whole numbers, which may have gaps; None for anything else."""
    if isinstance(names, list):
        listed: dict[int, object] = dict(enumerate(names))
    elif isinstance(names, dict):
        keys = {_count(key, _MOST_NAMES): name for key, name in names.items()}
        if None in keys:
            return None
        listed = {key: name for key, name in keys.items() if key is not None}
    else:
        return None
    if not listed or len(listed) > _MOST_NAMES:
        return None
    found = ((listed.get(at), f"class {at}") for at in range(max(listed) + 1))
    return tuple(plain(name.strip())[:100] if isinstance(name, str) and name.strip() else own for name, own in found)


def _keypoints(shape: object) -> tuple[int, int] | None:
    if not isinstance(shape, list) or len(shape) != 2:
        return None
    count, dims = _count(shape[0], _MOST_KEYPOINTS), _count(shape[1], 3)
    return (count, dims) if count and dims in (2, 3) else None


def _count(value: object, most: int) -> int | None:
    """The whole number from 0 to `most` that a text is; None for anything else."""
    return whole(parsed(value), most) if isinstance(value, str) else None
