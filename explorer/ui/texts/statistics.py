"""Words of the laboratory's statistics."""

from typing import ClassVar


class Statistics:
    DRAWS = "Draws"
    DRAWS_HELP = "How often the pipeline is applied. The same draws as in training: seed, epoch 0, places 0, 1, 2, ..."
    PICTURES = "Pictures"
    PICTURES_HELP = "This picture, or also the next ones of its source, in turn"
    MEASURE = "Measure"
    AGAIN = "Measure again"
    CANCEL = "Cancel"
    ONE = "The pipeline is applied {draws:,} times to this picture. It goes on in the background."
    SEVERAL = "The pipeline is applied {draws:,} times to {count} pictures in turn. It goes on in the background."
    EXPLAIN = (
        "You will see which labels are lost and to which step, what becomes of the mask, what each step draws, how "
        "long it takes, and how far pixels move."
    )
    WRONG = "First mend what is wrong with the pipeline: {errors}"
    EMPTY = "The pipeline has no step that is on. Add one, or take one from the gallery."
    STARTS = "Starting"
    PROGRESS = "{done:,} of {total:,} draws · {rate:.0f} draws/s · {left} left"
    PROGRESS_FIRST = "{done:,} of {total:,} draws"
    CANCELLED = "Cancelled after {done:,} of {total:,} draws."
    EARLIER = "These numbers are of an earlier pipeline, picture or seed."
    NOT_KEPT = "The result could not be kept for later: {reason}"
    PARTIAL = "So far, of {draws:,} draws:"

    FAILED = "{count:,} of {draws:,} draws failed: {reason}"
    ALL_FAILED = "Every draw failed: {reason}"

    SPEED = "Speed"
    SPEED_VALUE = "{rate:,.0f} images/s"
    SPEED_HELP = "Of one process on this computer, augmentation alone"
    BOXES_KEPT = "Boxes kept"
    POINTS_KEPT = "Keypoints kept"
    SSIM = "SSIM"
    SSIM_HELP = (
        "Structural similarity to the input: 1 is equal, 0 is unrelated. Mean of {count} draws, on luminance "
        "(Wang et al. 2004)."
    )
    PSNR = "PSNR"
    PSNR_VALUE = "{value:.1f} dB"
    PSNR_HELP = "Peak signal-to-noise ratio against the input: higher is closer, from about 40 dB on hard to see."
    NOTHING = "none"
    NOTHING_HELP = "Nothing to count: the picture has none, or the pipeline is not given any (see Targets)."
    NOT_COMPARED = "The steps change the size or the type of the picture, so pixels cannot be compared one by one."

    BOXES = "boxes"
    POINTS = "keypoints"
    LOST = "**{share:.1%} of the {what} are lost**, most of them at {step}."
    LOST_RULES = "**{share:.1%} of the {what} are lost**, by the rules of the Compose (see Targets)."
    LOST_NONE = "No {what} are lost."
    VANISHED = "**{name} vanishes from the mask** in {share:.1%} of the draws that had it{step}."
    APPEARED = (
        "**The mask gets class {name}, which it did not have**, in {share:.1%} of all draws{step}. Where no step adds "
        "things, its mask interpolation mixes classes: choose a nearest one (see Targets)."
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
        "expected": "Share of draws, worked out from p and the groups around it",
        "applied": "Share of draws, counted",
        "ms": "Milliseconds of a call that fires",
        "slow": "More than half of the time of all steps, or more than 20 ms",
    }
    INDENT = "· "
    YES = "slow"

    DRAWN = "What {step} drew"
    DRAWN_WHICH = "Step"
    DRAWN_NOTHING = "It draws nothing besides whether it fires."
    COUNT = "draws"
    BEFORE = "before"
    AFTERWARDS = "after"
    MASK_TITLE = "Mask area by class"
    MASK_AXIS = "share of the picture"
    BACKGROUND = "background"
    BOXES_TITLE = "Boxes by class"
    POINTS_TITLE = "Keypoints by class"
    LABELS_AXIS = "count"
    CHANNELS_TITLE = "Channel means, with deviation"
    CHANNELS_AXIS = "value, 0 to 255"
    CHANNELS: ClassVar = ("red", "green", "blue")
    SSIM_TITLE = "Similarity to the input (SSIM)"
    CLASS = "class {number}"
