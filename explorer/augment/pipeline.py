"""The tree of steps: a Draft may be wrong, a Pipeline is valid and can be applied."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import albumentations as A
from pydantic import BaseModel, ConfigDict, Field, model_validator

from explorer.augment.catalog import arguments, build
from explorer.augment.checks import check_p, check_step

NodeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Errors = Mapping[tuple[str, str], str]  # (node id, parameter) -> message; parameter "" is the node itself
GroupKind = Literal["Sequential", "OneOf", "SomeOf", "RandomOrder", "OneOrOther", "SelectiveChannelTransform"]

MAX_NODES = 1000
MAX_DEPTH = 40


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class Step(_Value):
    """One transform. params: JSON values, only those that differ from albumentations' defaults or are required."""

    kind: Literal["step"] = "step"
    id: NodeId
    transform: Annotated[str, Field(max_length=100)]
    params: dict[str, Any] = Field(default_factory=dict)
    p: float = 0.5
    enabled: bool = True


class Group(_Value):
    """A composer around other nodes. params: `n` and `replace` of SomeOf and RandomOrder, `channels`."""

    kind: GroupKind
    id: NodeId
    children: "tuple[Node, ...]" = ()
    params: dict[str, Any] = Field(default_factory=dict)
    p: float = 0.5
    enabled: bool = True


Node = Annotated[Step | Group, Field(discriminator="kind")]


class Draft(_Value):
    """A pipeline that is being edited; its parameters may be wrong."""

    name: Annotated[str, Field(max_length=100)] = ""
    nodes: tuple[Node, ...] = ()


class DraftErrors(ValueError):
    """What keeps a draft from being a pipeline. errors: (node id, parameter) -> message."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors: Errors = dict(errors)


class Pipeline(_Value):
    """A valid pipeline. Making one of wrong nodes raises pydantic's ValidationError; `validate` says it by field."""

    name: Annotated[str, Field(max_length=100)] = ""
    nodes: tuple[Node, ...] = ()

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if errors := check(self.nodes):
            raise ValueError(" ".join(errors.values()))
        return self

    @cached_property
    def key(self) -> str:
        """The same for pipelines that do the same; for caches."""
        return json.dumps([node.model_dump() for node in self.nodes], sort_keys=True)

    def to_compose(self, *, bboxes: bool = True, keypoints: bool = True) -> A.Compose:
        """The `A.Compose`, for samples with or without boxes and keypoints; its seed is not set.

        Boxes are Pascal VOC (px) with the class in a fifth column, keypoints x, y, class. What leaves the picture is
        dropped, boxes are cut at its border.
        """
        return self.compose(list(transforms(self.nodes).values()), bboxes=bboxes, keypoints=keypoints)

    @staticmethod
    def compose(top: list[Any], *, bboxes: bool, keypoints: bool) -> A.Compose:
        """A Compose around transforms that are made already."""
        return A.Compose(
            top,
            bbox_params=A.BboxParams(format="pascal_voc", clip=True) if bboxes else None,
            keypoint_params=A.KeypointParams(format="xy") if keypoints else None,
        )


def validate(draft: Draft) -> Pipeline:
    """The draft as a Pipeline. Raises DraftErrors with a message for each wrong parameter."""
    if errors := check(draft.nodes):
        raise DraftErrors(errors)
    return Pipeline(name=draft.name, nodes=draft.nodes)


def walk(nodes: tuple[Node, ...], depth: int = 1) -> Iterator[tuple[Node, int]]:
    """Every node with its depth, parents before their children, in the order of application."""
    for node in nodes:
        yield node, depth
        if isinstance(node, Group):
            yield from walk(node.children, depth + 1)


def check(nodes: tuple[Node, ...]) -> Errors:
    """What is wrong with a tree of nodes; empty where all is well."""
    errors: dict[tuple[str, str], str] = {}
    seen: set[str] = set()
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
    return errors


_GROUP_PARAMS: dict[str, frozenset[str]] = {
    "SomeOf": frozenset({"n", "replace"}),
    "RandomOrder": frozenset({"n", "replace"}),
    "SelectiveChannelTransform": frozenset({"channels"}),
}


def _check_group(group: Group) -> dict[str, str]:
    errors = {
        name: f"{group.kind} has no parameter {name}."
        for name in group.params
        if name not in _GROUP_PARAMS.get(group.kind, frozenset())
    }
    if not group.children:
        errors[""] = f"{group.kind} has no steps in it. Add one, or remove it."
    if group.kind == "OneOrOther" and len(group.children) != 2:
        errors[""] = f"OneOrOther takes exactly 2 steps; it has {len(group.children)}."
    n = group.params.get("n", 1)
    if "n" not in errors and (isinstance(n, bool) or not isinstance(n, int) or n < 1):
        errors["n"] = f"n must be a whole number of at least 1. You gave {n}."
    channels = group.params.get("channels", [0, 1, 2])
    if "channels" not in errors and not (isinstance(channels, list) and channels and set(channels) <= {0, 1, 2}):
        errors["channels"] = f"channels must be a list of 0, 1 and 2. You gave {channels}."
    return errors


def transforms(nodes: tuple[Node, ...]) -> dict[str, Any]:
    """Node id -> transform or composer, for the enabled nodes of this level, in order."""
    return {node.id: _make(node) for node in nodes if node.enabled}


def _make(node: Node) -> Any:
    if isinstance(node, Step):
        made = build(node.transform, node.params, node.p)[0]
        made.explorer_node = node.id  # how `augment` finds the step of a transform that was drawn
        return made
    children = list(transforms(node.children).values())
    options = arguments(node.params) | {"p": node.p}
    if node.kind in ("SomeOf", "RandomOrder"):
        options.setdefault("n", 1 if node.kind == "SomeOf" else len(children))
    return getattr(A, node.kind)(children, **options)
