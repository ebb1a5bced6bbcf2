"""Words of the laboratory's statistics."""

from typing import ClassVar


class Statistics:
    DRAWS = "Draws"
    DRAWS_HELP = "How often the pipeline is applied to the image, each time with new random values."
    PICTURES = "Images"
    PICTURES_HELP = "1 is this image only. More adds the next images of the same source."
    MEASURE = "Measure"
    AGAIN = "Measure again"
    ONE = "**Measure** runs this pipeline {draws:,} times on this image. You can keep working meanwhile."
    SEVERAL = (
        "**Measure** runs this pipeline {draws:,} times on {count} images in turn. You can keep working meanwhile."
    )
    EXPLAIN = (
        "The result shows which labels are lost and at which step, how the mask changes, which values each step "
        "draws, how long each step takes, and how much the pixels change."
    )
    WRONG = "Fix the pipeline first: {errors}"
    EMPTY = "The pipeline has no active step. Add a step here in the Gallery, or on the Augment page."
    PROGRESS = "{done:,} of {total:,} draws · {rate:.0f} draws/s · {left} left"
    PROGRESS_FIRST = "{done:,} of {total:,} draws"
    CANCELLED = "Canceled after {done:,} of {total:,} draws."
    EARLIER = "These numbers belong to an earlier pipeline, image or seed. Measure again to update them."
    NOT_KEPT = "The result could not be saved for later: {reason}"

    FAILED = "{count:,} of {draws:,} draws failed: {reason}"
    ALL_FAILED = "Every draw failed: {reason}"

    SPEED = "Speed"
    SPEED_VALUE = "{rate}/s"
    SPEED_HELP = "Images per second in one process on this computer, augmentation only"
    BOXES_KEPT = "Boxes kept"
    POINTS_KEPT = "Keypoints kept"
    SSIM = "SSIM"
    SSIM_HELP = (
        "Structural similarity to the input: 1 is equal, 0 is unrelated. Mean of {count} draws, on luminance "
        "(Wang et al. 2004)."
    )
    PSNR = "PSNR"
    PSNR_VALUE = "{value:.1f} dB"
    PSNR_HELP = (
        "Peak signal-to-noise ratio against the input: higher is closer. From about 40 dB, differences are hard to see."
    )
    AND = " and "
    NOTHING_HELP = "No {what} to count: the image has none, or they are turned off for this pipeline (see Targets)."
    NOT_COMPARED = (
        "SSIM and PSNR are left out: the pipeline changes the size or type of the image, so pixels have no counterpart."
    )

    BOXES = "boxes"
    POINTS = "keypoints"
    LOST = "**{share:.1%} of the {what} are lost**, most of them at {step}."
    LOST_RULES = "**{share:.1%} of the {what} are lost**, by the rules of the pipeline (see Targets)."
    LOST_NONE = "No {what} are lost."
    VANISHED = "**{name} vanishes from the mask** in {share:.1%} of the draws that had it{step}."
    APPEARED = (
        "**The mask gets class {name}, which it did not have**, in {share:.1%} of all draws{step}. If no step adds "
        "objects, its mask interpolation mixes classes: choose a nearest one (see Targets)."
    )
    AFTER = ", most often after {step}"
    SLOW = "**{step} takes {share:.0%} of the time** ({ms:.1f} ms each time it fires)."
    FAR = "{step} was applied in {applied:.1%} of the draws; {expected:.1%} were expected."

    STEPS = "Steps"
    HEAD: ClassVar = {
        "step": "Step",
        "expected": "expected",
        "applied": "applied",
        "ms": "ms each",
        "time": "share of time",
        "slow": "slow",
        "boxes": "boxes lost",
        "points": "keypoints lost",
        "vanished": "draws with a class gone",
        "appeared": "draws with a new class",
    }
    HEAD_HELP: ClassVar = {
        "expected": "Share of draws, computed from p and the enclosing groups",
        "applied": "Share of draws, counted",
        "ms": "Milliseconds of a call that fires",
        "slow": "More than half of the time of all steps, or more than 20 ms per call",
    }
    INDENT = "· "
    YES = "slow"

    DRAWN = "What {step} drew"
    DRAWN_WHICH = "Step"
    DRAWN_NAMES: ClassVar = {
        "crop.scale": "scale: share of the image area",
        "crop.ratio": "ratio: width / height",
    }
    DRAWN_NOTHING = "This step has no random values other than whether it fires."
    COUNT = "draws"
    BEFORE = "before"
    AFTERWARDS = "after"
    MASK_TITLE = "Mask area by class"
    MASK_AXIS = "share of the image"
    BACKGROUND = "background"
    BOXES_TITLE = "Boxes by class"
    POINTS_TITLE = "Keypoints by class"
    LABELS_AXIS = "count"
    CHANNELS_TITLE = "Channel means, with standard deviation"
    CHANNELS_AXIS = "value, 0 to 255"
    CHANNELS: ClassVar = ("red", "green", "blue")
    SSIM_TITLE = "Similarity to the input (SSIM)"
