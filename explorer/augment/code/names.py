"""Names of libraries, also for pasted code without its imports, and values of their constants."""

import ast
import functools
from collections.abc import Iterator, Mapping

from explorer.augment.catalog import catalog, exclusions
from explorer.augment.code.folding import KNOWN
from explorer.augment.code.legacy import GONE, OLD
from explorer.augment.code.values import Reference
from explorer.augment.parameters import CV2_NAMES
from explorer.augment.pipeline import GROUP_KINDS

COMPOSERS = frozenset({*GROUP_KINDS, "Compose", "ReplayCompose"})
PARAMETERS = frozenset({"BboxParams", "KeypointParams"})
_MODULES = ("albumentations", "numpy", "math", "cv2", "os", "random", "argparse", "copy", "functools", "itertools",
            "collections", "dataclasses", "types")  # fmt: skip
_USUAL = {
    **{name: name for name in _MODULES},
    **dict.fromkeys(("A", "albu", "alb"), "albumentations"),
    "np": "numpy",
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
# Where else steps come from.
FOREIGN = frozenset({"torchvision", "imgaug", "kornia", "monai", "torch", "fastai"})


@functools.cache
def transform_names() -> frozenset[str]:
    """Every name of a transform or composer that albumentations has, or once had."""
    return frozenset({*catalog(), *exclusions(), *OLD, *GONE, *COMPOSERS, *PARAMETERS})


def well_known(name: str) -> Reference | None:
    """The usual meaning of a name that the code does not define."""
    if name in _USUAL:
        return Reference(_USUAL[name])
    if name in transform_names():
        return Reference(f"albumentations.{name}")
    return Reference(name) if name in _CALLED or name in _ENUMERATED else None


_CALLED = frozenset({*(name for name in KNOWN if "." not in name), *BUILTINS, *NAMESPACES})
_ENUMERATED = frozenset({"ImageCompressionType", "PositionType"})


def is_class(path: str) -> bool:
    """Whether a dotted name is a class of albumentations, which begins with a capital letter; 2.0.8 may not have it."""
    return path.startswith("albumentations.") and path.rpartition(".")[2][:1].isupper()


def foreign(path: str) -> str:
    """A sentence about a step from another library, "" for an unknown one."""
    library = path.partition(".")[0]
    return f"It comes from {library}." if library in FOREIGN else ""


def is_known(path: str) -> bool:
    """Whether a dotted name begins with a known library."""
    return path.partition(".")[0] in _ROOTS or path.rpartition(".")[2] in NAMESPACES


_LIBRARIES = ("enum", "operator", "pydantic", "attr", "attrs", "easydict", "ml_collections", "omegaconf", "addict",
              "yacs", "munch")  # fmt: skip
_ROOTS = frozenset({*_USUAL.values(), *FOREIGN, *_CALLED, *_ENUMERATED, *_LIBRARIES})


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Reference]]:
    """Name and reference for every name that an import makes; a star makes the names of all transforms."""
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
    **{f"ImageCompressionType.{name}": name.lower() for name in ("JPEG", "WEBP")},
    **{
        f"PositionType.{name}": name.lower()
        for name in ("CENTER", "TOP_LEFT", "TOP_RIGHT", "BOTTOM_LEFT", "BOTTOM_RIGHT", "RANDOM")
    },
}
# Other names that OpenCV has for the same numbers.
_ALSO = {"BORDER_DEFAULT": "BORDER_REFLECT_101", "BORDER_REFLECT101": "BORDER_REFLECT_101"}


@functools.cache
def opencv() -> Mapping[str, int]:
    """Name without "cv2." -> number, for every constant that a parameter can take."""
    numbers = {name: number for names in CV2_NAMES.values() for number, name in names.items()}
    return {**numbers, **{name: numbers[other] for name, other in _ALSO.items()}}
