"""Words of the preview and the strip of steps, and of drawings that are slow or fail."""

from typing import ClassVar


class Preview:
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
    DRAWN_NOTHING = "No step fired with this seed. Press Next to try the next seed."
    STRIP_EMPTY = "No steps yet. Add one on the left."
    REFUSED = "Training refuses this result: {reason}"
    # By `Ending`: why the process ended that applied a step or read an image.
    STEP_ENDED: ClassVar = {
        "memory": "This step needs more than the {limit} GB of memory that a drawing may take.",
        "time": "This step was stopped after {limit} s.",
        "crashed": "This step crashed the process that draws: its values are too large for this image.",
        "killed": "Something outside the app keeps ending the process that draws. Draw again.",
    }
    STEP_REDUCE = "Reduce its sizes and counts, or use a smaller image."
    DRAW_ANYWAY = "Draw anyway"
    DRAW_ANYWAY_HELP = (
        "It failed once, so it is drawn again only if you ask. It may then take up to {minutes:.0f} minutes."
    )
    SHOWN_SMALLER = "Shown at no more than {side:,} px: browsers cannot show larger images."
    NOT_DRAWN = "The drawing was canceled"
    TAKES_LONG = "Taking longer than expected; stops after {seconds:.0f} s"
    STALE = "This is the last valid image. It is updated as soon as the marked field is valid."
    FLOAT = "This pipeline returns {dtype} values from {low:.3g} to {high:.3g}, scaled here to be visible."
    SIZE = "{width} × {height} px"
    MILLISECONDS = "{ms:.0f} ms"
