"""COCO: what a JSON file of images, categories and annotations says, with everything that cannot be used left out."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from explorer.base.names import plain
from explorer.data.dataset import DatasetError
from explorer.data.marks.bounded import json_object
from explorer.data.marks.numbers import SLACK, number, numbers, whole
from explorer.data.marks.outlines import Outline, Polygon, Runs
from explorer.data.marks.rejected import Rejected, brief

_MOST_CATEGORIES = 65_536
_MOST_KEYPOINTS = 1_000  # of a category
_MAX_SIDE = 1_000_000  # px, of an image
Id = int | str


@dataclass
class CocoFile:
    """One file. Lists of the same length belong together.

    Attributes:
        called: its name in messages.
        names, sizes: of its images: their file names, and height and width in px or None.
        categories: the names of the categories by id.
        points: the names of the keypoints of a category.
        boxes, box_image: x_min, y_min, x_max, y_max, category; and the index of the image.
        keypoints, keypoint_image: x, y, category, number of the keypoint; and the index of the image.
        outlines: the outlines of each image that has some; their label is an index into `categories`.
        rejected: what cannot be used.
        counts: of what is worth a note: "crowd", "cut", "hidden", "repeated".
    """

    called: str
    names: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int] | None] = field(default_factory=list)
    categories: dict[Id, str] = field(default_factory=dict)
    points: dict[Id, tuple[str, ...]] = field(default_factory=dict)
    boxes: list[tuple[float, float, float, float, int]] = field(default_factory=list)
    box_image: list[int] = field(default_factory=list)
    keypoints: list[tuple[float, float, int, int]] = field(default_factory=list)
    keypoint_image: list[int] = field(default_factory=list)
    outlines: dict[int, list[Outline]] = field(default_factory=dict)
    rejected: Rejected = field(default_factory=Rejected)
    counts: Counter[str] = field(default_factory=Counter)


def read(file: Path, called: str) -> CocoFile:
    """Read a file. Raises DatasetError where it is no JSON object with a list of images."""
    values = json_object(file)
    if not isinstance(values.get("images"), list):
        raise DatasetError(f'{file} has no list "images", as files of COCO have. Choose another file.')
    found = CocoFile(called)
    by_id = _images(found, values["images"])
    _categories(found, values.get("categories"))
    order = {key: number for number, key in enumerate(found.categories)}
    seen: dict[Id, object] = {}
    annotations = values.get("annotations", [])
    if not isinstance(annotations, list):
        found.rejected.add(called, '"annotations" is not a list.')
        annotations = []
    for number_, annotation in enumerate(annotations):
        _annotation(found, annotation, number_, by_id, order, seen)
    return found


def _id(value: object) -> Id | None:
    """The id that a value is; None for lists, objects and truth values. 3.0 and 3 are the same."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _images(found: CocoFile, images: list[Any]) -> dict[Id, int]:
    by_id: dict[Id, int] = {}
    for at, image in enumerate(images):
        where = f"{found.called}, image {at}"
        key = _id(image.get("id")) if isinstance(image, dict) else None
        name = image.get("file_name") if isinstance(image, dict) else None
        if key is None or not isinstance(name, str) or not name.strip():
            found.rejected.add(where, "An image needs an id and a file_name.")
        elif key in by_id:
            found.rejected.add(f"{where} ({name})", "Its id belongs to an earlier image, which has its annotations.")
        else:
            by_id[key] = len(found.names)
            height, width = whole(image.get("height"), _MAX_SIDE), whole(image.get("width"), _MAX_SIDE)
            found.names.append(name.strip())
            found.sizes.append((height, width) if height and width else None)
    return by_id


def _categories(found: CocoFile, categories: object) -> None:
    listed: dict[Id, dict[str, Any]] = {}
    for at, category in enumerate(categories if isinstance(categories, list) else []):
        where = f"{found.called}, category {at}"
        key = _id(category.get("id")) if isinstance(category, dict) else None
        if key is None:
            found.rejected.add(where, "A category needs an id.")
        elif len(listed) >= _MOST_CATEGORIES:
            found.rejected.add(where, f"There are more than {_MOST_CATEGORIES:,} categories.")
        elif key in listed:
            found.rejected.add(where, "Its id belongs to an earlier category.")
        else:
            listed[key] = category
    # Ids may have gaps: classes are numbered in the order of the ids, as pycocotools and others do.
    for key in sorted(
        listed, key=lambda each: (isinstance(each, str), each if isinstance(each, int) else 0, str(each))
    ):
        name, points = listed[key].get("name"), listed[key].get("keypoints")
        found.categories[key] = plain(name.strip())[:100] if isinstance(name, str) and name.strip() else str(key)[:40]
        if isinstance(points, list):
            found.points[key] = tuple(
                plain(point)[:100] if isinstance(point, str) else brief(point) for point in points[:_MOST_KEYPOINTS]
            )


def _annotation(
    found: CocoFile, annotation: Any, at: int, by_id: dict[Id, int], order: dict[Id, int], seen: dict[Id, object]
) -> None:
    """Take over one annotation, or reject it with the reason."""
    if not isinstance(annotation, dict):
        return found.rejected.add(f"{found.called}, annotation {at}", "An annotation must be a JSON object.")
    own, image, category = (_id(annotation.get(name)) for name in ("id", "image_id", "category_id"))
    where = f"{found.called}, annotation {brief(own)}" if own is not None else f"{found.called}, annotation {at}"
    if image is None or image not in by_id:
        return found.rejected.add(where, "Its image_id belongs to no image of the file.")
    if category is None or category not in order:
        return found.rejected.add(where, "Its category_id belongs to no category of the file.")
    if own is not None:
        if own in seen and seen[own] == (image, category, annotation.get("bbox")):
            return found.rejected.add(where, "It repeats an annotation with the same id.")
        found.counts["repeated"] += own in seen
        seen[own] = (image, category, annotation.get("bbox"))
    index, label = by_id[image], order[category]
    box = annotation.get("bbox")
    if box:
        edges, reason = _edges(box, found.sizes[index])
        if edges is None:
            return found.rejected.add(where, reason)
        found.counts["cut"] += _is_over(edges, found.sizes[index])
        found.boxes.append((*edges, label))
        found.box_image.append(index)
    crowd = bool(number(annotation.get("iscrowd", 0)))
    found.counts["crowd"] += crowd
    _keypoints(found, annotation.get("keypoints"), category, index, label, where)
    if (segmentation := annotation.get("segmentation")) and (shape := _shape(found, segmentation, where)):
        found.outlines.setdefault(index, []).append(Outline(label, shape, crowd))
    elif not box and not annotation.get("keypoints"):
        found.rejected.add(where, "It has neither a usable box nor an outline or keypoints.")
    return None


def _edges(box: object, size: tuple[int, int] | None) -> tuple[tuple[float, float, float, float] | None, str]:
    """x_min, y_min, x_max, y_max; or None and the reason."""
    given = numbers(box, 4)
    if given is None:
        return None, "Its bbox must be four ordinary numbers: x, y, width, height."
    x, y, width, height = given
    if width <= 0 or height <= 0:
        return None, "Its bbox has a width or height of 0 or less."
    if x + width <= 0 or y + height <= 0 or (size is not None and (x >= size[1] or y >= size[0])):
        return None, "Its bbox lies wholly outside of the image."
    return (x, y, x + width, y + height), ""


def _is_over(edges: tuple[float, float, float, float], size: tuple[int, int] | None) -> bool:
    if size is None:
        return False
    height, width = size
    return min(edges[:2]) < -SLACK or edges[2] > width + SLACK or edges[3] > height + SLACK


def _keypoints(found: CocoFile, given: object, category: Id, index: int, label: int, where: str) -> None:
    if not given:
        return
    names = found.points.get(category, ())
    values = numbers(given)
    fits = values is not None and len(values) % 3 == 0 and len(values) <= 3 * _MOST_KEYPOINTS
    if values is None or not fits or (names and len(values) != 3 * len(names)):
        expected = f"3 for each of {len(names)} keypoints" if names else "3 for each keypoint"
        found.rejected.add(where, f"Its keypoints must be ordinary numbers, {expected}; its box is used.")
        return
    if not names:
        names = found.points[category] = tuple(f"keypoint {n + 1}" for n in range(len(values) // 3))
    for at in range(len(values) // 3):
        x, y, visibility = values[3 * at : 3 * at + 3]
        if visibility > 0:  # 0: not labeled, 1: labeled and hidden, 2: labeled and visible
            found.counts["hidden"] += visibility == 1
            found.keypoints.append((x, y, label, at))
            found.keypoint_image.append(index)


def _shape(found: CocoFile, segmentation: object, where: str) -> tuple[Polygon, ...] | Runs | None:
    """Polygons or run lengths; those that are none are rejected."""
    if isinstance(segmentation, dict):
        runs = _runs(segmentation)
        if runs is None:
            found.rejected.add(where, "Its segmentation is not usable as run lengths (RLE); its box is used.")
        return runs
    polygons = []
    for polygon in segmentation if isinstance(segmentation, list) else [None]:
        values = numbers(polygon)
        if values is None or len(values) < 6 or len(values) % 2:
            found.rejected.add(where, "A polygon must be x, y, x, y, ... with at least 3 corners; its box is used.")
        else:
            polygons.append(np.array(values))
    return tuple(polygons) or None


def _runs(segmentation: dict[str, Any]) -> Runs | None:
    size, counts = segmentation.get("size"), segmentation.get("counts")
    sides = [whole(side, _MAX_SIDE) for side in size] if isinstance(size, list) and len(size) == 2 else [None]
    if None in sides:
        return None
    height, width = (side for side in sides if side is not None)
    if isinstance(counts, str):
        return Runs((height, width), counts)
    if not isinstance(counts, list) or any(type(count) is not int or not 0 <= count <= 2**40 for count in counts):
        return None
    return Runs((height, width), np.array(counts, np.int64))
