"""A call of a transform -> a step, with a note for every argument that does not stay what it was."""

import inspect
from collections.abc import Mapping

from explorer.augment import extras
from explorer.augment.catalog import catalog, exclusions
from explorer.augment.code.contents import is_none
from explorer.augment.code.generation import LAST, is_old, is_open, signature, with_p
from explorer.augment.code.legacy import GONE, OLD
from explorer.augment.code.log import Log, NotKnown, Unusable, shown
from explorer.augment.code.normal import fits, kept, same
from explorer.augment.code.results import Difference, NoteKind
from explorer.augment.code.rules import Old, Rule, Untranslatable, is_number
from explorer.augment.code.values import Array, Made, Missing, Value
from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Group, Node, Step

# Arguments that a printed pipeline shows as None beside those that replace them, and that 2.0.8 does not take as None.
_INSTEAD = {("ShiftScaleRotate", "shift_limit"): ("shift_limit_x", "shift_limit_y")}
_OWN = ("metadata_key", "cropping_bbox_key", "font_path")  # each step has keys of its own here, see `extras`


def read_step(made: Made, file_is_old: bool, forced: bool, log: Log) -> Node | None:
    """The step of a call, None if it is left out with a note.

    A call that does not show its generation is read as 1.x if the file is old. The p of a step that a OneOf forces is
    only a weight.
    """
    name = made.name
    old = OLD.get(name)
    becomes = name if old is None or old.becomes is None else old.becomes
    if name == "Flip":
        return _flip(made, forced, log)
    if becomes not in catalog():
        log.note(made.line, "left out", f"{name} is set aside. {_why_not(name)}")
        return None
    return _Reader(made, becomes, is_old(made, file_is_old), forced, log).step()


def difference(made: Made, file_is_old: bool, forced: bool, node: Node | None) -> Difference | None:
    """What a call is in 1.x and in 2.x, if it does not show its generation and its step `node` would differ."""
    if not is_open(made):
        return None
    other = read_step(made, not file_is_old, forced, Log())
    if not isinstance(node, Step) or not isinstance(other, Step):
        return None
    if (node.p, node.params) == (other.p, other.params):
        return None
    usual = {key: parameter.default for key, parameter in catalog()[node.transform].parameters.items()}
    whole = [{**usual, **step.params, "p": step.p} for step in ((node, other) if file_is_old else (other, node))]
    keys = [key for key in ("p", *usual) if whole[0].get(key) != whole[1].get(key)]
    texts = [", ".join(f"{key}={named(node.transform, key, step.get(key))}" for key in keys) for step in whole]
    return Difference(made.line, made.name, *texts)


def named(transform: str, key: str, value: JsonValue) -> str:
    """A value as a note shows it, by the name of its constant if it has one."""
    parameter = catalog()[transform].parameters.get(key)
    labels = {choice.value: choice.label for choice in parameter.choices} if parameter else {}
    return labels[value] if isinstance(value, int) and value in labels else shown(value)


def _why_not(name: str) -> str:
    old = OLD.get(name)
    if old is not None and old.why:
        return old.why
    return exclusions().get(name) or GONE.get(name) or "albumentations 2.0.8 has no transform of that name."


class _Reader:
    """Reads one call: from the arguments in `given` it makes the parameters of 2.0.8 in `params`."""

    def __init__(self, made: Made, becomes: str, as_old: bool, forced: bool, log: Log) -> None:
        self.made, self.becomes, self.as_old, self.forced, self.log = made, becomes, as_old, forced, log
        self.old = OLD.get(made.name) or Old(signature(becomes))
        self.params: dict[str, JsonValue] = {}
        self.open = False  # whether something that a rule reads is unknown
        self.asked: set[str] = set()  # arguments that are unknown and keep their name
        self.unset: dict[str, Missing] = {}  # those that are None as long as nothing else is known
        self.given = self._by_name()

    def step(self) -> Step:
        p = self._p()
        if self.as_old:
            self.given = {**(self.old.unsaid or {}), **self.given}
            self._by_rules()
        for key, value in self.given.items():
            self._keep(key, value)
        if self.as_old and not self.open:
            self._usual()
        self._required()
        if self.becomes != self.made.name:
            self.log.note(self.made.line, "translated", f"{self.made.name} is {self.becomes} in 2.0.8.")
        if self.as_old and self.old.why:
            self._note("changed", self.old.why)
        self._extra()
        params = kept(self.becomes, self.params)
        return Step(id=self.log.new_id(), transform=self.becomes, params=params, p=p)

    def _note(self, kind: NoteKind, text: str) -> None:
        self.log.note(self.made.line, kind, f"{self.made.name}: {text}")

    # What was given

    def _by_name(self) -> dict[str, Value]:
        order = self._order()
        given = dict(zip(order, self.made.args, strict=False)) | self.made.keywords
        if len(self.made.args) > len(order):
            self._note("left out", "It is given more arguments than it has.")
        for unknown in self.made.spread:
            self.log.ask(unknown, f"{self.made.name}, all of {unknown.stars}{unknown.text}")
            self.open = True
        return given

    def _order(self) -> tuple[str, ...]:
        if not self.as_old:
            return with_p(self.becomes)
        return (*self.old.order, *(key for key in LAST if key not in self.old.order))

    def _json(self, key: str) -> JsonValue:
        return self.log.value(self.given[key], f"{self.made.name}, {key}")

    def _p(self) -> float:
        default = catalog()[self.becomes].default_p
        if self.as_old and self.old.p is not None:
            default = self.old.p
            if "p" not in self.given and default != catalog()[self.becomes].default_p:
                self._note("translated", f"Without a p it was applied with {default:g} in 1.x.")
        p = default
        if "p" in self.given:
            p = self.log.probability(self.given.pop("p"), self.made.line, self.made.name, default)
        if "always_apply" not in self.given:
            return p
        by_place = "always_apply" not in self.made.keywords
        try:
            always = self._json("always_apply")
        except (NotKnown, Unusable):
            always = False
        del self.given["always_apply"]
        if by_place and is_number(always):
            self._note("to check", f"Its argument {always} was always_apply in 1.x, not p; so it was always applied.")
        if not always:
            self.log.drop(f"always_apply={always}")
            return p
        if self.forced:
            self._note("translated", "always_apply=True meant nothing here, where p is the weight of a choice.")
            return p
        self._note("translated", "always_apply=True is p=1.")
        return 1.0

    # What becomes of it

    def _by_rules(self) -> None:
        for rule in self.old.rules:
            names = [key for key in rule.takes if key in self.given]
            ranges = rule.numbers_only and names and isinstance(self.given[names[0]], _NO_NUMBER)
            if names and not ranges:
                self._by_rule(rule, names)

    def _by_rule(self, rule: Rule, names: list[str]) -> None:
        values, unknown = self._values(rule, names)
        if unknown or (self.open and self.made.spread):
            self._by_part(rule, values, unknown)
            return
        if not values and not rule.unread:
            return
        written = ", ".join(f"{key}={shown(value)}" for key, value in values.items()) or ", ".join(names)
        try:
            new = rule.gives(values)
            kind = rule.kind if isinstance(rule.kind, str) else rule.kind(values)
        except _REFUSED as error:
            reason = str(error) if isinstance(error, Untranslatable) else "It has a value that 1.x did not take either."
            self._note("left out", f"{written} is left out. {reason}")
            return
        self.params |= new
        if kind == "translated" and not new:
            self.log.drop(written)
        elif new != values or not new:
            self._note(kind, self._described(written, new, kind, rule.why))

    def _by_part(self, rule: Rule, values: Mapping[str, JsonValue], unknown: list[str]) -> None:
        """Read the known ones of arguments that belong together, without a note as long as others are unknown."""
        starts = {key: start for key, start in catalog()["Resize"].starts.items() if key in unknown}
        if not values:
            return
        try:
            self.params |= rule.gives({**starts, **values})
        except _REFUSED:
            return

    def _described(self, written: str, new: Mapping[str, JsonValue], kind: NoteKind, why: str) -> str:
        result = ", ".join(f"{key}={named(self.becomes, key, value)}" for key, value in new.items())
        text = f"{written} is {result} in 2.0.8." if new else f"{written} is left out."
        return text if kind == "translated" else f"{text} {why}".strip()

    def _values(self, rule: Rule, names: list[str]) -> tuple[dict[str, JsonValue], list[str]]:
        """The arguments that a rule reads, and the names of unknown ones; all of them are removed from `given`."""
        values: dict[str, JsonValue] = {}
        unknown: list[str] = []
        for key in names:
            try:
                if not rule.unread:
                    values[key] = self._json(key)
            except NotKnown:
                self.open = True
                unknown.append(key)
            except Unusable as error:
                self._note("left out", f"{key} is left out: {error}.")
            del self.given[key]
        return values, unknown

    def _keep(self, key: str, value: Value) -> None:
        transform = catalog()[self.becomes]
        if key in _OWN and self.becomes in extras.EXTRAS:
            return
        others = _INSTEAD.get((self.becomes, key), ())
        if value is None and others and all(self.made.keywords.get(other) is not None for other in others):
            return
        if key not in transform.parameters:
            known = key in transform.accepted
            why = "takes code or images, which are not read" if known else f"is no argument of {self.becomes} in 2.0.8"
            default = inspect.signature(transform.cls.__init__).parameters[key].default if known else None
            if known and (is_none(value) or same(value, default)):
                return
            self._note("left out", f"{key} is left out: it {why}.")
            return
        if isinstance(value, Missing) and is_none(value) and transform.parameters[key].nullable:
            self.unset[key], value = value, None
        try:
            self.params[key] = self.log.value(value, f"{self.made.name}, {key}")
        except NotKnown:
            self.asked.add(key)
        except Unusable as error:
            self._note("left out", f"{key} is left out: {error}.")

    def _usual(self) -> None:
        usual = dict(self.old.usual or {})
        if self.old.fallback is not None:
            usual |= self.old.fallback({**dict.fromkeys(self.asked, True), **self.params})
        added = {key: value for key, value in usual.items() if key not in self.params}
        if self.becomes in ("LongestMaxSize", "SmallestMaxSize") and "max_size_hw" in self.params:
            return
        self.params |= added
        added = {key: value for key, value in added.items() if key not in self.asked}
        required = any(catalog()[self.becomes].parameters[key].required for key in added)
        if written := added if required else kept(self.becomes, added):
            text = ", ".join(f"{key}={named(self.becomes, key, value)}" for key, value in written.items())
            self._note(self.old.usual_kind, f"What 1.x did by default is written out: {text}.")

    def _required(self) -> None:
        transform = catalog()[self.becomes]
        for key, parameter in transform.parameters.items():
            if not parameter.required or key in self.params:
                continue
            self.params[key] = transform.starts[key]
            if not self.open and key not in self.given and self.becomes not in extras.EXTRAS:
                self._note("to check", f"{key} is required and not given; it is {shown(transform.starts[key])} now.")

        open_ones = {*(self.asked - set(self.params)), *self.unset}
        if open_ones and not fits(self.becomes, self.params):  # one of several is needed
            known = {key: value for key, value in self.params.items() if key not in open_ones}
            self.params = {**known, **{key: value for key, value in transform.starts.items() if key in open_ones}}
            for key in self.unset:
                self.log.ask(self.unset[key], f"{self.made.name}, {key}")

    def _extra(self) -> None:
        if self.becomes in extras.EXTRAS:
            what = ", ".join(parameter.name for parameter in extras.EXTRAS[self.becomes].parameters)
            self._note("to check", f"Code hands over what it needs with each call. Here it is set in the step: {what}.")


_NO_NUMBER = (list, tuple, dict, Array, type(None))
_REFUSED = (Untranslatable, TypeError, ValueError, LookupError, ArithmeticError)


def _flip(made: Made, forced: bool, log: Log) -> Group:
    """`Flip` of 1.x: it drew evenly from up-down, left-right and both."""
    reader = _Reader(made, "HorizontalFlip", True, forced, log)
    p = reader._p()
    for key, value in reader.given.items():
        reader._keep(key, value)
    log.note(made.line, "translated", "Flip is a OneOf of HorizontalFlip, VerticalFlip and both, each equally likely.")

    def flips() -> tuple[Node, ...]:
        return tuple(Step(id=log.new_id(), transform=name, p=1.0) for name in ("HorizontalFlip", "VerticalFlip"))

    group_id, single = log.new_id(), flips()
    both = Group(id=log.new_id(), kind="Sequential", p=1.0, children=flips())
    return Group(id=group_id, kind="OneOf", p=p, children=(*single, both))
