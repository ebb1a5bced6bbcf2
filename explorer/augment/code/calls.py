"""Evaluates calls: of albumentations, of known functions, and of functions and classes of the code."""

import ast

from explorer.augment.code import folding, functions, methods
from explorer.augment.code.binding import hold
from explorer.augment.code.expressions import WORK, evaluate, spread, worked_out
from explorer.augment.code.names import COMPOSERS, foreign, is_class
from explorer.augment.code.objects import SAVE_HYPERPARAMETERS
from explorer.augment.code.run import LONG, Call, Run
from explorer.augment.code.scopes import Class, Function, Instance, Method, Partial, Scope, Super
from explorer.augment.code.values import Made, Missing, NotConstant, Reference, Value

OWN_CLASS = "It is a class that this code defines."


def call(node: ast.Call, scope: Scope, run: Run) -> Value:
    """The value of a call."""
    target = evaluate(node.func, scope, run)
    before = len(run.candidates)
    if isinstance(target, Missing) and isinstance(node.func, ast.Attribute) and node.func.attr in methods.GROWING:
        target = _begun(node.func, scope, run) or target
    given = _given(node, scope, run)
    found = apply(target, given)
    if isinstance(found, Made) and found.node is node:
        # The step or composer itself notes arguments that it cannot use.
        run.candidates[before:] = [one for one in run.candidates[before:] if not one.passed]
    return found


def apply(target: Value, given: Call) -> Value:
    """The value that a call of `target` with these arguments returns."""
    if isinstance(target, Partial):
        args, keywords = [*target.args, *given.args], {**target.keywords, **given.keywords}
        return apply(target.target, Call(given.node, args, keywords, given.rest, given.scope, given.run))
    if isinstance(target, Reference):
        return _of_library(target, given)
    if isinstance(target, Method) and target.function is None:
        return _of_object(target, given)
    _pass_on(given)
    if isinstance(target, Made):
        given.run.pass_on(target, given.scope)  # it is applied to an image here
    if isinstance(target, Method) and target.function is not None and not given.rest:
        return given.run.inlined(target.function, [target.owner, *given.args], given.keywords, given.node)
    if isinstance(target, Function) and not given.rest:
        return given.run.inlined(target, given.args, given.keywords, given.node)
    if isinstance(target, Class):
        return _constructed(target, given)
    return given.unknown(target.reason if isinstance(target, Missing) else "")


def _of_library(target: Reference, given: Call) -> Value:
    if target.name == "Interpolation":  # of Downscale in 1.x, which 2.0.8 writes as a dict
        return dict(zip(("downscale", "upscale"), given.args, strict=False)) | given.keywords
    if is_class(target.path):
        return made(target, given)
    work = functions.known(target, given)
    if work is not None:
        try:
            return work(given)
        except NotConstant:
            return given.unknown()
    if target.path in folding.KNOWN:
        return _constant(target.path, given)
    if target.path not in _LOOKS:
        _pass_on(given)
    return given.unknown(foreign(target.path))


_LOOKS = frozenset({"print", "str", "repr", "type", "id", "hasattr", "pprint.pprint"})


def _pass_on(given: Call) -> None:
    """Note the steps among the arguments of a call of something unknown."""
    steps = [value for value in given.args if isinstance(value, Made)]
    if len(steps) > 1:
        given.run.pass_on(steps, given.scope)
    for value in (*given.args, *given.keywords.values()):
        if len(steps) < 2 or not isinstance(value, Made) or value not in steps:
            given.run.pass_on(value, given.scope)


def _begun(function: ast.Attribute, scope: Scope, run: Run) -> Method | None:
    """The append of an unknown value, which from here on is a list that begins with the unknown value."""
    owner = evaluate(function.value, scope, run)
    if not isinstance(owner, Missing):
        return None
    begun = [owner]
    hold(function.value, begun, scope, run)
    return Method(begun, function.attr)


def _given(node: ast.Call, scope: Scope, run: Run) -> Call:
    args: list[Value] = []
    rest: list[Value] = []
    for part in node.args:
        value = evaluate(part.value if isinstance(part, ast.Starred) else part, scope, run)
        inner = spread(value) if isinstance(part, ast.Starred) else None
        if not isinstance(part, ast.Starred):
            args.append(value)
        elif isinstance(inner, list):
            run.budget.spend(len(inner) // 10)
            args.extend(inner)
        else:
            rest.append(_starred(value, "*"))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = evaluate(keyword.value, scope, run)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, dict):
            keywords |= {str(name): inner for name, inner in value.items()}
        else:
            rest.append(_starred(value, "**"))
    return Call(node, args, keywords, rest, scope, run)


def _starred(value: Value, stars: str) -> Value:
    if isinstance(value, Missing):
        value.stars = stars
    return value


def made(reference: Reference, given: Call) -> Made:
    """A call of albumentations as it is written."""
    spread_out = [value for value in given.rest if isinstance(value, Missing)]
    origin = given.run.origin(given.scope, given.node.lineno)
    found = Made(reference.path, given.node, given.args, given.keywords, spread_out, origin)
    given.run.made.append(found)
    return found


def _constant(name: str, given: Call) -> Value:
    """The result of a function of plain values, if all of its arguments are known."""
    places, names = len(given.args), list(given.keywords)

    def work(values: list[Value]) -> Value:
        return folding.call(name, values[:places], dict(zip(names, values[places:], strict=False)))

    return worked_out(given.node, [*given.args, *given.keywords.values(), *given.rest], given.run, work)


def _of_object(target: Method, given: Call) -> Value:
    """Call a method that the code does not define."""
    if isinstance(target.owner, Super):
        return _parents(target, given)
    if isinstance(target.owner, Instance) and target.name == SAVE_HYPERPARAMETERS:
        return _save_hyperparameters(target.owner, given)
    if methods.has(target.owner, target.name):
        found = methods.of_value(target, given)
        if isinstance(target.owner, list) and target.owner and isinstance(target.owner[0], Missing):
            given.run.pass_on(target.owner, given.scope)
        return found
    _pass_on(given)
    return given.unknown()


def _parents(target: Method, given: Call) -> Value:
    """`super().__init__(...)` of a class that is a composer: the pipeline that its objects are."""
    owner = target.owner
    composer = _composer(owner.instance.cls)
    if target.name == "__init__" and composer is not None and owner.instance.made is None:
        owner.instance.made = made(composer, given)
        given.run.label(owner.instance.made, "", given.scope, given.node.lineno)
        return None
    if target.name != "__init__":
        _pass_on(given)
    return given.unknown()


def _composer(cls: Class) -> Reference | None:
    """The composer of albumentations that a class of the code extends, or None."""
    bases = (one for base in cls.order for one in base.library)
    return next((one for one in bases if is_class(one.path) and one.name in COMPOSERS), None)


def _save_hyperparameters(owner: Instance, given: Call) -> Value:
    """Set `hparams` as Lightning does: the arguments of `__init__`, or the named ones, or the given object."""
    function = given.scope.function
    if given.args and not all(isinstance(name, str) for name in given.args):
        owner.own["hparams"] = given.args[0]
    elif function is not None:
        places = [place.arg for place in (*function.places, *function.node.args.kwonlyargs)][1:]
        kept = [name for name in places if not given.args or name in given.args]
        owner.own["hparams"] = {name: given.scope.names[name] for name in kept if name in given.scope.names}
    return None


_DEEP = 2  # calls in one another; objects that are made deeper inside are not looked into


def _is_model(cls: Class) -> bool:
    """Whether it is a neural network, which has many parts but no pipelines."""
    return any(one.name in ("Module", "Model", "Layer") for base in cls.order for one in base.library)


def _constructed(cls: Class, given: Call) -> Value:
    """An object of a class of the code, with its attributes as far as they are known."""
    if cls.is_enum:
        return given.args[0] if len(given.args) == 1 else given.unknown()
    answer = given.unknown(OWN_CLASS)
    if not isinstance(answer, Missing):
        return answer
    starts, init = cls.find("__init__")
    composer = _composer(cls)
    if composer is not None and not starts:
        return made(composer, given)
    if given.rest:
        return answer
    one = Instance(cls, {}, answer)
    if isinstance(init, Function):
        limit = 0 if given.run.depth > _DEEP or _is_model(cls) else LONG
        if not given.run.follows(init, limit):
            return answer if given.args or given.keywords else one
        given.run.inlined(init, [one, *given.args], given.keywords, given.node, limit)
    else:
        fields = [name for base in reversed(cls.order) for name in base.fields]
        one.own |= dict(zip(fields, given.args, strict=False)) | given.keywords
    return one if one.made is None else one.made


WORK[ast.Call] = call
