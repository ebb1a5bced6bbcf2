"""Words of the panel about masks, boxes and keypoints."""

from typing import ClassVar


class Targets:
    TARGET_NAMES: ClassVar = {"image": "image", "mask": "mask", "bboxes": "boxes", "keypoints": "keypoints"}
    TARGETS_PANEL = "Targets"
    TARGETS_PANEL_HELP = "How the pipeline treats masks, boxes and keypoints: BboxParams, KeypointParams, interpolation"
    MASK_TAB = "Mask"
    BOXES_TAB = "Boxes"
    POINTS_TAB = "Keypoints"
    RULES: ClassVar = {
        "use_mask": ("Give masks to the pipeline", "Off: the pipeline works as if the image had no mask."),
        "mask_interpolation": (
            "Interpolation of masks",
            "Replaces the setting of each step. Anything but nearest invents classes at borders: a blend of class 1 "
            "and class 3 becomes class 2.",
        ),
        "boxes.use": ("Give boxes to the pipeline", "Off: the pipeline works as if the image had no boxes."),
        "boxes.format": (
            "format",
            "How boxes are written: pascal_voc x_min, y_min, x_max, y_max in px; coco x_min, y_min, width, height "
            "in px; albumentations as pascal_voc in fractions; yolo x_center, y_center, width, height in fractions.",
        ),
        "boxes.min_area": ("min_area, px²", "Boxes whose visible area is smaller than this are dropped."),
        "boxes.min_visibility": (
            "min_visibility",
            "Boxes are dropped when less than this fraction of their area is still in the image.",
        ),
        "boxes.min_width": ("min_width, px", "Boxes narrower than this are dropped."),
        "boxes.min_height": ("min_height, px", "Boxes shorter than this are dropped."),
        "boxes.max_accept_ratio": (
            "max_accept_ratio",
            "Boxes whose longer side is more than this many times their shorter side are dropped.",
        ),
        "boxes.clip": ("clip", "Boxes that reach outside are cut at the border first. Off: such a box is an error."),
        "boxes.filter_invalid_bboxes": (
            "filter_invalid_bboxes",
            "Boxes that are invalid from the start (outside of the image, or without area) are dropped. Off: they are "
            "an error.",
        ),
        "boxes.check_each_transform": (
            "check_each_transform",
            "Boxes are dropped after each step, not only at the end.",
        ),
        "keypoints.use": (
            "Give keypoints to the pipeline",
            "Off: the pipeline works as if the image had no keypoints.",
        ),
        "keypoints.format": (
            "format",
            "How keypoints are written: x and y in px, a for the angle, s for the scale.",
        ),
        "keypoints.remove_invisible": ("remove_invisible", "Keypoints that leave the image are dropped."),
        "keypoints.angle_in_degrees": ("angle_in_degrees", "Angles are in degrees. Off: in radians."),
        "keypoints.check_each_transform": (
            "check_each_transform",
            "Keypoints are dropped after each step, not only at the end.",
        ),
    }
    EACH_STEPS_OWN = "Each step's own (default)"
    PALETTE = "Colors of classes"
    PALETTE_HELP = "Colors of masks, boxes and keypoints in this preview."
    PALETTES: ClassVar = {
        "safe": "safe for color-blind eyes",
        "file": "the palette of the mask file",
        "own": "my own",
    }
    NO_FILE_PALETTE = "This mask file has no palette, so the safe colors are used."
    COLOR_OF = "{name}"
    TYPED: ClassVar = {  # field of the view -> label and help
        "names": (
            "Class names of the mask",
            "One name per line, for the mask values 0, 1, 2 and so on. If 0 is not a class, write background in the "
            "first line. They replace the names of the data set. Leave empty to keep those.",
        ),
        "boxes": (
            "Boxes of this image",
            "One box per line in the format above, then its class index (YOLO: class index first), as in label files. "
            "They replace the boxes of the image. Leave empty to keep those.",
        ),
        "points": (
            "Keypoints of this image",
            "One keypoint per line in the format above, then its class index. They replace the keypoints of the image. "
            "Leave empty to keep those.",
        ),
    }
    AS_GIVEN = "What the pipeline receives: {shown}"
