"""Every transform on offer, as found in albumentations; those that are left out have a reason."""

import functools
import inspect
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import albumentations as A

from explorer.augment import documentation, extras
from explorer.augment.parameters import JsonValue, Parameter, read
from explorer.augment.soft import GENTLE

GROUPS = (
    "Flip and rotate", "Geometry", "Distortion", "Crop", "Resize and pad", "Color and light", "Blur and sharpen",
    "Noise and compression", "Dropout", "Weather", "Images and text", "Spectrogram", "Values and type", "Other",
)  # fmt: skip

_OWN_GROUP = {
    **dict.fromkeys(["RandomFog", "RandomGravel", "RandomRain", "RandomSnow", "RandomSunFlare", "Spatter"], "Weather"),
    **dict.fromkeys(["AdditiveNoise", "GaussNoise", "ISONoise", "MultiplicativeNoise"], "Noise and compression"),
    **dict.fromkeys(["SaltAndPepper", "ShotNoise", "Downscale", "ImageCompression"], "Noise and compression"),
    **dict.fromkeys(["Sharpen", "UnsharpMask", "Emboss", "RingingOvershoot"], "Blur and sharpen"),
    **dict.fromkeys(["Normalize"], "Values and type"),
    "NoOp": "Other",
}
_MODULE_GROUP = {
    "pixel": "Color and light",
    "blur": "Blur and sharpen",
    "crops": "Crop",
    "dropout": "Dropout",
    "geometric.flip": "Flip and rotate",
    "geometric.rotate": "Flip and rotate",
    "geometric.resize": "Resize and pad",
    "geometric.pad": "Resize and pad",
    "geometric.distortion": "Distortion",
    "geometric": "Geometry",
    "spectrogram": "Spectrogram",
    "other.type_transform": "Values and type",
    "mixing": "Images and text",
    "text": "Images and text",
}
_EXCLUDED = {
    "Lambda": "It runs Python functions, and no code that comes from a form or a file is ever run here.",
    "ToTensorV2": "It makes a torch tensor, which cannot be shown; training does it after the pipeline.",
    "ToTensor3D": "It makes a torch tensor of a volume; images here have two dimensions.",
}
_THREE_D = "It works on volumes (3-D); images here have two dimensions."
_TARGETS = {"IMAGE": "image", "MASK": "mask", "BBOXES": "bboxes", "KEYPOINTS": "keypoints"}
_NEEDS = {
    **dict.fromkeys(["MaskDropout", "CropNonEmptyMaskIfExists"], frozenset({"mask"})),
    **dict.fromkeys(
        ["AtLeastOneBBoxRandomCrop", "BBoxSafeRandomCrop", "RandomSizedBBoxSafeCrop"], frozenset({"bboxes"})
    ),
}
_HANDED_OVER = ("reference_images", "read_fn", "font_path")  # see `extras`
_BASES = {A.BasicTransform, A.DualTransform, A.ImageOnlyTransform, A.Transform3D}

# Values of a new step if albumentations has no default, or one that changes nothing or fails on a photograph of 500 px.
# They are written into the step.
_STARTS: dict[str, dict[str, JsonValue]] = {
    "Affine": {"rotate": [-20.0, 20.0]},
    "AtLeastOneBBoxRandomCrop": {"height": 256, "width": 256},
    "CenterCrop": {"height": 256, "width": 256},
    "ConstrainedCoarseDropout": {"mask_indices": [1]},
    "Crop": {"x_max": 256, "y_max": 256},
    "CropAndPad": {"percent": [-0.2, 0.0]},
    "CropNonEmptyMaskIfExists": {"height": 256, "width": 256},
    "ElasticTransform": {"alpha": 120.0, "sigma": 12.0},
    "GridElasticDeform": {"num_grid_xy": [4, 4], "magnitude": 20},
    "ImageCompression": {"quality_range": [40, 80]},
    "LongestMaxSize": {"max_size": 256},
    "Pad": {"padding": 32},
    "PadIfNeeded": {"min_height": 640, "min_width": 640},
    "RandomCrop": {"height": 256, "width": 256},
    "RandomResizedCrop": {"size": [256, 256]},
    "RandomSizedBBoxSafeCrop": {"height": 256, "width": 256},
    "RandomSizedCrop": {"min_max_height": [128, 256], "size": [256, 256]},
    "Resize": {"height": 256, "width": 256},
    "SmallestMaxSize": {"max_size": 256},
    "XYMasking": {"num_masks_x": [1, 3], "num_masks_y": [1, 3], "mask_x_length": [20, 60], "mask_y_length": [20, 60]},
}


@dataclass(frozen=True)
class Transform:
    """A transform of albumentations with what a form needs.

    Attributes:
        targets: Targets that it changes, of "image", "mask", "bboxes" and "keypoints".
        default_p: Its default probability.
        needs: Targets that a sample must have.
        refuses: Targets with which albumentations raises an error instead of ignoring them.
        starts: Parameters of every new step.
        gentle: Further parameters of a step that is added from the list of transforms, see `soft.GENTLE`.
        accepted: Names of all arguments of the constructor, except p.
    """

    name: str
    group: str
    targets: frozenset[str]
    parameters: Mapping[str, Parameter]
    summary: str
    documentation: str
    default_p: float
    needs: frozenset[str]
    refuses: frozenset[str]
    starts: Mapping[str, JsonValue]
    gentle: Mapping[str, JsonValue]
    cls: type[A.BasicTransform] = field(repr=False, compare=False)
    accepted: frozenset[str] = field(repr=False, compare=False, default=frozenset())


@functools.cache
def _found() -> Mapping[str, type[A.BasicTransform]]:
    members = inspect.getmembers(A, inspect.isclass)
    return {name: cls for name, cls in members if issubclass(cls, A.BasicTransform) and cls not in _BASES}


@functools.cache
def exclusions() -> Mapping[str, str]:
    """Name -> reason, for every transform of albumentations that `catalog()` leaves out."""
    three_d = {name: _THREE_D for name, cls in _found().items() if issubclass(cls, A.Transform3D)}
    # Transforms that make tensors are not found, since albumentations was imported without torch.
    return MappingProxyType(dict(sorted({**three_d, **_EXCLUDED}.items())))


@functools.cache
def catalog() -> Mapping[str, Transform]:
    """All transforms on offer by their name, sorted."""
    offered = {name: cls for name, cls in _found().items() if name not in exclusions()}
    return MappingProxyType({name: _describe(name, cls) for name, cls in sorted(offered.items())})


def _describe(name: str, cls: type[A.BasicTransform]) -> Transform:
    text = documentation.read(cls.__doc__)
    signature = inspect.signature(cls.__init__).parameters
    starts = _STARTS.get(name, {})
    parameters: dict[str, Parameter] = {}
    fields: Any = cls.InitSchema.model_fields
    extra = extras.EXTRAS.get(name)
    hidden = {"p", "strict"} | ({extra.key, *_HANDED_OVER} if extra else set())
    for key in signature:
        if key in fields and key not in hidden:
            parameter = read(name, key, fields[key], signature[key].default, text.parameters.get(key, ""))
            if parameter is not None:
                parameters[key] = replace(parameter, default=starts[key]) if parameter.required else parameter
    if extra:
        starts = {**extra.starts, **starts}
        parameters = {parameter.name: parameter for parameter in extra.parameters} | parameters
    p = signature["p"].default if "p" in signature else 0.5
    targets = frozenset(_TARGETS[target.name] for target in cls._targets if target.name in _TARGETS)
    return Transform(
        name=name,
        group=_group(name, cls),
        targets=targets,
        parameters=MappingProxyType(parameters),
        summary=text.summary,
        documentation=text.markdown,
        default_p=float(p),
        needs=_NEEDS.get(name, frozenset()),
        refuses=frozenset(_TARGETS.values()) - targets if issubclass(cls, A.DualTransform) else frozenset(),
        starts=MappingProxyType(starts),
        gentle=MappingProxyType(dict(GENTLE.get(name, {}))),
        cls=cls,
        accepted=(frozenset(signature) | set(parameters)) - {"self", "p", "strict"},
    )


def _group(name: str, cls: type[A.BasicTransform]) -> str:
    if name in _OWN_GROUP:
        return _OWN_GROUP[name]
    module = cls.__module__.removeprefix("albumentations.augmentations.")
    parts = module.split(".")
    return _MODULE_GROUP.get(".".join(parts[:2])) or _MODULE_GROUP.get(parts[0], "Other")


_construction = threading.Lock()  # warnings are collected for the whole process


def build(name: str, params: Mapping[str, JsonValue], p: float = 1.0, node_id: str = "") -> tuple[Any, tuple[str, ...]]:
    """Construct a transform from JSON values, and also return albumentations' warnings.

    The node's id makes the key for what is passed with a call, see `extras`. Raises what albumentations raises:
    ValueError, TypeError and others.
    """
    own, further = extras.split(name, params, node_id)
    warned: list[str] = []
    here = threading.get_ident()

    def note(message: Warning | str, *_: Any, **__: Any) -> None:
        if threading.get_ident() == here:  # other threads may warn while they draw
            warned.append(str(message))

    with _construction, warnings.catch_warnings():
        warnings.simplefilter("always")
        # The garbage collector may warn about files and sockets here, which is none of the transform's business.
        warnings.simplefilter("ignore", ResourceWarning)
        warnings.showwarning = note
        made = catalog()[name].cls(**arguments(own), **further, p=p)
    return made, tuple(warned)


def arguments(params: Mapping[str, JsonValue]) -> dict[str, Any]:
    """Parameters as albumentations takes them: a list of JSON is a tuple in Python code."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in params.items()}


@functools.cache
def advice(name: str) -> tuple[str, ...]:
    """Albumentations' warnings about a transform with any parameters, such as that it is slow or deprecated."""
    return build(name, catalog()[name].starts)[1]
