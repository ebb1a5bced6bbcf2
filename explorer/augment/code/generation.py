"""The generation of albumentations that a call is written for, as far as its name and its arguments show it."""

import functools
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import albumentations as A

from explorer.augment.catalog import catalog
from explorer.augment.code.contents import missing_in
from explorer.augment.code.legacy import OLD
from explorer.augment.code.log import Unusable, as_json
from explorer.augment.code.names import COMPOSERS, PARAMETERS
from explorer.augment.code.normal import fits
from explorer.augment.code.results import Generation, Version
from explorer.augment.code.rules import Old
from explorer.augment.code.values import Made, Missing
from explorer.augment.parameters import Kind

NAMED, PROOF, HINT = 3, 2, 1  # weights, each of which outdoes those below it
_LAST_1X = 1  # major versions up to this are read as 1.x

_CLAUSE = r"(===|==|~=|>=|<=|!=|<|>)\s*v?(\d+)(?:\.(\d+|x|\*))?"
_NAME = "lbumentations"  # capital A or not
_WINDOW = 200  # characters after a name that may have its version
# Such as "albumentations==1.3.0" and "albumentations[imgaug]>=1.0,<2".
_REQUIRED = re.compile(rf"{_NAME}(?:\[[\w, -]*\])?\s*({_CLAUSE}[\w.*]*(?:\s*,\s*{_CLAUSE}[\w.*]*)*)")
# `albumentations = "^1.3.0"`, "albumentations: 1.3.0"; two numbers alone could be a probability
_SET = re.compile(rf"{_NAME}\s*[=:]\s*\\?[\"']?[~^]?(\d+)\.(\d+)\.\d")
# "albumentations 1.3.1", "albumentations-1.3.1" as pip says it, "Albumentations (1.3.1)", "Albumentations version 1.3"
_CALLED = re.compile(rf"{_NAME}(?:\s+|-|\s*\()(?:version\s+)?v?(\d+)\.(\d+)")
_INSTALLED = re.compile(rf"{_NAME} is available[^\n]{{0,60}}?you have (\d+)\.(\d+)")
_COMPARED = re.compile(
    r"(?:\b(?:A|alb|albu|albumentations)\.__version__\s*==|[\"']__version__\\?[\"']\s*:)\s*\\?[\"'](\d+)\.(\d+)"
)
_EACH_CLAUSE = re.compile(_CLAUSE)

_PATHS = re.compile(r"albumentations\.(?:[a-z]\w*\.)*[a-z]\w*")
_ONLY_1X = re.compile(
    r"albumentations\.(augmentations\.(transforms|functional|bbox_utils|keypoints_utils|domain_adaptation|"
    r"dropout\.cutout)|imgaug|random_utils)\b"
)
_ONLY_2X = re.compile(
    r"albumentations\.(augmentations\.(pixel|other|geometric\.(distortion|flip|pad))|core\.(label_manager|type_definitions))\b"
)
_USUAL_1X = re.compile(r"albumentations\.(pytorch\.transforms|augmentations\.\w+\.transforms)\b")
_OLDEST_PYTHON = (3, 9)  # that albumentations 2.0 runs on


@dataclass(frozen=True)
class Mark:
    """A sign of a generation, with its weight (NAMED, PROOF or HINT) and a sentence for people."""

    version: Version
    weight: int
    why: str


def of_text(text: str, python: str = "") -> tuple[Mark, ...]:
    """The marks of a text apart from its steps; `python` is the version that a notebook ran on, if known."""
    marks = dict.fromkeys((*_named(text), *_paths(text)))
    numbers = re.match(r"(\d+)\.(\d+)", python)
    if numbers and (int(numbers[1]), int(numbers[2])) < _OLDEST_PYTHON:
        marks[Mark("1.x", PROOF, f"The notebook ran on Python {numbers[0]}, on which 2.0 does not run.")] = None
    return tuple(marks)


def _named(text: str) -> Iterator[Mark]:
    for after in _after_names(text):
        if required := _REQUIRED.match(after):
            for operator, major, minor in _EACH_CLAUSE.findall(required[1]):
                yield from _bound(operator, major, minor)
        for pattern in (_SET, _CALLED, _INSTALLED):
            if found := pattern.match(after):
                yield from _bound("", found[1], found[2])
    for found in _COMPARED.finditer(text) if "__version__" in text else ():
        yield from _bound("", found[1], found[2])


def _after_names(text: str) -> Iterator[str]:
    """What follows each "albumentations" that is a word of its own, from its second letter on."""
    at = text.find(_NAME)
    while at != -1:
        before = text[max(0, at - 3) : at]
        alone = not (before[-2:-1].isalnum() or before[-2:-1] == "_") or before[:2] == "\\n"  # the latter in JSON
        if alone and before[-1:] in ("a", "A"):
            yield text[at : at + _WINDOW]
        at = text.find(_NAME, at + 1)


def _bound(operator: str, major: str, minor: str) -> Iterator[Mark]:
    """The mark of one clause of a requirement; a lower bound of 1.x allows 2.x as well."""
    number, why = int(major), f"It names albumentations {operator.strip('=')}{major}{minor and f'.{minor}'}."
    if number > _LAST_1X + 1 or operator == "!=":
        return
    old: Version = "1.x" if number <= _LAST_1X else "2.x"
    if operator in ("<", "<="):
        below = old == "1.x" or (operator == "<" and minor in ("", "0", "x", "*"))
        yield from [Mark("1.x", NAMED, why)] if below else []
    elif operator in (">", ">=") and old == "1.x":
        yield Mark("1.x", HINT, why)
    else:
        yield Mark(old, NAMED, why)


def _paths(text: str) -> Iterator[Mark]:
    for path in sorted(set(_PATHS.findall(text))):
        if _ONLY_1X.match(path):
            yield Mark("1.x", PROOF, f"2.x has no {path}.")
        elif _ONLY_2X.match(path):
            yield Mark("2.x", PROOF, f"1.x has no {path}.")
        elif _USUAL_1X.match(path):
            yield Mark("1.x", HINT, f"It imports from {path}, as was usual in the years of 1.x.")


_NOTHING = "Nothing in the code shows it. Most public code without a sign of its version is older than 2.0 (2025)."
_BOTH = "Some of it is of 1.x and some of 2.x."


def decide(marks: Iterable[Mark]) -> Generation:
    """The generation that most marks speak for."""
    by_weight: dict[int, list[Mark]] = {NAMED: [], PROOF: [], HINT: []}
    for mark in marks:
        by_weight[mark.weight].append(mark)
    named_both = len({mark.version for mark in by_weight[NAMED]}) > 1
    for weight, found in by_weight.items():
        versions = {mark.version for mark in found}
        if len(versions) == 1:
            sure = weight > HINT and not named_both
            return Generation(found[0].version, sure, " ".join(dict.fromkeys(mark.why for mark in found[:2])))
        if len(versions) == 2 and weight == PROOF:
            # 2.x ignores an argument that it does not know, and 1.x does not.
            return Generation("2.x", False, f"{_BOTH} 2.x runs such code and 1.x does not.")
        if len(versions) == 2 and weight == HINT:
            return Generation("1.x", False, f"{_BOTH} 1.4 runs such code.")
    return Generation("1.x", False, _NOTHING)


LAST = ("always_apply", "p")

# What 1.4.24, the last 1.x, does not have either. Arguments by the transform, "" for those of any transform.
_NEW_STEPS = frozenset({"ConstrainedCoarseDropout", "HEStain", "Mosaic", "SquareSymmetry"})
_FILLS = frozenset({"fill", "fill_mask"})
_NEW_ARGUMENTS: Mapping[str, frozenset[str]] = {
    "": frozenset({"area_for_downscale", "keypoint_remapping_method", "metadata_key"}),
    "AutoContrast": frozenset({"cutoff", "ignore", "method"}),
    "BboxParams": frozenset({"filter_invalid_bboxes", "max_accept_ratio"}),
    "ElasticTransform": _FILLS,
    "GridDistortion": _FILLS,
    "OpticalDistortion": _FILLS,
    "PiecewiseAffine": _FILLS | {"border_mode"},
    "ThinPlateSpline": _FILLS | {"border_mode"},
}
# What 1.3 does not have, while 1.4 may: no proof of 2.x.
_LATE_STEPS = _NEW_STEPS | {
    "AdditiveNoise", "AtLeastOneBBoxRandomCrop", "AutoContrast", "ChromaticAberration", "D4", "Erasing",
    "FrequencyMasking", "GridElasticDeform", "Illumination", "Morphological", "OverlayElements", "Pad",
    "PlanckianJitter", "PlasmaBrightnessContrast", "PlasmaShadow", "SaltAndPepper", "ShotNoise", "TextImage",
    "ThinPlateSpline", "TimeMasking", "TimeReverse", "XYMasking",
}  # fmt: skip
_MOVES = frozenset({"scale", "translate_percent", "translate_px", "rotate", "shear"})


def is_old(made: Made, file_is_old: bool) -> bool:
    """Whether a call has to be read as albumentations 1.x."""
    if shows_1x(made):
        return True
    return file_is_old and not shows_2x(made)


def is_open(made: Made) -> bool:
    """Whether the call itself does not show its generation, and this may matter."""
    old = OLD.get(made.name)
    if old is None or made.name not in catalog():
        return False
    return _may_differ(made, old) and not shows_1x(made) and not shows_2x(made)


def _may_differ(made: Made, old: Old) -> bool:
    """Whether the readings as 1.x and as 2.x could differ."""
    count = len(made.args)
    if made.spread or old.fallback or old.order[:count] != with_p(made.name)[:count]:
        return True
    named = {*old.order[:count], *made.keywords}
    written_out = {*(old.usual or ()), *(old.unsaid or ()), *(() if old.p is None else ("p",))}
    return not written_out <= named or any(key in named for rule in old.rules for key in rule.takes)


def of_calls(calls: Iterable[Made]) -> Iterator[Mark]:
    """The marks of some calls, each kind once."""
    seen: set[str] = set()
    for made in calls:
        for mark in _of_call(made):
            if mark.why not in seen:
                seen.add(mark.why)
                yield mark


def _of_call(made: Made) -> Iterator[Mark]:
    name = made.name
    if shows_2x(made):
        yield Mark("2.x", PROOF, f"1.x does not take {name} as it is written here.")
    elif name in COMPOSERS or name in PARAMETERS:
        return
    elif shows_1x(made):
        yield Mark("1.x", PROOF, f"2.x does not take {name} as it is written here.")
    elif (why := _habit_of_1x(made)) is not None:
        yield Mark("1.x", HINT, why)
    elif name in _LATE_STEPS or _has_late_argument(made):
        yield Mark("2.x", HINT, f"{name} is written as 1.4 and 2.x take it.")


def _habit_of_1x(made: Made) -> str | None:
    """Why a call makes little sense in 2.x, None if it makes sense."""
    bare = not made.args and not made.spread
    if made.name == "Affine" and bare and not _MOVES & set(made.keywords):
        return "Affine without a movement does nothing in 2.x."
    if made.name == "RandomRotate90" and bare and "p" not in made.keywords:
        return "RandomRotate90 without p is always applied in 2.x."
    return "2.x advises against ShiftScaleRotate." if made.name == "ShiftScaleRotate" else None


def _has_late_argument(made: Made) -> bool:
    old = OLD.get(made.name)
    return old is not None and any(key in signature(made.name) and key not in old.order for key in made.keywords)


def shows_2x(made: Made) -> bool:
    """Whether no version 1.x accepted this call."""
    return made.name in _NEW_STEPS or not _new_arguments(made.name).isdisjoint(made.keywords)


@functools.cache
def _new_arguments(name: str) -> frozenset[str]:
    return _NEW_ARGUMENTS[""] | _NEW_ARGUMENTS.get(name, frozenset())


@functools.cache
def _old_arguments(name: str) -> frozenset[str]:
    """The arguments that 1.x had and 2.0.8 lacks."""
    return frozenset(OLD[name].order) - {*signature(name), *LAST}


def shows_1x(made: Made) -> bool:
    """Whether 2.0.8 cannot accept this call."""
    old, name = OLD.get(made.name), made.name
    if ".imgaug" in made.path or made.path.startswith("albumentations.augmentations.transforms."):
        return True
    if "always_apply" in made.keywords or (old is not None and name not in catalog()):
        return True
    if name in catalog() and _has_always_apply_by_place(made):
        return True
    if old is None or name not in catalog():
        return False
    if not _old_arguments(name).isdisjoint(made.keywords):
        return True
    first = {"RandomResizedCrop": 0, "RandomSizedCrop": 1}.get(name)
    if first is not None and len(made.args) > first and isinstance(made.args[first], Missing):
        return True
    return not _fits_by_place(made, old)


def _has_always_apply_by_place(made: Made) -> bool:
    """Whether it has more arguments than 2.0.8 takes, or true or false at the place of p."""
    order = with_p(made.name)
    at = order.index("p") if "p" in order else len(order)
    return len(made.args) > len(order) or (len(made.args) > at and isinstance(made.args[at], bool))


def _fits_by_place(made: Made, old: Old) -> bool:
    """Whether 2.0.8 takes the arguments by position; this matters only if 1.x had another order."""
    order = with_p(made.name)
    if not made.args or old.order[: len(made.args)] == order[: len(made.args)]:
        return True
    values = {key: value for key, value in zip(order, made.args, strict=False) if not next(missing_in(value), None)}
    if any(isinstance(value, bool) and not _takes_bool(made.name, key) for key, value in values.items()):
        return False
    try:
        return fits(made.name, {key: as_json(value) for key, value in values.items()})
    except Unusable:
        return True


def _takes_bool(name: str, key: str) -> bool:
    """Whether true and false mean themselves there; 2.0.8 takes them for the numbers 1 and 0 as well."""
    parameter = catalog()[name].parameters.get(key)
    return parameter is None or parameter.kind in (Kind.BOOL, Kind.LITERAL)


@functools.cache
def signature(name: str) -> tuple[str, ...]:
    """The arguments of a transform of 2.0.8 in their order, without p; none for an unknown name."""
    return tuple(key for key in with_p(name) if key != "p") if name in catalog() else ()


@functools.cache
def with_p(name: str) -> tuple[str, ...]:
    """The arguments of a transform or composer of 2.0.8 in their order; p is not always the last."""
    return tuple(key for key in inspect.signature(getattr(A, name).__init__).parameters if key != "self")
