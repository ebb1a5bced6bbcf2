"""`BboxParams` and `KeypointParams` in code -> the rules of targets."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from explorer.augment.code.log import Log, NotKnown, Unusable, shown
from explorer.augment.code.names import opencv
from explorer.augment.code.values import Made, Missing, Value
from explorer.augment.targets import BoxRules, PointRules, TargetRules

Rules = TypeVar("Rules", BoxRules, PointRules)

# In the order of albumentations 2.0.8, which 1.x shares as far as it goes, with what it does where nothing is given.
_BOXES: Mapping[str, Any] = {
    "format": "pascal_voc", "label_fields": None, "min_area": 0.0, "min_visibility": 0.0, "min_width": 0.0,
    "min_height": 0.0, "check_each_transform": True, "clip": False, "filter_invalid_bboxes": False,
    "max_accept_ratio": None,
}  # fmt: skip
_POINTS: Mapping[str, Any] = {
    "format": "xy", "label_fields": None, "remove_invisible": True, "angle_in_degrees": True,
    "check_each_transform": True,
}  # fmt: skip
_SILENT = frozenset({"label_fields"})  # the class travels in a last column here


def read_rules(arguments: Mapping[str, Value], line: int, log: Log) -> TargetRules:
    """The rules of a Compose, from its arguments by name."""
    rules = TargetRules()
    if boxes := arguments.get("bbox_params"):  # {} is none, as 0.x and 1.x saved it
        found = _read("BboxParams", boxes, _BOXES, BoxRules, line, log)
        rules = rules.model_copy(update={"boxes": found})
    if points := arguments.get("keypoint_params"):
        found_points = _read("KeypointParams", points, _POINTS, PointRules, line, log)
        rules = rules.model_copy(update={"keypoints": found_points})
    return rules.model_copy(update={"mask_interpolation": _interpolation(arguments, line, log)})


def _interpolation(arguments: Mapping[str, Value], line: int, log: Log) -> Any:
    names = {number: name for name, number in reversed(list(opencv().items())) if name.startswith("INTER_")}
    try:
        value = log.value(arguments.get("mask_interpolation"), "Compose, mask_interpolation")
    except NotKnown:
        return None
    except Unusable:
        value = -1
    if value is None:
        return None
    if not isinstance(value, int) or value not in names:
        log.note(line, "left out", "Compose: mask_interpolation is left out: it should be one of cv2.INTER_.")
        return None
    return names[value]


def _read(name: str, value: Value, order: Mapping[str, Any], make: Callable[..., Rules], line: int, log: Log) -> Rules:
    given = _given(name, value, tuple(order), line, log)
    rules: dict[str, Any] = {key: usual for key, usual in order.items() if key not in _SILENT}
    for key, one in given.items():
        if key in _SILENT:
            continue
        if key not in order:
            log.note(line, "left out", f"{name}: {key} is left out: it is no argument of {name} in 2.0.8.")
            continue
        try:
            found = log.value(one, f"{name}, {key}")
        except NotKnown:
            continue
        except Unusable as error:
            log.note(line, "left out", f"{name}: {key} is left out: {error}.")
            continue
        try:
            make(**{key: found})
        except ValidationError:
            log.note(line, "left out", f"{name}: {key}={shown(found)} is left out: it is nothing that {key} can be.")
            continue
        rules[key] = found
    return make(**rules)


def _given(name: str, value: Value, order: tuple[str, ...], line: int, log: Log) -> Mapping[str, Value]:
    if isinstance(value, Made) and value.name == name:
        return dict(zip(order, value.args, strict=False)) | value.keywords
    if isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    what = f"{value.text} is not known" if isinstance(value, Missing) else "it is nothing that can be read"
    log.note(line, "left out", f"{name}: its rules are left out: {what}.")
    return {}
