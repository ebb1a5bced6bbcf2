"""Pipelines to begin with, and to learn from: for each what it is for, and when it harms.

The order within a pipeline is that of the world: first how the thing lies before the camera, then light, then lens and
sensor, last what saving the file does. Where something is uncertain, composers say how: OneOf for causes that exclude
each other, SomeOf and RandomOrder where any mixture may come.
"""

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2

from explorer.augment.pipeline import Draft, Group, GroupKind, Node, Nodes, Step, rebuilt


@dataclass(frozen=True)
class Preset:
    """A pipeline to begin with. Its purpose and its harm are a sentence each; the ids of its nodes are n1, n2, ...

    Attributes:
        note: Where it departs from what its title names; empty where it does not.
    """

    name: str
    title: str
    purpose: str
    harm: str
    nodes: Nodes
    note: str = ""


@functools.cache
def presets() -> Mapping[str, Preset]:
    """Name -> preset, in the order in which they are offered. Images keep their size."""
    return {one.name: replace(one, nodes=numbered(one.nodes)) for one in _PRESETS}


def draft(name: str) -> Draft:
    """A draft with the steps of a preset, named after it. Raises KeyError for an unknown name."""
    preset = presets()[name]
    return Draft(name=preset.title, nodes=preset.nodes)


def numbered(nodes: Nodes) -> Nodes:
    """The nodes with the ids n1, n2, ..., so that everybody sees the same draws."""
    numbers = itertools.count(1)
    return rebuilt(nodes, lambda node: (node.model_copy(update={"id": f"n{next(numbers)}"}),))


def _step(transform: str, p: float, **params: Any) -> Step:
    return Step(id="new", transform=transform, params=params, p=p)


def _group(kind: GroupKind, p: float, *children: Node, **params: Any) -> Group:
    return Group(kind=kind, id="new", children=children, params=params, p=p)


_REFLECTED = cv2.BORDER_REFLECT_101  # fields and tissue go on beyond the border; black corners would be learned
_WHITE = 255.0  # paper
# What a smaller sensor does: pixels are averaged, and drawn large again smoothly.
_COARSER = {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}

# TrivialAugment (Müller and Hutter 2021, https://arxiv.org/abs/2103.10158, "wide"): one of 14 operations, each with
# the same probability, at a strength that is drawn uniformly.
_SMOOTH = 0.65  # sigma at which 3 x 3 pixels weigh their middle as Pillow's SMOOTH does, by 5 of 13
_FACTOR = [0.01, 2.0]  # of color, contrast and brightness; 1 leaves the image as it is
_SHIFT = [-32 / 224, 32 / 224]  # 32 px of an image of 224 px


def _only(**jitter: list[float]) -> Step:
    unchanged = {"brightness": [1.0, 1.0], "contrast": [1.0, 1.0], "saturation": [1.0, 1.0], "hue": [0.0, 0.0]}
    return _step("ColorJitter", 1.0, **{**unchanged, **jitter})


_TRIVIAL = _group(
    "OneOf", 1.0,
    _step("NoOp", 1.0),
    _step("AutoContrast", 1.0, method="pil"),
    _step("Equalize", 1.0, mode="pil"),
    _step("Affine", 1.0, rotate=[-135.0, 135.0]),
    _step("Solarize", 1.0, threshold_range=[0.0, 1.0]),
    _only(saturation=_FACTOR),
    _step("Posterize", 1.0, num_bits=[2, 8]),
    _only(contrast=_FACTOR),
    _only(brightness=_FACTOR),
    # Sharpness from 0.01 to 2: up to 1 the image is blended with a smooth one, above 1 it moves away from that.
    _group("OneOf", 1.0,
           _step("Sharpen", 1.0, alpha=[0.01, 1.0], method="gaussian", kernel_size=3, sigma=_SMOOTH),
           _step("UnsharpMask", 1.0, alpha=[0.0, 1.0], blur_limit=[3, 3], sigma_limit=[_SMOOTH, _SMOOTH], threshold=0)),
    _step("Affine", 1.0, shear={"x": [-45.0, 45.0], "y": [0.0, 0.0]}),
    _step("Affine", 1.0, shear={"x": [0.0, 0.0], "y": [-45.0, 45.0]}),
    _step("Affine", 1.0, translate_percent={"x": _SHIFT, "y": [0.0, 0.0]}),
    _step("Affine", 1.0, translate_percent={"x": [0.0, 0.0], "y": _SHIFT}),
)  # fmt: skip

TRIVIAL_AUGMENT = "trivial"  # the key of its preset

_PRESETS = (
    Preset(
        "light",
        "Light",
        "For a first run. Each image looks as if it had been taken a moment earlier or later.",
        "Avoid when left and right mean different things, as in text or on X-rays.",
        (
            _step("HorizontalFlip", 0.5),
            _step("CropAndPad", 0.5, percent=[-0.06, 0.0], sample_independently=False),
            _step("RandomBrightnessContrast", 0.5, brightness_limit=[-0.1, 0.1], contrast_limit=[-0.1, 0.1]),
        ),
    ),
    Preset(
        "medium",
        "Medium",
        "For photographs of everyday objects with hundreds to thousands of training images.",
        "Avoid when color or exact shape separates the classes, as with ripe and unripe fruit.",
        (
            _step("HorizontalFlip", 0.5),
            _step("Affine", 0.7, scale=[0.85, 1.15], translate_percent=[-0.06, 0.06], rotate=[-15.0, 15.0]),
            # Weights: twice as often the light as the color of the light.
            _group("OneOf", 0.7,
                   _step("RandomBrightnessContrast", 0.4),
                   _step("RandomGamma", 0.4),
                   _step("HueSaturationValue", 0.4, hue_shift_limit=[-10.0, 10.0])),
            _group("OneOf", 0.3,
                   _step("GaussianBlur", 0.3, sigma_limit=[0.5, 1.5]),
                   _step("GaussNoise", 0.3, std_range=[0.02, 0.06]),
                   _step("ImageCompression", 0.4, quality_range=[50, 90])),
            # Cutout (DeVries and Taylor 2017): no single part may decide.
            _step("CoarseDropout", 0.3),
        ),
    ),
    Preset(
        "strong",
        "Strong",
        "For long training of a large model on few images, in the style of RandAugment and self-supervised learning.",
        "Avoid with short training or small models, which then learn the distortions instead of the objects.",
        (
            _step("HorizontalFlip", 0.5),
            _step("Affine", 0.9, scale=[0.65, 1.35], translate_percent=[-0.12, 0.12], rotate=[-30.0, 30.0],
                  shear=[-10.0, 10.0], balanced_scale=True),
            # RandAugment (Cubuk et al. 2019) draws some of many; here without those that move pixels.
            _group("SomeOf", 1.0,
                   _step("ColorJitter", 0.9, brightness=[0.6, 1.4], contrast=[0.6, 1.4], saturation=[0.5, 1.5],
                         hue=[-0.1, 0.1]),
                   _step("RandomToneCurve", 0.9, scale=0.3),
                   _step("AutoContrast", 0.7),
                   _step("Equalize", 0.5),
                   _step("Posterize", 0.5),
                   _step("Solarize", 0.3),
                   _step("ToGray", 0.3),
                   n=3),
            _group("OneOf", 0.5,
                   _step("GaussianBlur", 0.3),
                   _step("MotionBlur", 0.2, blur_limit=[3, 9]),
                   _step("GaussNoise", 0.3, std_range=[0.05, 0.15]),
                   _group("Sequential", 0.2,
                          _step("Downscale", 1.0, scale_range=[0.3, 0.6], interpolation_pair=_COARSER),
                          _step("ImageCompression", 1.0, quality_range=[20, 60]))),
            _group("OneOf", 0.6,
                   _step("CoarseDropout", 0.7, num_holes_range=[2, 5]),
                   _step("GridDropout", 0.3, ratio=0.4)),
        ),
    ),
    Preset(
        "flips",
        "Flips only",
        "For images with no fixed orientation. Pixels are only rearranged, never changed.",
        "Avoid when gravity or the side matters, as with faces, streets and letters.",
        (_step("HorizontalFlip", 0.5), _step("VerticalFlip", 0.5)),
    ),
    Preset(
        "colour",  # the key in drafts and forms that people have
        "Color only",
        "For other cameras and other light. Masks, boxes and keypoints stay where they are.",
        "Avoid when the color itself is the finding, as in a litmus test or on healing skin.",
        (
            # Brightness before or after saturation gives another image, so the order is drawn too.
            _group("RandomOrder", 1.0,
                   _step("RandomBrightnessContrast", 0.8),
                   _step("HueSaturationValue", 0.8, hue_shift_limit=[-8.0, 8.0]),
                   _step("RandomGamma", 0.5, gamma_limit=[70.0, 140.0]),
                   _step("PlanckianJitter", 0.4),
                   n=3),
            _step("ToGray", 0.05),
        ),
    ),
    Preset(
        "documents",
        "Document scans",
        "For pages from scanners and phones: slightly skewed, unevenly lit, soft and strongly compressed.",
        "Avoid with fine print, which blur and compression may make unreadable. Pages are never mirrored.",
        (
            _step("Perspective", 0.5, scale=[0.01, 0.04], fill=_WHITE),
            _step("Affine", 0.7, rotate=[-2.5, 2.5], shear=[-1.5, 1.5], fill=_WHITE),
            _step("RandomBrightnessContrast", 0.5, brightness_limit=[-0.15, 0.15]),
            _group("OneOf", 0.5,
                   _step("RandomShadow", 0.4, shadow_roi=[0.0, 0.0, 1.0, 1.0], num_shadows_limit=[1, 1],
                         shadow_intensity_range=[0.15, 0.4]),
                   _step("Illumination", 0.4),
                   _step("PlasmaShadow", 0.2, shadow_intensity_range=[0.1, 0.4], roughness=0.6)),
            _step("ToGray", 0.4),
            # A phone shakes, or it is far away and its sensor is noisy; a scanner does neither.
            _group("OneOf", 0.5,
                   _step("MotionBlur", 0.25, blur_limit=[3, 5]),
                   _step("GaussianBlur", 0.25, sigma_limit=[0.4, 1.0]),
                   _group("Sequential", 0.5,
                          _step("Downscale", 1.0, scale_range=[0.6, 0.9], interpolation_pair=_COARSER),
                          _step("GaussNoise", 0.5, std_range=[0.01, 0.04]))),
            _step("ImageCompression", 0.5, quality_range=[35, 85]),
        ),
    ),
    Preset(
        "aerial",
        "Aerial and satellite",
        "For images taken from above: no fixed orientation, varying height, haze and clouds.",
        "Avoid when shadows carry the direction. Images that are not square may be turned on their side.",
        (
            _step("SquareSymmetry", 1.0),
            _step("Affine", 0.6, scale=[0.75, 1.33], balanced_scale=True, keep_ratio=True, border_mode=_REFLECTED),
            _group("SomeOf", 0.8,
                   _step("RandomBrightnessContrast", 0.8, contrast_limit=[-0.25, 0.25]),
                   _step("HueSaturationValue", 0.6, hue_shift_limit=[-8.0, 8.0], val_shift_limit=[-15.0, 15.0]),
                   _step("RandomToneCurve", 0.6),
                   _step("PlanckianJitter", 0.4, mode="cied", temperature_limit=[5500, 7500]),
                   n=2),
            # Haze lightens and flattens in patches; a cloud only darkens.
            _group("OneOf", 0.4,
                   _step("PlasmaBrightnessContrast", 0.6, brightness_range=[0.05, 0.3], contrast_range=[-0.35, -0.1],
                         roughness=0.6),
                   _step("PlasmaShadow", 0.4, shadow_intensity_range=[0.15, 0.45], roughness=0.6)),
            _group("OneOf", 0.3,
                   _step("Downscale", 0.4, scale_range=[0.5, 0.8], interpolation_pair=_COARSER),
                   _step("GaussianBlur", 0.3, sigma_limit=[0.4, 1.2]),
                   _step("GaussNoise", 0.3, std_range=[0.01, 0.05])),
        ),
    ),
    Preset(
        "microscopy",
        "Microscopy",
        "For cells and tissue, in any orientation, with stain and focus that differ between laboratories.",
        "Avoid when the shape or shade of a cell is the diagnosis. "
        "Images that are not square may be turned on their side.",
        (
            _step("SquareSymmetry", 1.0),
            # Mild: about two px of shift, as the cut itself does it. Ronneberger et al. 2015 used it for U-Net.
            _step("ElasticTransform", 0.4, alpha=80.0, sigma=10.0, border_mode=_REFLECTED),
            # Tellez et al. 2019: varying the stain's color helps more than normalizing it.
            _group("OneOf", 0.8,
                   _step("HueSaturationValue", 0.5, hue_shift_limit=[-6.0, 6.0], val_shift_limit=[-15.0, 15.0]),
                   _step("ColorJitter", 0.5, saturation=[0.7, 1.3], hue=[-0.03, 0.03])),
            _step("Illumination", 0.3, mode="gaussian", intensity_range=[0.02, 0.12]),
            # Out of focus is seldom noisy too, except in dim light.
            _group("OneOf", 0.5,
                   _step("Defocus", 0.4, radius=[1, 3]),
                   _step("ShotNoise", 0.4, scale_range=[0.001, 0.008]),
                   _group("Sequential", 0.2,
                          _step("GaussianBlur", 1.0, sigma_limit=[0.5, 1.5]),
                          _step("GaussNoise", 1.0, std_range=[0.01, 0.05]))),
        ),
    ),
    Preset(
        TRIVIAL_AUGMENT,
        "TrivialAugment (wide)",
        "For a bar that a tuned pipeline has to beat: one of 14 operations for each image, at a random strength.",
        "Avoid when color, left and right, or what is up separates the classes: it changes all of these.",
        (_TRIVIAL,),
        note="After Müller and Hutter (2021). Approximate: shifts are up to a seventh of the image, as 32 px of 224; "
        "shears are uniform in degrees up to 45; strengths are continuous, not 31 levels; pixels are interpolated; "
        "sharpness is blended with a Gaussian blur.",
    ),
)  # fmt: skip
