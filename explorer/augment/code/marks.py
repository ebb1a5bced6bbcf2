"""What shows for which generation of albumentations a text was written: a version that it names, or its habits."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from explorer.augment.code.results import Generation, Version

NAMED, PROOF, HINT = 3, 2, 1  # weights, each of which outdoes those below it
_LAST_1X = 1  # major versions up to this are read as 1.x

_CLAUSE = r"(===|==|~=|>=|<=|!=|<|>)\s*v?(\d+)(?:\.(\d+|x|\*))?"
_NAME = "lbumentations"  # capital A or not
_WINDOW = 200  # characters after a name in which its version stands
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
    """Something that speaks for a generation. weight: NAMED, PROOF or HINT. why: a sentence for people."""

    version: Version
    weight: int
    why: str


def of_text(text: str, python: str = "") -> tuple[Mark, ...]:
    """The marks of a text apart from its steps. python: the version of Python that a notebook ran on, where known."""
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
    """What one clause of a requirement says; a lower bound of 1.x allows 2.x as well."""
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
