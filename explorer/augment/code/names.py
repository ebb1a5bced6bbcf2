"""Which names lead into which library, also where the code that was pasted lacks its imports; what constants are."""

import ast
import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from explorer.augment.catalog import catalog, exclusions
from explorer.augment.code.folding import KNOWN
from explorer.augment.code.legacy import GONE, OLD
from explorer.augment.code.values import Reference
from explorer.augment.pipeline import GROUP_KINDS

COMPOSERS = frozenset({*GROUP_KINDS, "Compose", "ReplayCompose"})
PARAMETERS = frozenset({"BboxParams", "KeypointParams"})
_USUAL = {
    "A": "albumentations",
    "albu": "albumentations",
    "alb": "albumentations",
    "albumentations": "albumentations",
    "np": "numpy",
    "numpy": "numpy",
    "math": "math",
    "cv2": "cv2",
    "os": "os",
    "random": "random",
    "argparse": "argparse",
    "copy": "copy",
    "functools": "functools",
    "itertools": "itertools",
    "collections": "collections",
    "dataclasses": "dataclasses",
    "types": "types",
    "partial": "functools.partial",
    "chain": "itertools.chain",
    "deepcopy": "copy.deepcopy",
    "namedtuple": "collections.namedtuple",
    "field": "dataclasses.field",
}
# Classes whose attributes are items at the same time, wherever they are imported from.
NAMESPACES = frozenset(
    {"SimpleNamespace", "Namespace", "EasyDict", "AttrDict", "ConfigDict", "FrozenConfigDict", "CfgNode", "Munch",
     "DotMap", "Bunch", "Box"}
)  # fmt: skip
# Functions of Python itself that take any values, and steps among them.
BUILTINS = frozenset(
    {"list", "set", "iter", "tuple", "dict", "len", "reversed", "sorted", "filter", "map", "zip", "enumerate",
     "getattr", "setattr", "vars", "super", "isinstance"}
)  # fmt: skip
# Where else steps come from, and what is said of them.
FOREIGN = {
    "torchvision": "It comes from torchvision.",
    "imgaug": "It comes from imgaug.",
    "kornia": "It comes from kornia.",
    "monai": "It comes from monai.",
    "torch": "It comes from torch.",
    "fastai": "It comes from fastai.",
}


@functools.cache
def transform_names() -> frozenset[str]:
    """Every name of a transform or composer that albumentations has, or once had."""
    return frozenset({*catalog(), *exclusions(), *OLD, *GONE, *COMPOSERS, *PARAMETERS})


def well_known(name: str) -> Reference | None:
    """What a name means that the code does not define."""
    if name in _USUAL:
        return Reference(_USUAL[name])
    if name in transform_names():
        return Reference(f"albumentations.{name}")
    return Reference(name) if name in _CALLED or name in _ENUMERATED else None


_CALLED = frozenset({*(name for name in KNOWN if "." not in name), *BUILTINS, *NAMESPACES})
_ENUMERATED = frozenset({"ImageCompressionType", "PositionType"})


def is_class(path: str) -> bool:
    """Whether a dotted name leads to a class of albumentations, also to one that 2.0.8 does not have.

    Classes begin with a capital letter there, functions (`A.save`) and methods (`A.Compose.from_pretrained`) do not.
    """
    return path.startswith("albumentations.") and path.rpartition(".")[2][:1].isupper()


def foreign(path: str) -> str:
    """What is said of a step from another library; "" where nothing is known of it."""
    return FOREIGN.get(path.partition(".")[0], "")


def is_known(path: str) -> bool:
    """Whether anything is known of the library that a dotted name leads into."""
    return path.partition(".")[0] in _ROOTS or path.rpartition(".")[2] in NAMESPACES


_LIBRARIES = ("enum", "operator", "pydantic", "attr", "attrs", "easydict", "ml_collections", "omegaconf", "addict",
              "yacs", "munch")  # fmt: skip
_ROOTS = frozenset({*_USUAL.values(), *FOREIGN, *_CALLED, *_ENUMERATED, *_LIBRARIES})


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Reference]]:
    """Name -> what it leads to, for every name that an import makes. A star brings the names of transforms."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, Reference(whole)
        elif alias.name == "*":
            if foreign(node.module or "") or node.module == "albumentations":
                yield from ((name, Reference(f"{node.module}.{name}")) for name in transform_names())
        else:
            yield alias.asname or alias.name, Reference(f"{'.' * node.level}{node.module or ''}.{alias.name}")


# Constants

# The last two parts of a dotted name -> what 2.0.8 has in its place.
ENUMERATIONS: Mapping[str, str] = {
    "ImageCompressionType.JPEG": "jpeg",
    "ImageCompressionType.WEBP": "webp",
    "PositionType.CENTER": "center",
    "PositionType.TOP_LEFT": "top_left",
    "PositionType.TOP_RIGHT": "top_right",
    "PositionType.BOTTOM_LEFT": "bottom_left",
    "PositionType.BOTTOM_RIGHT": "bottom_right",
    "PositionType.RANDOM": "random",
}
# Other names that OpenCV has for the same numbers.
_ALSO = {"BORDER_DEFAULT": "BORDER_REFLECT_101", "BORDER_REFLECT101": "BORDER_REFLECT_101"}


@functools.cache
def opencv() -> Mapping[str, int]:
    """Name without "cv2." -> number, for every constant that some parameter of the catalog offers."""
    found = {
        choice.label: choice.value
        for transform in catalog().values()
        for parameter in transform.parameters.values()
        for choice in parameter.choices
        if choice.label.startswith(("INTER_", "BORDER_"))
    }
    return MappingProxyType({**found, **{name: found[other] for name, other in _ALSO.items() if other in found}})
