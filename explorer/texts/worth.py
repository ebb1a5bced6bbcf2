"""Words of the study "worth N photographs": learning curves with and without the pipeline."""

from typing import ClassVar


class Worth:
    # The answer; {images} is "about 120 more photographs", {ends} "40 to more than 306".
    ANSWERS: ClassVar = {
        "worth": "With a frozen backbone, augmenting is worth **{images}** here (95% interval {ends}).",
        "costs": "With a frozen backbone, augmenting here **costs** as much as having **{images}** "
        "(95% interval {ends}).",
        "unknown": "With a frozen backbone, it **cannot be said** what augmenting is worth here: {images} "
        "(95% interval {ends}).",
    }
    UNDEFINED = "What augmenting is worth cannot be measured in {metric}: {why}."
    SO_FAR = "So far, after {done} of {planned} repeats with a frozen backbone: {images} (95% interval {ends})."
    PILOT = "Repeats: {done}. With a frozen backbone: {images} (95% interval {ends})."
    ABOUT = "about {count} more photographs"
    AT_LEAST = "at least {count} more photographs"
    FEWER = "about {count} fewer photographs"
    FEWER_AT_LEAST = "at least {count} fewer photographs"
    SAVED = "{count} photographs"
    ENDS = "{low} to {high}"
    MORE_THAN = "more than {count}"
    BELOW = "below {count}"
    HOW = (
        "With {size} training images and no augmentation, {metric} is {minus}. Read off the curves, the pipeline gets "
        "there with {needed}."
    )
    HOW_COSTS = (
        "With {size} training images and the pipeline, {metric} is {plus}. Read off the curves, no augmentation gets "
        "there with {needed}."
    )
    HOW_BEYOND = "fewer than {count} images, the smallest size"
    HOW_IMAGES = "about {count} images"
    MEANS = (
        "How many training images fewer the better of the two needs for the same {metric}: the horizontal distance of "
        "the curves at the largest size. Training sets are random, stratified parts of the training folds, the same "
        "for both curves; images that were held out judge. Nothing is extrapolated beyond the curves."
    )
    FEW_REPEATS = "Fewer than {least} repeats cannot say how much a result differs from repeat to repeat."

    # The chart
    CURVES = "Learning curves with the pipeline and with nothing"
    PIPELINE = "with the pipeline"
    NOTHING = "without augmentation"
    AXIS = "training images"
    DISTANCE = "{count} images"
    HOVER = "%{x:,} training images: %{y:.3f}<br>95% interval %{customdata[0]:.3f} to %{customdata[1]:.3f}"
    METRIC = "Metric"
    SENSITIVE_HELP = "Log loss sees differences first that change no prediction yet."
    NONE_YET = "The curves are shown after the first repeat."

    # The form
    NAME = "Worth of {pipeline} on {dataset}"
    TITLE = "How many photographs is it worth?"
    HELP = (
        "Trains heads on parts of the images, with the pipeline and without augmentation, and reads off how many more "
        "photographs would have the same effect."
    )
    REPEATS = "Repeats"
    REPEATS_HELP = "How often the images are divided in another way. More repeats make the interval shorter."
    COST = (
        "At most {heads:,} heads, most of them on few images, and {views:,} views, most of which have been computed "
        "by this study."
    )
    TAKES = "At most about {takes}."
    START = "Start"
