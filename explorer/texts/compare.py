"""Words of the comparison of runs."""

from typing import ClassVar


class Compare:
    TITLE = "Compare {count} runs"
    TITLE_NONE = "Compare runs"
    BACK = "Back to the comparison"
    WITH_PAIR = "Compare both"
    WITH_ORIGIN = "Compare with it"
    COMPARE_HELP = "Curves, settings, metrics and images of both runs, side by side"
    TOO_FEW = "A comparison needs at least two runs. Select them in the list of runs."
    TOO_MANY = "At most {most} runs can be compared at once. These are the first {most} of the address."
    TOO_LONG = "The address names more runs than can be read: only its first {most} places were looked at."
    AND_MORE = "{names} and {more} more"
    UNKNOWN = "Not found: {ids}. These runs may have been deleted, or the link is incomplete."
    READING = "Reading the runs: {done} of {count}"
    NOT_TRAINED = (
        "Not compared here: {names}. Only training runs have curves to compare; studies and predictions are read on "
        "their own pages."
    )

    # The table of runs
    RUNS = "The runs that are compared"
    HEAD: ClassVar = {"name": "Run", "state": "State", "epoch": "Best epoch"}
    REFERENCE = "reference"
    REFER = "make reference"
    REMOVE = "Remove {name} from the comparison"
    MAKE_REFERENCE = "Compare the others with {name}"
    EPOCH_OF = "{epoch} of {epochs}"
    NO_VALUE = "–"
    UNDEFINED = "undefined"
    UNDEFINED_WHY = "{title} of {side} is undefined: {why}."
    TABLE_NOTE = "Values at the best epoch of each run so far, by the metric that the run was set to watch."

    # Sections
    CURVES = "Curves"
    METRICS = "Metrics"
    SETTINGS = "Settings"
    IMAGES = "Images"

    # Curves
    METRIC = "Metric"
    AXIS = "Horizontal axis"
    AXIS_HELP = (
        "Time is what the run has worked, without waiting in the queue or between two attempts. It compares computers "
        "and settings of loading too, not only recipes."
    )
    AXES: ClassVar = {"epoch": "Epoch", "step": "Step", "time": "Time"}
    SMOOTHING = "Smoothing"
    SMOOTHING_HELP = (
        "Exponential moving average along the horizontal axis, as wide as this share of it. It looks back only, so a "
        "smooth curve is late by about its width. The faint line is the measured one."
    )
    NO_SMOOTHING = "none"
    SMOOTHED = "Smoothed by an exponential moving average over {share:.0%} of the axis; the faint lines are measured."
    CURVES_LABEL = "{metric}, validation loss and training loss of {count} runs"
    CURVES_NOTE = "Click a run in the legend to hide it; double-click to show it alone."
    THINNED = "Curves with more than {points:,} points are thinned: each point is the mean of its neighbors."
    HOVER = "%{x:.4g}: %{y:.4f}<extra>%{fullData.name}</extra>"
    TIME_AXIS = "time worked, {unit}"
    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    VAL_LOSS = "validation loss"
    TRAIN_LOSS = "training loss"

    # Differences
    OTHER = "In detail: “{name}” (A) with"
    COMPUTING = "Comparing the runs image by image"
    ALL_HEAD: ClassVar = ("Run", "Value", "Difference from the reference", "95% interval", "Gained and lost images")
    REFERENCE_VALUE = "{name} (reference)"
    SPLIT = "{won} gained, {lost} lost, p = {p}"
    PAIR_HEAD: ClassVar = ("Metric", "A", "B", "B − A", "95% interval")
    A = "**A** · {name}"
    B = "**B** · {name}"
    AT_EPOCH = ", epoch {epoch}"
    SO_FAR = ", its best epoch so far: it still trains"
    THESE_TWO = (
        "This says something about **these two models**, not about the two training setups: training again with "
        "another seed gives other models, and that spread is not in these intervals."
    )
    INTERVAL_HELP = (
        "Paired bootstrap: the {images:,} validation images are drawn {draws:,} times with replacement, the same for "
        "both models, within the classes for all metrics but accuracy where an image has one class. An interval that "
        "contains 0 means that these "
        "images do not tell the models apart."
    )
    APPROXIMATE = "~ approximate, from the influence of each image, because there are too many scores to draw again."
    NO_INTERVAL = "–"
    INTERVAL = "{low} to {high}"
    NO_DIFFERENCE = "no difference on these images"
    MCNEMAR = "Right and wrong"
    MCNEMAR_HEAD: ClassVar = ("", "B right", "B wrong")
    MCNEMAR_A_RIGHT = "A right"
    MCNEMAR_A_WRONG = "A wrong"
    MCNEMAR_SAYS = (
        "{changed} of {images:,} images changed sides: {won} only B gets right, {lost} only A. Exact McNemar test: "
        "p = {p}."
    )
    MCNEMAR_HELP = (
        "The probability of a split at least as uneven as this one if each of these images were as likely to change in "
        "one way as in the other."
    )
    ALL_IMAGES = "Back to all images"
    COMMON = "Compare on the {count:,} common images"
    NOT_COMPARED = (
        "The difference cannot be shown image by image. {why} Each value below belongs to the run's own validation "
        "images."
    )
    VALUES_HEAD: ClassVar = ("Metric", "A", "B")
    LOSS_NOTE = "The validation loss of single images is not recorded, so it has no interval."

    # Images
    SIDES = "Which images"
    WHO = "A is “{a}”, B is “{b}”. Images on which the wrong model is most confident come first."
    LOST = "A right, B wrong ({count})"
    WON = "A wrong, B right ({count})"
    NONE_CHANGED = "No image changed sides: both models are right and wrong on the same images."
    NO_SIDES = "Which images changed sides cannot be shown. {why}"
    SEVERAL = "These runs learn several labels, and an image is not simply right or wrong. Each run shows its images."
    WHO_MASKS = (
        "A is “{a}”, B is “{b}”. Images whose Dice differs most come first; the small pictures show the masks of B. "
        "Dice is the mean over the classes in the true or the predicted mask of an image. Click one for both masks."
    )
    LOWER = "Dice lower in B ({count})"
    HIGHER = "Dice higher in B ({count})"
    NONE_CHANGED_DICE = "No image changed: both models have the same Dice on each image."
    PREDICTED_BY = "Predicted by {side}"
    DICE_CHANGE = "{a:.3f} → {b:.3f}"
    DICE_OF_BOTH = "Dice {a:.3f} by A, {b:.3f} by B."
    MASK_NOT_KEPT = "The mask of {side} was not kept."
    LOOKING_UP = "Looking up the validation images in the data set"
    CAPTION_SHORT = "True {true}; A predicted {a}, B predicted {b}"
    CAPTION = "True {true}. A predicted {a} ({score_a:.1%}), B predicted {b} ({score_b:.1%})."

    # Settings
    SAME = "All {count} are the same."
    SAME_NOTE = "Only what differs is listed; {count} others are the same."
    NOT_USED = "not used"
    NOT_RECORDED = "not recorded"
    PIPELINES = "Pipelines, step by step"
    PIPELINES_HELP = (
        "Steps that both pipelines have are gray. Green with + was added, red with − is missing, and orange with ~ has "
        "other parameters. A step that has moved is both, because order has an effect. Steps that are off are left out."
    )
    PIPELINES_EMPTY = "Neither run augments its images."
    PIPELINE_SAME = "The pipelines are identical."
    PIPELINE_SAME_BUT_STREAMS = (
        "The steps are identical, but with the same seed they draw different numbers. In one of the runs, which an "
        "earlier version made, all steps share one sequence of random numbers."
    )
    STEP = "{title}, p = {p:g}"
    CHANGE_OF = "{name}: {was} → {now}"
    UNREADABLE = "The settings of {names} cannot be read."
    VERSIONS = "Data, versions and machine"
    TRAIN_IMAGES = "training images, count"
    VAL_IMAGES = "validation images, count"
    CLASSES = "classes"
