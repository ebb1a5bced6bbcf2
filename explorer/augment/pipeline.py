"""The tree of steps: a Draft may be wrong, a Pipeline is valid and can be applied."""

import functools
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

import albumentations as A
from pydantic import BaseModel, ConfigDict, Field, model_validator

from explorer.augment.catalog import arguments, build, catalog
from explorer.augment.checks import check_p, check_step
from explorer.augment.extras import EXTRAS
from explorer.augment.remembered import Remembered
from explorer.augment.targets import TargetRules

NodeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Errors = Mapping[tuple[str, str], str]  # (node id, parameter) -> message; parameter "" is the node itself
GroupKind = Literal["OneOf", "SomeOf", "RandomOrder", "Sequential", "OneOrOther", "SelectiveChannelTransform"]
GROUP_KINDS: tuple[GroupKind, ...] = get_args(GroupKind)

MAX_NODES = 1000
MAX_DEPTH = 40


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class Step(_Value):
    """One transform; `params` holds JSON values that differ from albumentations' defaults or are required."""

    kind: Literal["step"] = "step"
    id: NodeId
    transform: Annotated[str, Field(max_length=100)]
    params: dict[str, Any] = Field(default_factory=dict)
    p: float = 0.5
    enabled: bool = True

    @property
    def title(self) -> str:
        """The name of the transform."""
        return self.transform


class Group(_Value):
    """A composer around other nodes; `params` may hold `n`, `replace` or `channels`, see `GROUP_PARAMS`."""

    kind: GroupKind
    id: NodeId
    children: "Nodes" = ()
    params: dict[str, Any] = Field(default_factory=dict)
    p: float = 0.5
    enabled: bool = True

    @property
    def title(self) -> str:
        """The kind of the group."""
        return self.kind


Node = Annotated[Step | Group, Field(discriminator="kind")]


Nodes = tuple[Node, ...]


Streams = Literal[1, 2]


class _Tree(_Value):
    name: Annotated[str, Field(max_length=100)] = ""
    nodes: Nodes = ()
    targets: TargetRules = TargetRules()
    streams: Streams = 2
    """2: each node draws from its own stream of random numbers. 1: all nodes share one generator. What was stored
    before there were streams has no such field, and is read as 1."""


class Draft(_Tree):
    """A pipeline that is being edited; its parameters may be wrong."""


class DraftErrors(ValueError):
    """A draft that is no pipeline; `errors` maps (node id, parameter) to a message."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors: Errors = dict(errors)


class Pipeline(_Tree):
    """A valid pipeline. Wrong nodes raise pydantic's ValidationError; `validate` gives messages by field instead."""

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if errors := check(self.nodes):
            raise ValueError(" ".join(errors.values()))
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, which are not checked."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("key", None)  # pydantic copies what cached properties have kept
        return copied

    @cached_property
    def key(self) -> str:
        """Key for caches: equal for pipelines that do the same."""
        values = [self.streams, self.targets.model_dump(), *(node.model_dump() for node in self.nodes)]
        return json.dumps(values, sort_keys=True)

    def to_compose(self, *, bboxes: bool = True, keypoints: bool = True) -> A.Compose:
        """The `A.Compose` for samples with or without boxes and keypoints; its seed is not set.

        It expects boxes and keypoints in the formats of `targets`, with the class in the last column.
        """
        return self.targets.compose(list(transforms(self.nodes).values()), bboxes=bboxes, keypoints=keypoints)


Tree = TypeVar("Tree", Draft, Pipeline)


def content(value: Draft | Pipeline) -> str:
    """Text that is equal for equal steps, rules and version of streams, whatever the ids of nodes; 1 is not 1.0."""
    nodes = rebuilt(value.nodes, lambda node: (node.model_copy(update={"id": ""}),))
    values = [value.streams, value.targets.model_dump(mode="json"), *(node.model_dump(mode="json") for node in nodes)]
    return json.dumps(values, sort_keys=True)


def as_draft(pipeline: Pipeline) -> Draft:
    """The pipeline as a draft to edit."""
    return Draft(name=pipeline.name, nodes=pipeline.nodes, targets=pipeline.targets, streams=pipeline.streams)


def with_nodes(pipeline: Pipeline, nodes: Nodes) -> Pipeline:
    """A nameless pipeline of other nodes, with the rules and the version of streams of this one."""
    return Pipeline(nodes=nodes, targets=pipeline.targets, streams=pipeline.streams)


def renewed(value: Tree) -> Tree:
    """The same with a stream of random numbers for each node. Its pictures are others than before."""
    return type(value)(name=value.name, nodes=value.nodes, targets=value.targets, streams=2)


def wanted_targets(pipeline: Pipeline) -> frozenset[str]:
    """Those of "bboxes" and "keypoints" that are in use, and that a step needs or whose rules are not the defaults."""
    rules, usual = pipeline.targets, TargetRules()
    used = filter(is_on, all_steps(pipeline.nodes))
    needed = {target for step in used for target in catalog()[step.transform].needs}
    pairs: dict[str, Any] = {"bboxes": (rules.boxes, usual.boxes), "keypoints": (rules.keypoints, usual.keypoints)}
    return frozenset(name for name, (own, unset) in pairs.items() if own.use and (name in needed or own != unset))


def scaling_step(pipeline: Pipeline) -> Step | None:
    """The last step if it always scales pixels for a network (Normalize or ToFloat with p = 1), else None."""
    last = next(filter(is_on, reversed(pipeline.nodes)), None)
    return last if isinstance(last, Step) and last.transform in ("Normalize", "ToFloat") and last.p == 1 else None


def without_augmentation(pipeline: Pipeline) -> Pipeline:
    """The pipeline reduced to the step that scales pixels for the network, or to no step at all."""
    last = scaling_step(pipeline)
    return with_nodes(pipeline, () if last is None else (last,))


@dataclass(frozen=True, eq=False)
class Checked:
    """A checked draft: the pipeline, or None and a message for each wrong (node id, parameter)."""

    pipeline: Pipeline | None
    errors: Errors


def _checked(draft: Draft) -> Checked:
    if errors := check(draft.nodes):
        return Checked(None, errors)
    # The constructor would check a second time.
    made = Pipeline.model_construct(name=draft.name, nodes=draft.nodes, targets=draft.targets, streams=draft.streams)
    return Checked(made, {})


checked = Remembered(_checked, most=256)  # a page asks many times in a row


def validate(draft: Draft) -> Pipeline:
    """The draft as a Pipeline. Raises DraftErrors with a message for each wrong parameter."""
    found = checked(draft)
    if found.pipeline is None:
        raise DraftErrors(found.errors)
    return found.pipeline


def walk(nodes: Nodes, depth: int = 1) -> Iterator[tuple[Node, int]]:
    """Every node with its depth, parents before their children, in the order of application."""
    for node in nodes:
        yield node, depth
        if isinstance(node, Group):
            yield from walk(node.children, depth + 1)


def all_steps(nodes: Nodes) -> Iterator[Step]:
    """Every step at any depth, in the order of application."""
    return (node for node, _ in walk(nodes) if isinstance(node, Step))


def rebuilt(nodes: Nodes, change: Callable[[Node], Nodes]) -> Nodes:
    """The nodes with each, at any depth, replaced by what `change` makes of it; parents before their children."""
    return tuple(
        new.model_copy(update={"children": rebuilt(new.children, change)}) if isinstance(new, Group) else new
        for node in nodes
        for new in change(node)
    )


def check(nodes: Nodes) -> Errors:
    """A message for each wrong (node id, parameter) in a tree of nodes; empty if it is valid."""
    errors: dict[tuple[str, str], str] = {}
    seen: set[str] = set()
    channels_only = _inside_channels(nodes)
    for count, (node, depth) in enumerate(walk(nodes), start=1):
        if count > MAX_NODES or depth > MAX_DEPTH:
            errors[node.id, ""] = f"A pipeline has at most {MAX_NODES} nodes, nested at most {MAX_DEPTH} deep."
            break
        if node.id in seen:
            errors[node.id, ""] = f'Two nodes have the id "{node.id}". Give each its own.'
        seen.add(node.id)
        found = check_step(node.transform, node.params) if isinstance(node, Step) else _check_group(node)
        errors |= {(node.id, name): message for name, message in found.items()}
        if message := check_p(node.p):
            errors[node.id, "p"] = message
        if node.id in channels_only and isinstance(node, Step) and _needs_more_than_image(node.transform):
            why = "needs more than an image, and SelectiveChannelTransform hands on nothing but channels."
            errors.setdefault((node.id, ""), f"{node.transform} {why} Move the step out of it.")
    return errors


def _inside_channels(nodes: Nodes) -> frozenset[str]:
    """The ids of all nodes below a SelectiveChannelTransform."""
    groups = [n for n, _ in walk(nodes) if isinstance(n, Group) and n.kind == "SelectiveChannelTransform"]
    return frozenset(node.id for group in groups for node, _ in walk(group.children))


def _needs_more_than_image(transform: str) -> bool:
    return transform in EXTRAS or (transform in catalog() and bool(catalog()[transform].needs))


GROUP_PARAMS: Mapping[str, Mapping[str, Any]] = {
    "SomeOf": {"n": 1, "replace": False},
    "RandomOrder": {"n": 1, "replace": False},
    "SelectiveChannelTransform": {"channels": [0, 1, 2]},
}
MAX_DRAWS = 100  # of SomeOf with replacement


def group_params(group: Group) -> dict[str, Any]:
    """All parameters of a group besides p; those that it leaves out have albumentations' default."""
    return {**GROUP_PARAMS.get(group.kind, {}), **group.params}


@functools.cache
def default_p(kind: GroupKind) -> float:
    """The probability that albumentations gives a group."""
    return float(inspect.signature(getattr(A, kind)).parameters["p"].default)


def is_unfinished(group: Group) -> bool:
    """Whether a group has fewer steps than its kind needs, so that it does nothing yet."""
    return len(group.children) < (2 if group.kind == "OneOrOther" else 1)


def is_on(node: Node) -> bool:
    """Whether a node can do anything: it is enabled and, if it is a group, finished and some child is on."""
    if isinstance(node, Step):
        return node.enabled
    return node.enabled and not is_unfinished(node) and any(map(is_on, node.children))


def active(group: Group) -> Nodes:
    """The children of a group that are on, which albumentations gets."""
    return tuple(filter(is_on, group.children))


def draws(group: Group) -> int:
    """How many children SomeOf and RandomOrder draw: `n`, without replacement at most as many as are on."""
    params = group_params(group)
    return int(params["n"]) if params["replace"] else min(int(params["n"]), len(active(group)))


def _check_group(group: Group) -> dict[str, str]:
    known = GROUP_PARAMS.get(group.kind, {})
    errors = {name: f"{group.kind} has no parameter {name}." for name in group.params if name not in known}
    if is_on(group):
        errors |= _check_children(group)
    return errors | _check_group_params(group)


def _check_children(group: Group) -> dict[str, str]:
    on = active(group)
    if group.kind == "OneOrOther" and len(on) != 2:
        return {"": f"OneOrOther takes exactly 2 steps that are on; it has {len(on)}."}
    if group.kind == "OneOf" and not sum(child.p for child in on if check_p(child.p) is None) > 0:
        return {"": "OneOf chooses by its steps' probabilities, and they sum to 0. Give at least one a p above 0."}
    return {}


def _check_group_params(group: Group) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, value in group_params(group).items():
        whole = isinstance(value, int) and not isinstance(value, bool)
        if name == "n" and not (whole and 1 <= value <= MAX_DRAWS):
            errors[name] = f"n must be a whole number from 1 to {MAX_DRAWS}. You gave {value}."
        if name == "replace" and not isinstance(value, bool):
            errors[name] = f"replace must be true or false. You gave {value}."
        if name == "channels" and not _are_channels(value):
            errors[name] = f"channels must name some of 0, 1 and 2, each once. You gave {value}."
    return errors


def _are_channels(value: Any) -> bool:
    numbers = isinstance(value, list) and all(type(channel) is int for channel in value)
    return numbers and 1 <= len(value) == len(set(value)) and set(value) <= {0, 1, 2}


def transforms(nodes: Nodes) -> dict[str, Any]:
    """Node id -> transform or composer of albumentations, for the nodes of this level that are on, in order."""
    return {node.id: _make(node) for node in nodes if is_on(node)}


def made_ids(nodes: Nodes) -> tuple[str, ...]:
    """The ids of the nodes that `transforms` makes at any depth, parents before their children."""
    on = filter(is_on, nodes)
    return tuple(
        node_id for node in on for node_id in (node.id, *(made_ids(node.children) if isinstance(node, Group) else ()))
    )


def _make(node: Node) -> Any:
    if isinstance(node, Step):
        made = build(node.transform, node.params, node.p, node.id)[0]
    else:
        options = arguments(node.params) | {"p": node.p}
        if node.kind in ("SomeOf", "RandomOrder"):
            options["n"] = draws(node)
        made = getattr(A, node.kind)(transforms=list(transforms(node.children).values()), **options)
    made.explorer_node = node.id  # identifies the node in what `observe` records
    return made
