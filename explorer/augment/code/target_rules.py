"""`BboxParams` and `KeypointParams` in code -> the rules of targets."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import albumentations as A
from pydantic import ValidationError

from explorer.augment.code.log import Log, NotKnown, Unusable, shown
from explorer.augment.code.names import opencv
from explorer.augment.code.values import NOTHING, Made, Missing, Value
from explorer.augment.targets import BoxRules, PointRules, TargetRules

Rules = TypeVar("Rules", BoxRules, PointRules)

_SILENT = frozenset({"label_fields"})  # the class travels in a last column here


def read_rules(arguments: Mapping[str, Value], line: int, log: Log) -> TargetRules:
    """The target rules of a Compose, from its arguments by name."""
    rules = TargetRules()
    if boxes := arguments.get("bbox_params"):  # {} is none, as 0.x and 1.x saved it
        found = _read("BboxParams", boxes, BoxRules, line, log)
        rules = rules.model_copy(update={"boxes": found})
    if points := arguments.get("keypoint_params"):
        found_points = _read("KeypointParams", points, PointRules, line, log)
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


def _read(name: str, value: Value, make: Callable[..., Rules], line: int, log: Log) -> Rules:
    """Rules with what albumentations does where nothing is given; 1.x has the same arguments, as far as it goes."""
    signature = inspect.signature(getattr(A, name)).parameters
    rules = {key: one.default for key, one in signature.items() if one.default is not inspect.Parameter.empty}
    for key, one in _given(name, value, tuple(signature), line, log).items():
        if key in _SILENT:
            continue
        if key not in signature:
            log.note(line, "left out", f"{name}: {key} is left out: it is no argument of {name} in 2.0.8.")
        elif (found := log.argument(one, line, name, key)) is not NOTHING:
            try:
                make(**{key: found})
            except ValidationError:
                text = f"{key}={shown(found)} is left out: it is nothing that {key} can be."
                log.note(line, "left out", f"{name}: {text}")
            else:
                rules[key] = found
    return make(**{key: found for key, found in rules.items() if key not in _SILENT})


def _given(name: str, value: Value, order: tuple[str, ...], line: int, log: Log) -> Mapping[str, Value]:
    if isinstance(value, Made) and value.name == name:
        return dict(zip(order, value.args, strict=False)) | value.keywords
    if isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    what = f"{value.text} is not known" if isinstance(value, Missing) else "it is nothing that can be read"
    log.note(line, "left out", f"{name}: its rules are left out: {what}.")
    return {}
