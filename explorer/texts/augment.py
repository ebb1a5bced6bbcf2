"""Words of the Augment page."""

from typing import ClassVar


class Augment:
    STEPS = "Pipeline"
    STEPS_HELP = (
        "The steps of an A.Compose, applied from top to bottom. Each fires with its own probability p. "
        "Arrow keys choose a step, Shift adds its neighbors, Alt with an arrow moves it up, down, out of its group or "
        "into the next one. G puts it into a group, Space turns it on or off, Delete removes it."
    )
    ADD = "Add a transform"
    ADD_PLACEHOLDER = "Search {count} transforms"
    ADD_OPTION = "{group} · {name}"
    ADD_HELP = "Type part of a name or a group: blur, crop, color, noise, weather"
    NO_STEPS = "No steps yet. Add a transform above: the image changes at once."
    OFF = "off"
    GROUP = "Group"
    GROUP_HINTS: ClassVar = {
        "OneOf": "one of them",
        "SomeOf": "some of them",
        "RandomOrder": "in a random order",
        "Sequential": "one after the other",
        "OneOrOther": "the first or the second",
        "SelectiveChannelTransform": "on some color channels",
    }
    GROUP_DETAILS: ClassVar = {
        "OneOf": "1 of {on}",
        "SomeOf": "{n} of {on}",
        "RandomOrder": "{n} of {on}",
        "Sequential": "all {on}",
        "OneOrOther": "1 of {on}",
        "SelectiveChannelTransform": "channels {channels}",
    }
    GROUP_REPEATS = "{n} of {on}, repeats allowed"
    GROUP_EMPTY = "empty"
    GROUP_UNFINISHED = "needs one more step"
    GROUP_HOLLOW = "Add a step, or drop a step here"
    UNGROUP = "Ungroup"
    UNGROUP_HINT = "keeps its steps"
    NODE_P = "p {p:.3g}"
    NODE_TIP = "{name}: p is {p:.3g} here. Applied to {share} of images."
    NODE_TIP_WEIGHT = "{name}: its weight in the OneOf is {p:.3g}. Applied to {share} of images."
    NODE_TIP_CHOSEN = "{name}: the OneOrOther around it decides; its own p has no effect. Applied to {share} of images."
    NODE_TIP_OFF = "{name} is off."
    NODE_TIP_ALONE = "{name}: p is {p:.3g} here."
    MOVE_OUT = "Move out"
    MOVE_IN = "Move in"
    TOGGLE = "Turn on or off"
    KEYS: ClassVar = {
        "undo": "Ctrl+Z",
        "redo": "Ctrl+Shift+Z",
        "group": "G",
        "up": "Alt+↑",
        "down": "Alt+↓",
        "out": "Alt+←",
        "in": "Alt+→",
        "toggle": "Space",
        "duplicate": "Ctrl+D",
        "remove": "Delete",
    }
    WITH_KEY = "{what} ({key})"
    DUPLICATE = "Duplicate"
    REMOVE = "Remove"
    REDO = "Redo"
    P = "Probability p"
    P_HELP = "How often this step fires: 0 never, 1 on every image."
    NO_PARAMETERS = "This transform has no parameters other than p."
    CHOOSE = "Choose a step on the left to see its parameters."
    RESET = "Back to library defaults"
    GENTLE = "Starts gentler than albumentations: {values}."
    GENTLE_VALUE = "{name} {own} (library: {usual})"
    GENTLE_RANGE = "{low:g} to {high:g}"
    EXACT = "Type exact values"
    EXACT_HELP = "Sliders cover a useful range. Typed values can go as far as the transform allows."
    SET_PARAMETER = "Set {name}"
    RANGE_LOW = "{name}, from"
    RANGE_HIGH = "{name}, to"
    OWN_VALUE = "a value"
    NONE = "None"
    NONE_DEFAULT = "None (default)"
    PAIR_NAMES: ClassVar = {
        "size": ("height", "width"),
        "tile_grid_size": ("rows", "columns"),
        "grid": ("rows", "columns"),
    }
    PAIR_DEFAULT = ("x", "y")
    LITERAL_HELP = "A value as in Python or JSON: 3, [1, 2], null"
    TARGETS = "Changes: {targets}"
    TARGET_NAMES: ClassVar = {"image": "image", "mask": "mask", "bboxes": "boxes", "keypoints": "keypoints"}
    DOCUMENTATION = "About {name}"
    LEFT_OUT = "Unsupported transforms"
    PICTURE = "Image"
    UPLOADED_NAME = "your image"
    UPLOAD_CHOICE = "Your own image"
    UPLOAD = "Image (JPEG, PNG, TIFF, WebP, BMP)"
    UPLOAD_MASK = "Mask of the same size (optional): a class index per pixel, or a color per class"
    UPLOAD_AGAIN = "Change the image or its mask"
    UPLOAD_HINT = "Upload an image to preview the pipeline on it."
    COLOR_CLASSES = "The colors of the mask are classes: {classes}"
    COLOR_CLASS = "{square} {number}"
    COLOR_CLASSES_HELP = "Class index of each color in the mask. 0 is the background. Colors may share a class."
    COLOR_LABEL = "{square} {color}, {share} of the image"
    COLOR_INPUT = "Class of the color {color}"
    SEED = "Seed"
    SEED_HELP = (
        "The same seed gives the same image, here and in training. A sample of a data set that is shown “As in "
        "training” matches pixel for pixel."
    )
    NEXT = "Next"
    NEXT_HELP = "Show the next seed"
    PLAY = "Play"
    PLAY_HELP = "Shows a new seed every 1.2 seconds, until you pause"
    BEFORE = "Before"
    AFTER = "After"
    PREVIEW_WORDS: ClassVar = {
        "hold": "Hold to see before",
        "hold_help": "Hold this, or Space, to see the image before. Release it to see the result.",
        "enlarge": "Enlarge",
        "enlarge_help": "A large view with zoom and a slider between before and after. Click an image, or press E.",
        "boxes": "Boxes and keypoints",
        "mask": "Mask",
        "styles": {"outline": "Outlines", "fill": "Filled", "none": "Hidden"},
        "mask_help": "How masks are shown. Press M to switch.",
        "opacity": "Mask opacity",
        "class": "class {number}",
        "background": "no class",
        "share": "{name}, {share}",
        "shares": "{name}: {before} of the image before, {after} after. Click to see this class alone.",
        "box": "box: {name}",
        "alone": "Only {name} is shown. Click it again to see all classes.",
        "below": "<0.1 %",
        "percent": "{value} %",
        "close": "Close",
        "zoom_in": "Zoom in",
        "zoom_out": "Zoom out",
        "fit": "Fit",
        "actual": "1 : 1",
        "wipe": "Slider between before and after",
        "large": "Large view of before and after",
        "large_help": "Wheel or + and −: zoom. Drag or arrow keys: move. 0: fit. 1: pixel by pixel. "
        "Comma and period: slider. Space: hold to see before. M: mask. Escape: close.",
    }
    WHOLE = "Result"
    DIFFERENCE = "Difference"
    VIEW = "What the right side shows"
    DIFFERENCE_HELP = (
        "The result, or how much each channel of each pixel differs from the image before. Black is no change, and "
        "the largest change is white."
    )
    DIFFERENCE_OF = "{title}: difference"
    DIFFERENCE_DETAIL = (
        "Pixels differ by {mean:.1f} of 255 on average and by {largest} at most; shown {gain:.1f} times as bright."
    )
    GAIN = "× {gain:.1f}"
    NO_DIFFERENCE = (
        "The size or the channels of the image change, so there is no difference to show. The result is shown instead."
    )
    NO_DIFFERENCE_OUTLINED = NO_DIFFERENCE + " Before outlines the part of the image that it comes from."
    OUTLINE = "The outline on Before marks what After shows; its thick side is the top."
    OUTLINE_OUTSIDE = OUTLINE + " What lies outside the image is filled in."
    NO_OUTLINE = "{name} bends or rearranges the image, so Before shows no outline of it."
    STEP_BEFORE = "Before {title}"
    STEP_AFTER = "After {title}"
    STEP_MS = "{ms:.1f} ms"
    STEP_NOT_APPLIED = "This step did not fire with this seed, so it has no values."
    CHIP_WORDS: ClassVar = {
        "statuses": {
            "skipped": "This step is skipped with seed {seed}.",
            "not chosen": "This step is not chosen with seed {seed}.",
            "not reached": "This step is not reached with seed {seed}.",
        },
        "off": "This step is off, so it is not applied.",
        "never": "This step is never applied: its probability, or that of a group around it, is 0.",
        "show": "Show a seed where it fires",
        "show_help": "Goes to the next seed where this step fires. Nothing else changes.",
    }
    NO_SEED_FOUND = (
        "This step does not fire with any of the next {count} seeds; it is applied to {percent} of images. Raise its "
        "probability to see it more often."
    )
    TRACE = "From input to output, step by step"
    STRIP_BACK = "Earlier steps"
    STRIP_ON = "Later steps"
    INPUT = "Input"
    OUTPUT = "Output"
    MORE_CARDS = "{count} more steps"
    LOST = "{what} {before} → {after}"
    STATUS: ClassVar = {
        "applied": "",
        "skipped": "skipped (p)",
        "not chosen": "not chosen",
        "not reached": "not reached",
        "off": "off",
    }
    STATUS_HELP: ClassVar = {
        "applied": "Click to see the image before and after this step.",
        "skipped": "Skipped with this seed by its own probability p.",
        "not chosen": "The composer around this step chose other steps with this seed.",
        "not reached": "A composer around this step did not fire with this seed.",
        "off": "This step is off.",
    }
    SLOW = "{steps}, and every change would have to wait for it. Render it once, or allow it below."
    SLOW_STEP = "{name} takes about {time}"
    SLOW_ALL = "These steps together take about {time}"
    # Shown at a field whose value is absurd for the image. "Here" is where the step gets the image.
    CAUTIONS: ClassVar = {
        "kernel": "{value} px is larger than the image, whose short side has {most} px here.",
        "sigma": "A deviation of {value} px is larger than the image, whose long side has {most} px here.",
        "reach": "A radius of {value} px is larger than the image, whose diagonal has {most} px here.",
        "count": "{value} is more than the image has pixels here: {most}.",
        "cells": "{value} along a side is more than the {most} px of the long side here.",
        "channels": "{value} channels cannot be shown: an image has {most}.",
        "pixels": "{value} makes an image of {load} megapixels. More than {most} rarely fit into memory.",
        "memory": "{value} needs about {load} GB of memory on this image, and there is room for {most} GB.",
        "time": "{value} takes about {load} on this image.",
    }
    CAUTION_AT = "{transform}, {parameter}: {caution}"
    CAUTION_AT_MOST = "Try at most {bound}."
    CAUTION_AT_LEAST = "Try at least {bound}."
    CAUTION_TOGETHER = "Lower it together with the other large values of this step."
    RUN_ONCE = "Render once"
    RUN_ALWAYS = "Always render slow steps"
    RUN_ALWAYS_HELP = "Renders slow images after every change in this window. You see the progress and can cancel."
    WORKING = "Rendering: {percent:.0%}, about {time} left"
    FINISHING = "Rendering takes longer than expected"
    FULL_WORKING = "Full resolution: {percent:.0%}, about {time} left"
    RUN_FULL = "Full resolution"
    RUN_FULL_HELP = (
        "Renders this seed on all {width} × {height} px. On the smaller preview, a value in pixels (a kernel, a crop, "
        "a hole) reaches {factor:.1f} times as far."
    )
    FULL_SHOWN = "Rendered at full resolution, {width} × {height} px. Any change goes back to the copy."
    SAVE_FULL = "Save the result"
    CLOSE_FULL = "Back to the copy"
    FULL_NAME = "augmented.jpg"
    SECONDS = "{seconds:.1f} s"
    MINUTES = "{minutes:.0f} min"
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
    COLOUR_OF = "{name}"
    TYPED_BOXES = "Boxes of this image"
    TYPED_BOXES_HELP = (
        "One box per line in the format above, then its class index (YOLO: class index first), as in label files. "
        "They replace the boxes of the image. Leave empty to keep those."
    )
    TYPED_NAMES = "Class names of the mask"
    TYPED_NAMES_HELP = (
        "One name per line, for the mask values 0, 1, 2 and so on. If 0 is not a class, write background in the first "
        "line. They replace the names of the data set. Leave empty to keep those."
    )
    TOO_MANY_NAMES = "{count} names were given, but a mask has at most {most} values. Remove some lines."
    NAME_WRONG = "Line {line} is not a name. Write 1 to {most} printable characters per line."
    TYPED_POINTS = "Keypoints of this image"
    TYPED_POINTS_HELP = (
        "One keypoint per line in the format above, then its class index. They replace the keypoints of the image. "
        "Leave empty to keep those."
    )
    AS_GIVEN = "What the pipeline receives: {shown}"
    EFFECTIVE = "Applied to {percent} of images, because of the groups around this step."
    GROUP_P: ClassVar = {"OneOrOther": ("Probability of the first", "")}
    N = "How many are chosen (n)"
    N_CAPPED = "Only {count} steps of this group are on, so {count} are chosen."
    REPLACE = "A step can be chosen more than once (replace)"
    CHANNELS = "Channels"
    CHANNEL_NAMES: ClassVar = {0: "red", 1: "green", 2: "blue"}
    SHARES = "How often each step is chosen"
    SHARE = "{name}: {percent}"
    EMPTY_GROUP = (
        "This group has no steps yet, so it does nothing. Add a step while it is selected, or drag one into it."
    )
    ONE_MORE = "This group needs a second step to choose from. Until then it does nothing."
    FONT_HELP = "The fonts on the computer that runs this app"
    BOX_ACROSS = "{name}, left to right"
    BOX_DOWN = "{name}, top to bottom"
    PICTURES_HINT = "{name}: choose one or more"
    OWN_REFERENCE = "Add an image of your own"
    OWN_REFERENCE_NAME = "your image {number}"
    PRESETS = "Presets"
    PRESETS_TITLE = "Start from a preset"
    PRESETS_HELP = "Eight pipelines, each with example images, its steps, and when to avoid it"
    PRESETS_INTRO = (
        "Each row of images shows the sample photo and three results. Opening a preset replaces the current pipeline. "
        "Undo brings it back."
    )
    PRESET_STEPS = "Steps: {steps}"
    PRESET_OPEN = "Open {title}"
    NOT_KEPT = "The file could not be saved on the server: {reason}. Free some space and upload it again."
    NODE_GONE = "This step was removed in another window. Undo brings it back."
    NOT_WRITTEN = "Your last change is kept only in this window, and reloading would lose it: {reason}."
    LEFT_OUT_HEAD: ClassVar = ("Transform", "Why it is not supported")
    DRAWN_NOTHING = "No step fired with this seed. Press Next to try the next seed."
    STRIP_EMPTY = "No steps yet. Add one on the left."
    DATA_SET_CHOICE = "A sample of a data set"
    SET = "Data set"
    SET_HELP = (
        "Generated shapes, digits, and the data sets in the folders that this app may read: image folders, and image "
        "folders next to mask folders (images/ and masks/, train/ and trainannot/). You can also type the path of a "
        "folder inside them. For other folders, start the app with make run DATA=/your/folder."
    )
    SPLIT = "Part"
    SPLIT_NAMES: ClassVar = {"train": "training", "val": "validation", "test": "test", "all": "all"}
    INDEX = "Sample, of {count}"
    INDEX_HELP = "The number of the sample in the data set, from 0. Step through them with the arrow keys."
    SET_PLACEHOLDER = "Choose a data set, or type the path of a folder"
    SET_NOTES = "About this data set ({count})"
    UNUSABLE = "Found but not usable ({count})"
    UNUSABLE_ONE = "{folder} is not usable, because {reason}"
    NOT_ALL_FOUND = "There are too many folders to search them all. Type the path of one that is not in the list."
    MASK_VALUES = "Mask values: {names}"
    MASK_VALUE = "{value} {name}"
    NAMES_FROM = "Mask value of the first name"
    NAMES_FROM_HELP = "The masks do not show which value the first name in the class file belongs to."
    AS_TRAINED = "As in training"
    AS_TRAINED_HELP = (
        "Shows exactly what training sees of this sample in epoch 1 with this seed, at the sizes set on the Train "
        "page: the size at which images are kept, and the square image at the end. MixUp and CutMix are left out, "
        "because they mix whole batches. Steps are shown before the image is made square. Off: the sample as it is."
    )
    AS_TRAINED_NOTE = "As in training: {width} × {height} px before the pipeline, a square of {size} px at the end."
    NOT_AS_TRAINED = "Shown as stored until you fix what is marked red in the pipeline or on the Train page."
    NOT_TRAINABLE = "Shown as stored. Training on masks is not supported yet."
    REFUSED = "Training refuses this result: {reason}"
    NO_PICTURE = "{reason} Showing the sample photo until then."
    MASK_GONE = "The mask file no longer has colors. Upload it again."
    # By `Ending`: why the process ended that applied a step or read an image.
    STEP_ENDED: ClassVar = {
        "memory": "This step needs more than the {limit} GB of memory that a drawing may take.",
        "time": "This step was stopped after {limit} s.",
        "crashed": "This step crashed the process that draws: its values are too large for this image.",
        "killed": "Something outside the app keeps ending the process that draws. Draw again.",
    }
    STEP_REDUCE = "Reduce its sizes and counts, or use a smaller image."
    READING_ENDED: ClassVar = {
        "memory": "This needs more than the {limit} GB of memory that a drawing may take. Use a smaller image.",
        "time": "This was stopped after {limit} s. Use a smaller image.",
        "crashed": "This crashed the process that reads and draws images. Use another image.",
        "killed": "Something outside the app keeps ending the process that draws. Try again.",
    }
    DRAW_ANYWAY = "Draw anyway"
    DRAW_ANYWAY_HELP = (
        "It failed once, so it is drawn again only if you ask. It may then take up to {minutes:.0f} minutes."
    )
    SHOWN_SMALLER = "Shown at no more than {side:,} px: browsers cannot show larger images."
    NOT_DRAWN = "The drawing was canceled"
    TAKES_LONG = "Taking longer than expected; stops after {seconds:.0f} s"
    UPLOAD_MASK_NAME = "the mask"
    SHRUNK = (
        "This image of {width} × {height} px is previewed as a copy of {side} px. Values in pixels act more strongly "
        "on the copy. “Full resolution” shows what they do to the image itself."
    )
    STALE = "This is the last valid image. It is updated as soon as the marked field is valid."
    FLOAT = "This pipeline returns {dtype} values from {low:.3g} to {high:.3g}, scaled here to be visible."
    SIZE = "{width} × {height} px"
    MILLISECONDS = "{ms:.0f} ms"
    DRAFT_DAMAGED = "The pipeline at this address could not be read: {reason} Nothing was deleted."
    DRAFT_UNKNOWN = (
        "There is no pipeline at this address. The address may have been cut off or mistyped, or the "
        "draft was cleared because nobody had opened it for a long time."
    )
    LAST_INSTEAD = "Your last pipeline is open instead."
    SAMPLE_INSTEAD = "The sample pipeline is open instead."
    TRAIN_WITH = "Train with this"
    TRAIN_WITH_HELP = "Open the Train page with this pipeline"
