"""What `A.to_dict` gives and `A.save` writes, of 1.x and 2.x, as plain values -> a pipeline."""

from collections.abc import Mapping
from typing import Any

from explorer.augment.catalog import build, catalog
from explorer.augment.code.assembling import assemble
from explorer.augment.code.configurations import Configuration, described, is_saved
from explorer.augment.code.generation import shows_1x
from explorer.augment.code.names import COMPOSERS
from explorer.augment.code.normal import kept, one_range, same
from explorer.augment.code.results import CodeError, FoundPipeline
from explorer.augment.parameters import JsonValue, plain
from explorer.augment.pipeline import Draft, Group, Node, Step

TITLE = "albumentations file"


def read_record(record: Any) -> FoundPipeline:
    """The pipeline of a record, which is data only. Raises CodeError where it is none."""
    own = described(record["transform"]) if is_saved(record) else None
    if own is None:
        raise CodeError('This is no pipeline that albumentations saved: it lacks "transform" with its class.')
    work = Configuration()
    made = work.call(record["transform"], own, 0)
    version = record.get("__version__")
    old = (isinstance(version, str) and version.startswith(("0.", "1."))) or any(map(shows_1x, work.made))
    draft, log = assemble(made if made.name in COMPOSERS else [made], old)
    return FoundPipeline(TITLE, 1, settled(draft), tuple(log.notes), tuple(log.unknowns.values()))


def settled(draft: Draft) -> Draft:
    """A draft without the parameters that albumentations works out by itself, and writes all the same."""
    return draft.model_copy(update={"nodes": tuple(map(_settled, draft.nodes))})


def _settled(node: Node) -> Node:
    if isinstance(node, Group):
        return node.model_copy(update={"children": tuple(map(_settled, node.children))})
    return node.model_copy(update={"params": _without_worked_out(node)})


def _without_worked_out(step: Step) -> dict[str, JsonValue]:
    """The parameters without those that albumentations works out by itself where they are not given."""
    params = dict(step.params)
    if step.transform == "ShiftScaleRotate":
        params = _one_shift(params)
    for key in list(params):
        parameter = catalog()[step.transform].parameters[key]
        if parameter.default is None and not parameter.required:
            rest = {other: value for other, value in params.items() if other != key}
            if same(_attribute(step.transform, rest, key), params[key]):
                params = rest
    return kept(step.transform, params)


def _attribute(transform: str, params: Mapping[str, JsonValue], key: str) -> JsonValue:
    try:
        made = build(transform, params)[0]
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
        return None
    return one_range(plain(getattr(made, key, None)))


def _one_shift(params: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """One shift for both directions: albumentations writes it once for each."""
    across, down = params.get("shift_limit_x"), params.get("shift_limit_y")
    if across is None or across != down:
        return params
    rest = {key: value for key, value in params.items() if key not in ("shift_limit_x", "shift_limit_y")}
    return {**rest, "shift_limit": across}
