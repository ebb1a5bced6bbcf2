"""Sets of pictures to look through: the embedded ones, and the data sets inside the folders that pages may read.

The key of a set is the name of its format, followed by its place where it is in a folder, as in
`image_folder:/data/insects`. Keys come from files that anybody may have written, so that a place is looked up among the
allowed ones each time.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.base.names import shown
from explorer.data.class_folders import why_not
from explorer.data.dataset import DatasetError
from explorer.data.finding import formats_of, search
from explorer.data.formats.spec import TRAIN_AND_VAL, FileSpec
from explorer.data.mask_names import First
from explorer.data.pictures import Pictures
from explorer.data.roots import allowed_roots, modified_ns, resolve_inside
from explorer.data.sample import Sample
from explorer.data.specs import FORMATS, OF_FILES

FIRST = "shapes"  # the key of the set that is shown first
_EMBEDDED = {name: spec for name, spec in FORMATS.items() if spec.embedded}
_OF_FILES = tuple(OF_FILES.values())
_MAX_PATH = 4096  # characters, as in the specs


@dataclass(frozen=True)
class PictureSet:
    """A set on offer. key: what `count` and `load` take. splits: the names of its parts."""

    key: str
    title: str
    splits: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LoadedSample:
    """A sample of a set, with what its labels and mask values mean.

    Attributes:
        sample: at full size; its id is the name of its file in the set.
        classes: the names of labels and boxes from 0, and of the mask's values from `first` on; () if unknown.
        notes: what had to be changed to read it, or is missing, in sentences.
        first: the mask value of the first class: 0 where the names begin there, 1 where the value 0 is no class.
    """

    sample: Sample
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    first: First = 1


@dataclass(frozen=True)
class Offer:
    """The sets that people can look at, the embedded ones first, and what `Search` says about other folders."""

    sets: tuple[PictureSet, ...]
    unusable: tuple[tuple[str, str], ...] = ()
    complete: bool = True


def offer() -> Offer:
    """Search the allowed folders, within bounds."""
    seen = search(_OF_FILES, why_not)
    places = [place for place, _ in seen.found]
    titles = [_title(place) for place in dict.fromkeys(places)]
    found = (
        *(PictureSet(name, spec.title, TRAIN_AND_VAL) for name, spec in _EMBEDDED.items()),
        *(
            _set_of(place, spec, _told_apart(place, spec, titles, is_alone=places.count(place) == 1))
            for place, spec in seen.found
        ),
    )
    return Offer(found, tuple((_title(folder), shown(reason)) for folder, reason in seen.unusable), seen.complete)


def _told_apart(place: Path, spec: type[FileSpec], titles: list[str], *, is_alone: bool) -> str:
    """The title of a set. titles: of all places; is_alone: whether the place is on offer in one format only."""
    # Of two places with the same title, each is called by its whole path.
    title = _title(place) if titles.count(_title(place)) == 1 else shown(str(place))
    return title if is_alone else f"{title} · {spec.title}"


def _set_of(place: Path, spec: type[FileSpec], title: str) -> PictureSet:
    """The set at a place. Its key has the place as it is shown, which `resolve_inside` leads back."""
    return PictureSet(f"{spec.name()}:{shown(str(place))}", title, spec.parts(place))


def typed(path: str) -> PictureSet:
    """The set at a path that a person has typed.

    Raises:
        OutsideRoots: the path is not inside the allowed folders.
        DatasetError: there is nothing, or it is no data set; the message says why.
    """
    place = resolve_inside(path)
    try:
        of_suffix = [each for each in _OF_FILES if place.suffix.lower() in each.suffixes and place.is_file()]
        found = next(iter(formats_of(place, _OF_FILES) or of_suffix), None)  # opening it says what is wrong
        reason = "" if found else why_not(place)
    except OSError as error:
        raise DatasetError(f"There is no folder {path.strip()} that can be read. Check the path.") from error
    if found is None:
        raise DatasetError(f"{path.strip()} is not usable, because {reason or 'it holds no images.'}")
    return _set_of(place, found, _title(place))


def opened(key: str) -> Pictures:
    """The set of a key, with the names of its mask values and notes about the whole set. Raises DatasetError."""
    kind, _, place = key.partition(":")
    if key in _EMBEDDED:
        return _opened(key, None, ())
    if kind not in OF_FILES or not place or len(place) > _MAX_PATH:
        places = ", ".join(f"{spec.name()}:/folder" for spec in _OF_FILES)
        raise DatasetError(f"There is no set {key[:80]!r}. Expected {', '.join(_EMBEDDED)}, or {places}.")
    found = resolve_inside(place)
    return _opened(kind, found, tuple(modified_ns(path) for path in OF_FILES[kind].watched(found)))


def count(key: str, split: str) -> int:
    """How many samples a part has. Raises DatasetError where there is no such set or part."""
    return _size(opened(key), split)


def load(key: str, split: str, index: int, names_from: First | None = None) -> LoadedSample:
    """The sample at `index`, from 0.

    Args:
        key: the key of the set.
        split: the name of the part.
        index: the index in that part.
        names_from: the mask value of the first name in a file of names, where a person has chosen it.

    Raises:
        DatasetError: there is no such set, part or sample.
        ImageError: its file cannot be read.
        SampleError: its parts do not fit together.
    """
    found = opened(key)
    _check_index(found, split, index)
    sample, notes = found.load(split, index)
    names = found.names.counted_from(names_from)
    return LoadedSample(sample, names.classes or found.classes, notes, names.first_class)


def name_of(key: str, split: str, index: int) -> str:
    """The name of a sample, with its class where it has one, without loading it. Raises DatasetError."""
    found = opened(key)
    _check_index(found, split, index)
    return found.name(split, index)


def _check_index(found: Pictures, split: str, index: int) -> None:
    size = _size(found, split)
    if size == 0:
        raise DatasetError(f"The part {split} of this set has no images. Choose another part.")
    if not 0 <= index < size:
        raise DatasetError(f"There is no image {index} in {split}. It has {size}: choose 0 to {size - 1}.")


def _size(found: Pictures, split: str) -> int:
    if split not in found.sizes:
        raise DatasetError(f"This set has no part {split[:40]!r}. Choose one of {', '.join(found.sizes)}.")
    return found.sizes[split]


@lru_cache(maxsize=10)
def _opened(kind: str, place: Path | None, modified: tuple[int, ...]) -> Pictures:  # noqa: ARG001 - a change opens it again
    values = FORMATS[kind].pictured if place is None else {"path": shown(str(place))}
    spec = FORMATS[kind].model_validate(values)
    return (spec.recognized() if isinstance(spec, FileSpec) else spec).pictures()


def _title(folder: Path) -> str:
    root = next((root for root in allowed_roots() if folder.is_relative_to(root)), folder)
    return shown(folder.name if folder == root else folder.relative_to(root).as_posix())
