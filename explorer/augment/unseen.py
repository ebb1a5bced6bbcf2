"""Steps of a pipeline of views that a training has not seen: a network need not know what they make of an image."""

from collections.abc import Iterator, Mapping

from explorer.augment.pipeline import Group, Nodes, Pipeline, is_on

# What each of these steps makes is also made by the steps after it.
_TURNS = ("Rotate", "SafeRotate", "Affine", "ShiftScaleRotate")
_CROPS = ("RandomResizedCrop", "RandomSizedCrop", "RandomSizedBBoxSafeCrop", "RandomCrop", "RandomCropFromBorders")
_COLORS = ("ColorJitter", "HueSaturationValue")
_LIGHT = ("RandomBrightnessContrast", "ColorJitter", "RandomGamma", "RandomToneCurve")
COVERED_BY: Mapping[str, tuple[str, ...]] = {
    "HorizontalFlip": ("D4", "SquareSymmetry"),
    "VerticalFlip": ("D4", "SquareSymmetry"),
    "Transpose": ("D4", "SquareSymmetry"),
    "RandomRotate90": ("D4", "SquareSymmetry"),
    "D4": ("SquareSymmetry",),
    "SquareSymmetry": ("D4",),
    **{name: tuple(other for other in _TURNS if other != name) for name in _TURNS},
    **{name: tuple(other for other in _CROPS if other != name) for name in _CROPS},
    **{name: tuple(other for other in _COLORS if other != name) for name in _COLORS},
    **{name: tuple(other for other in _LIGHT if other != name) for name in _LIGHT if name != "ColorJitter"},
}
# They leave an image as validation sees it, or only cut and scale it.
_HARMLESS = frozenset({"NoOp", "Resize", "CenterCrop", "LongestMaxSize", "SmallestMaxSize", "Normalize", "ToFloat"})


def unseen(views: Pipeline, training: Pipeline) -> tuple[str, ...]:
    """The transforms of views that the training pipeline has neither itself nor one that makes the same.

    How strong a step is does not count: a rotation by 5 degrees in training covers one by 90.
    """
    known = _names(training)
    return tuple(
        name
        for name in _names(views)
        if name not in known and name not in _HARMLESS and not known.keys() & set(COVERED_BY.get(name, ()))
    )


def _names(pipeline: Pipeline) -> dict[str, None]:
    """The transforms of a pipeline that can fire, each once, in their order."""
    return dict.fromkeys(_firing(pipeline.nodes))


def _firing(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if not is_on(node) or node.p == 0:
            continue
        if isinstance(node, Group):
            yield from _firing(node.children)
        else:
            yield node.transform
