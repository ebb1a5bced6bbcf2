"""Calls of albumentations -> a draft."""

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import albumentations as A
from pydantic import ValidationError

from explorer.augment.code.contents import is_none, is_scalar, parts
from explorer.augment.code.generation import with_p
from explorer.augment.code.log import Log, NotKnown, Unusable, shown
from explorer.augment.code.names import COMPOSERS, PARAMETERS, opencv
from explorer.augment.code.normal import same
from explorer.augment.code.results import CodeError, Difference
from explorer.augment.code.scopes import Class, Function, Instance, Method
from explorer.augment.code.steps import difference, read_step
from explorer.augment.code.values import NOTHING, Made, Missing, Reference, Remark, Value, brief
from explorer.augment.pipeline import (
    GROUP_KINDS,
    GROUP_PARAMS,
    MAX_DEPTH,
    MAX_NODES,
    Draft,
    Group,
    GroupKind,
    Node,
    default_p,
)
from explorer.augment.targets import BoxRules, PointRules, TargetRules

# Arguments that change nothing about the result of a pipeline, or that are read elsewhere.
_HARMLESS = frozenset({"is_check_shapes", "save_applied_params", "save_key", "return_params", "p", "transforms",
                       "bbox_params", "keypoint_params", "mask_interpolation", "is_check_args"})  # fmt: skip
_SOME_OF = ("draws its steps by their p and surely applies them", "draws its steps evenly and applies each with its p")
_CHOICES = ("OneOf", "OneOrOther", "SomeOf", "RandomOrder")
_LEFT_OUT = {
    "additional_targets": "the app has one image and one mask",
    "seed": "the app has a seed of its own for each draw",
    "strict": "arguments are always checked here",
}


@dataclass
class _Assembler:
    old: bool
    log: Log
    count: int = 0

    def nodes(self, values: Iterable[Value], line: int, depth: int, forced: bool = False) -> tuple[Node, ...]:
        """The nodes of a list of steps; anything else in the list is left out with a note."""
        found = (self._node(value, line, depth, forced) for value in values)
        return tuple(node for node in found if node is not None)

    def _node(self, value: Value, line: int, depth: int, forced: bool) -> Node | None:
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise CodeError(f"A pipeline has at most {MAX_NODES} steps, nested at most {MAX_DEPTH} deep.", line)
        if not isinstance(value, Made) or value.name in PARAMETERS:
            self._aside(value, line)
            return None
        if value.name in COMPOSERS:
            return self.group(value, depth)
        node = read_step(value, self.old, forced, self.log)
        if (differs := difference(value, self.old, forced, node)) is not None:
            self.log.differences.append(differs)
        return node

    def _aside(self, value: Value, line: int) -> None:
        """Note why something in a list of steps does not become a step of the draft."""
        if is_none(value):
            return
        if isinstance(value, Remark):
            self.log.note(value.line, "to check", f"{value.text}: this change of the list of steps is not made.")
            return
        unknown = value.unknown if isinstance(value, Instance) else value
        if isinstance(unknown, Missing):
            called = isinstance(unknown.node, ast.Call)
            why = unknown.reason or (
                "It is not known what it does." if called else "This code does not say what it is."
            )
            self.log.note(unknown.line, "left out", f"{brief(unknown.text)} is set aside. {why}")
        else:
            self.log.note(line, "left out", f"{_described(value)} is set aside. It is no step of albumentations.")

    def group(self, made: Made, depth: int) -> Group | None:
        """The group for a composer inside another one, None if nothing is left in it."""
        kind: GroupKind = next((one for one in GROUP_KINDS if one == made.name), "Sequential")
        given = self.arguments(made)
        if made.is_compose:
            self._note_left_out(given, made)
            for key in ("bbox_params", "keypoint_params"):
                if given.get(key) is not None:
                    self.log.note(made.line, "left out", f"{key} of a Compose inside another is left out.")
        steps = [step for step in self.steps(given, made) if step is not None]
        group_id = self.log.new_id()
        children = self.nodes(steps, made.line, depth + 1, forced=kind in ("OneOf", "OneOrOther"))
        if kind in _CHOICES and 0 < len(children) < len(steps):
            aside = len(steps) - len(children)
            text = f"{aside} of its {len(steps)} steps {'is' if aside == 1 else 'are'} set aside"
            self.log.note(made.line, "changed", f"{made.name}: {text}, so the choice is between fewer.")
        p = self.p(given, made, kind)
        params = self._group_params(given, made, kind)
        if made.name == "SomeOf":
            self.log.differences.append(Difference(made.line, made.name, *_SOME_OF))
        if self.old:
            kind, children, params = self._as_1x(made, kind, children, params)
        if not children:
            self.log.note(made.line, "left out", f"{made.name} is left out: nothing is left in it.")
            return None
        return Group(kind=kind, id=group_id, children=children, params=params, p=p)

    def _as_1x(
        self, made: Made, kind: GroupKind, children: tuple[Node, ...], params: dict[str, Any]
    ) -> tuple[GroupKind, tuple[Node, ...], dict[str, Any]]:
        """The differences of 1.3: Sequential had no p. SomeOf drew by p and with replacement, and surely applied the
        drawn steps in the order in which they were drawn, as RandomOrder does now.
        """
        if made.name == "Sequential":
            self.log.note(made.line, "to check", "Sequential: Up to 1.3 it ran always, whatever its p was.")
        if kind != "SomeOf" or not children:
            return kind, children, params
        if "replace" not in made.keywords and len(made.args) < 3:
            params = {**params, "replace": True}
        even = len({child.p for child in children}) == 1
        sure = tuple(child.model_copy(update={"p": 1.0}) for child in children)
        why = "1.x drew steps by their p and surely applied them in the order drawn: a RandomOrder with p=1 inside."
        uneven = "" if even else " Their p were not equal, and 2.0.8 draws all of them equally often."
        self.log.note(made.line, "translated" if even else "changed", f"SomeOf: {why}{uneven}")
        return "RandomOrder", sure, params

    def arguments(self, made: Made) -> Mapping[str, Value]:
        """The arguments of a composer by name."""
        order = list(with_p(made.name))
        if made.name == "OneOrOther" and made.args and isinstance(made.args[0], list | tuple):
            order.remove("first")
            order.remove("second")
        for unknown in made.spread:
            self.log.ask(unknown, f"{made.name}, all of {unknown.stars}{unknown.text}")
        given = self._by_place(made, order) | made.keywords
        return {key: None if is_none(value) and key not in ("p", "n") else value for key, value in given.items()}

    def _by_place(self, made: Made, order: list[str]) -> dict[str, Value]:
        """The arguments by position; a step after the list of steps is no argument, and is left out with a note."""
        given = dict(zip(order, made.args, strict=False))
        for key, value in list(given.items()):
            if (
                key not in ("transforms", "first", "second")
                and isinstance(value, Made)
                and value.name not in PARAMETERS
            ):
                text = f"{value.name} is left out: it stands where {key} is expected. Steps belong in one list."
                self.log.note(value.line, "left out", f"{made.name}: {text}")
                del given[key]
        return given

    def steps(self, given: Mapping[str, Value], made: Made) -> list[Value]:
        """The members of a composer."""
        value = given.get("transforms")
        if made.name == "OneOrOther" and value is None:
            value = [given.get("first"), given.get("second")]
        early, late = given.get("preprocessing_transforms"), given.get("postprocessing_transforms")
        return [*_listed(early), *_listed(value), *_listed(late)]

    def p(self, given: Mapping[str, Value], made: Made, kind: GroupKind) -> float:
        """The probability of a composer."""
        default = 1.0 if made.is_compose else default_p(kind)
        return self.log.probability(given["p"], made.line, made.name, default) if "p" in given else default

    def _group_params(self, given: Mapping[str, Value], made: Made, kind: str) -> dict[str, Any]:
        usual = GROUP_PARAMS.get(kind, {})
        found: dict[str, Any] = {}
        for key, value in given.items():
            if key in usual:
                found[key] = self.log.argument(value, made.line, made.name, key)
            elif key not in _HARMLESS and key not in ("first", "second") and not made.is_compose:
                self.log.note(made.line, "left out", f"{made.name}: {key} is left out: 2.0.8 has no such argument.")
        return {key: value for key, value in found.items() if value is not NOTHING and not same(value, usual[key])}

    def _note_left_out(self, given: Mapping[str, Value], made: Made) -> None:
        for key, value in given.items():
            known = key in _HARMLESS or key.endswith("processing_transforms")
            if known or value is None or value is False or value == {}:
                continue
            why = _LEFT_OUT.get(key, "2.0.8 has no such argument")
            self.log.note(made.line, "left out", f"{made.name}: {key} is left out: {why}.")

    def whole(self, made: Made) -> Draft:
        """The draft of a Compose at the top."""
        given = self.arguments(made)
        self._note_left_out(given, made)
        rules = read_rules(given, made.line, self.log)
        p = self.p(given, made, "Sequential")
        outer = self.log.new_id() if p != 1 else ""
        nodes = self.nodes(self.steps(given, made), made.line, 2 if outer else 1)
        if outer and nodes:
            nodes = (Group(kind="Sequential", id=outer, children=nodes, p=p),)
            self.log.note(made.line, "translated", f"Compose(p={p:g}) is a Sequential with that p around its steps.")
        return Draft(nodes=nodes, targets=rules)


def _listed(value: Value) -> list[Value]:
    """All members of a list of steps, which may be nested."""
    return [] if value is None else [part for part in parts(value) if not isinstance(part, list | tuple | dict)]


def _described(value: Value) -> str:
    """Words for something that is in the place of a step."""
    if isinstance(value, Function | Class):
        return value.title if isinstance(value, Function) else f"The class {value.name}"
    if isinstance(value, Reference | Made):
        return value.name
    if isinstance(value, Method):
        return f"The method {value.name}"
    return brief(repr(value).replace("'", '"')) if is_scalar(value) else "A value that is neither a step nor a list"


def assemble(value: Value, old: bool) -> tuple[Draft, Log]:
    """The draft of a Compose, of a list of steps, or of a single step. Raises CodeError if it is too large.

    With `old`, calls that do not show their generation are read as 1.x.
    """
    log = Log()
    work = _Assembler(old, log)
    if isinstance(value, Made) and value.is_compose:
        draft, line = work.whole(value), value.line
    else:
        values = value if isinstance(value, list | tuple) else [value]
        line = next((part.line for part in values if isinstance(part, Made)), 1)
        draft = Draft(nodes=work.nodes(_listed(values), line, 1))
    log.notes.sort(key=lambda note: note.line)
    log.sum_up(line)
    return draft, log


# The rules of targets


Rules = TypeVar("Rules", BoxRules, PointRules)

_SILENT = frozenset({"label_fields"})  # the class travels in a last column here


def read_rules(arguments: Mapping[str, Value], line: int, log: Log) -> TargetRules:
    """The target rules of a Compose, from its arguments by name."""
    boxes, points = arguments.get("bbox_params"), arguments.get("keypoint_params")  # {} is none in files of 1.x
    return TargetRules(
        boxes=_read("BboxParams", boxes, BoxRules, line, log) if boxes else BoxRules(),
        keypoints=_read("KeypointParams", points, PointRules, line, log) if points else PointRules(),
        mask_interpolation=_interpolation(arguments, line, log),
    )


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
    """The rules with albumentations' defaults; the arguments of 1.x mean the same."""
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
