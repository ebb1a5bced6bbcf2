"""The evaluation transform of a run as a Python file of albumentations code."""

import json
from string import Template

from explorer.augment.code.writing import to_python
from explorer.augment.pipeline import Pipeline, scaling_step, without_augmentation
from explorer.runs.record.packed import Packed

_WHOLE = Template('''\
"""What the network sees of an image, as the run has validated: albumentations code.

Images longer than 4 to 1 were first cut to their middle of 4 to 1 by the run, which gives other pixels here.
"""

import albumentations as A
import cv2
import numpy as np

SIZE = $size
CLASSES = $classes

square = A.Compose(
    [
        A.SmallestMaxSize(max_size=SIZE, interpolation=cv2.INTER_LINEAR, area_for_downscale="image"),
        A.CenterCrop(SIZE, SIZE),
    ]
)
$normalize


def pixels(image):
    """(SIZE, SIZE, 3) uint8, which the ONNX file takes. image: (H, W, 3) uint8, RGB, turned as its EXIF says."""
    return square(image=image)["image"]


def network_input(image):
    """(3, SIZE, SIZE) float32, which the weights take."""
    return np.ascontiguousarray(normalize(image=pixels(image))["image"].transpose(2, 0, 1), np.float32)
$labels''')

_LABELS = Template('''

THRESHOLDS = $thresholds  # the probability of each label from which on an image has it


def labels_of(probabilities):
    """The labels of an image, which can be several or none. probabilities: of each of CLASSES."""
    return [name for name, value, least in zip(CLASSES, probabilities, THRESHOLDS) if value >= least]
''')


_LETTERBOX = Template('''\
"""What the network sees of an image, as the run has validated, and the way back for the mask that it predicts.

The whole image keeps its aspect ratio: its long side has SIZE px, between stripes of gray.
"""

import albumentations as A
import cv2
import numpy as np

SIZE = $size
CLASSES = $classes
VALUES = $values  # the value of each class in the masks of the data set; 255 never counts
$normalize


def place(height, width):
    """Top, left, height and width in px of an image of this height and width in the square."""
    scale = SIZE / max(height, width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    return (SIZE - inner[0]) // 2, (SIZE - inner[1]) // 2, *inner


def pixels(image):
    """(SIZE, SIZE, 3) uint8, which the ONNX file takes. image: (H, W, 3) uint8, RGB, turned as its EXIF says."""
    top, left, height, width = place(*image.shape[:2])
    method = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_LINEAR
    square = np.empty((SIZE, SIZE, 3), np.uint8)
    square[:] = (124, 116, 104)
    if image.shape[:2] != (height, width):
        image = cv2.resize(image, (width, height), interpolation=method)
    square[top : top + height, left : left + width] = image
    return square


def network_input(image):
    """(3, SIZE, SIZE) float32, which the weights take."""
    return np.ascontiguousarray(normalize(image=pixels(image))["image"].transpose(2, 0, 1), np.float32)


def mask_of(probabilities, height, width):
    """(height, width) uint8: the mask of an image of this size, with VALUES. probabilities: (C, SIZE, SIZE)."""
    top, left, inner_height, inner_width = place(height, width)
    inner = probabilities[:, top : top + inner_height, left : left + inner_width]
    planes = [cv2.resize(np.ascontiguousarray(one), (width, height)) for one in inner]
    return np.array(VALUES, np.uint8)[np.argmax(planes, axis=0)]
''')


def code(pipeline: Pipeline, packed: Packed) -> str:
    """Return the file. Its results are those of the run to the rounding of 32-bit numbers."""
    mean, std = ([round(value / 255, 6) for value in values] for values in (packed.mean, packed.std))
    if scaling_step(pipeline) is None:
        lines = [f"normalize = A.Normalize(mean={mean}, std={std}, max_pixel_value=255.0)"]
    else:
        # What the pipeline makes of the pixels is what the network's own scale is applied to.
        own = to_python(without_augmentation(pipeline), bboxes=False, keypoints=False).split("transform = ", 1)[1]
        lines = [f"scaled = {own.rstrip()}"]
        if any(mean) or any(value != 1 for value in std):
            lines.append(f"normalize = A.Compose([scaled, A.Normalize(mean={mean}, std={std}, max_pixel_value=1.0)])")
        else:
            lines.append("normalize = scaled")
    names = json.dumps(packed.classes, ensure_ascii=False)
    filled = {"size": packed.image_size, "classes": names, "normalize": "\n".join(lines), "labels": ""}
    if packed.mask_values:
        return _LETTERBOX.substitute(filled, values=list(packed.mask_values))
    if packed.thresholds:
        filled["labels"] = _LABELS.substitute(thresholds=list(packed.thresholds))
    return _WHOLE.substitute(filled)
