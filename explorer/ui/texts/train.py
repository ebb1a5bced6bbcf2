"""Words of the Train page, but for those at its fields."""

from typing import ClassVar


class Train:
    TITLE = "Train a classifier"
    PROMISE = "Starts in the background: close this page, stop the server, the run goes on."
    SECTIONS: ClassVar = {
        "data": "Data",
        "network": "Network",
        "loss": "Head and loss",
        "optimizer": "Optimiser and schedule",
        "mixing": "What the model sees",
        "device": "Device and speed",
        "out": "Out",
    }
    SECTION_HELP: ClassVar = {
        "mixing": "The beginning of the first batch of an epoch, pixel for pixel as the training gets it: kept, "
        "augmented, scaled to the image size and mixed with this seed.",
    }
    MORE: ClassVar = {
        "network": "More: unfreezing, backbone's rate, normalising",
        "loss": "More: dropout, drop-connect, threshold",
        "optimizer": "More: schedule, momentum, clipping, accumulation, early stopping",
        "device": "More: kept images, workers, threads",
    }
    SET = "Set there: {fields}"
    SET_ONE = "{field} {value}"
    SUMMARY = "This run"
    START = "Start"
    START_HELP = "Starts the run and opens its page"
    STARTING = "Starting"
    LOOKING = "Looking for devices and networks. The first time takes a few seconds."
    NO_MACHINE = "Devices could not be found out: {reason}"
    FIX = "Something needs a look first: {fields}."
    AUTO = "Auto ({name})"
    AUTO_PRECISION = "Auto is {name} here, for what learns now."
    DEVICE = "{name}, {memory}"
    DEVICES = "{count} GPUs"
    GPU = "{index}: {device}"
    CURRENT = "The one just built"
    NO_STEPS = "no steps"
    DRAFT_WRONG = "The pipeline just built has a mistake: {reason}"
    TO_AUGMENT = "Back to the pipeline"
    FOLDER_NONE = "No image folder was found in {roots}. Start with make run DATA=/folder, or put one there."
    LOOKING_AT = "Looking at the images of the data set"
    LOOK_AT_ALL = "Look at all images"
    LOOKED_AT = "{done:,} of {total:,} images"
    PARAMETERS = "{millions:.1f} million parameters; {note}."
    COUNTS = "{train:,} images train, {val:,} validate"
    CLASS_LINE = "{name}: {train:,} + {val:,}"
    MORE_CLASSES = "and {count} more"
    STEPS = "{steps:,} steps: {epochs} epochs of {per_epoch}"
    AUGMENTED = "Augmented by: {steps}"
    DEFAULT_NAME = "{dataset}, {steps}"
    NOT_STARTED = "The run could not be started: {reason}"
    RESET = "Back to defaults"
    ALSO = "{backbone}: also changed, to what it has: {fields}"

    # Tried before the start
    TRYING = "Trying the pipeline on a few images"
    TRIED_LATER = "Its steps are slow: it is tried on a few images when the run is started."

    # The schedule as a curve
    MOMENTUM = "momentum"
    RATE = "learning rate"
    EPOCH_AXIS = "epoch"
    BACKBONE_RATE = "of the backbone"
    HOVER_BACKBONE = "epoch %{x:.2f}: %{y:.3g}<extra>of the backbone</extra>"
    UNFREEZES = "all layers learn"
    CURVE_ALT = "The learning rate of each step"
    CURVE_LATER = "The curve is drawn again once the values are right."
    HOVER_RATE = "epoch %{x:.2f}: %{y:.3g}<extra>learning rate</extra>"
    HOVER_MOMENTUM = "epoch %{x:.2f}: %{y:.3f}<extra>momentum</extra>"

    # What the model sees
    SEEN_EPOCH = "Epoch"
    SEEN_NOT = "The first images are shown here once nothing on this page is wrong."
    SEEN_LAST = "With the last values that were right."
    SEEN_FAILED = "It cannot be shown: {reason}"
    SEEN_SLOW = "These steps are slow: drawing takes about {seconds}."
    SEEN_DRAW = "Draw"
    SEEN_SCALED = "The pipeline makes decimal numbers of the pixels; they are shown from their lowest to their highest."
    SEEN_MIXED = "{share:.2g} {own} + {rest:.2g} {other}"
    SEEN_PLAIN = "This batch is not mixed."
    SEEN_ALT = "Image {number}: {caption}"

    # Networks side by side
    COMPARE = "Compare networks"
    COLUMNS: ClassVar = (
        "Network",
        "Million parameters",
        "Made for",
        "Weights",
        "Head only, images/s",
        "All layers, images/s",
    )
    MADE_FOR = "{size} px"
    DOWNLOAD = "{weights} (download)"
    NO_WEIGHTS = "none"
    COMPARE_NOTE = "Speeds are those of training on this computer, measured once at {size} px in {precision}."
    COMPARE_NONE = "No network has been measured on this computer yet."
    MEASURE = "Measure {title} here"
    MEASURE_AGAIN = "Measure {title} again"
    MEASURE_HELP = "Some ten seconds of this computer, in the background"
    MEASURING = "Measuring {title} for {seconds:.0f} s"
    MEASURE_CANCEL = "Cancel"
    MEASURE_FAILED = "It could not be measured: {reason}"
    TAKES = "About {time} here"
    TAKES_HELP = (
        "From the speed of the network that was measured here. Starting takes some seconds more, and so do reading and "
        "augmenting images where they are slower than the network."
    )
    TAKES_BY: ClassVar = {
        "train": "From a run with the same work that was trained on this computer.",
        "check": "From the quick check of the same work: a few batches of training and validation.",
        "rate": "From the search for a learning rate with the same work; its validation is estimated.",
    }
    TAKES_UNKNOWN = "How long it takes here is not known yet."
    MEASURE_TIME = "Measure {title}"

    # What it needs
    NEEDS = "About {memory} of memory and {disk} of disk"
    NEEDS_GPU = "About {memory} of memory, {gpu} of GPU memory and {disk} of disk"
    NEEDS_HELP = (
        "At the peak. Memory grows with the batch and with the square of the image size; the disk holds two "
        "checkpoints, a third while it is written, and the scores of each epoch."
    )

    # A run that is changed
    EMPTY = "empty"
    AS_IN = "As in {name}"
    AS_IN_GONE = "As in a run that is gone"
    WAS = "was {was}"
    OTHER_SETTINGS = "the same steps, set otherwise"
    NOT_FILLED = "The form was left as it is: {reason}"
    SOURCE_UNREADABLE = "The settings of {id} cannot be read: {reason}"
    SOURCE_GONE = "It was filled from {id}, which cannot be read any more, so what differs is not known."
    DIFFERS = "Differs from {name}: {changes}"
    CHANGE = "{field} {was} → {now}"
    SAME = "Nothing differs from {name} yet: it would be the same run again."
    NAME_CHANGED = "{name} · {changes}"
    NAME_CHANGE = "{field} {now}"
    NAME_AGAIN = "{name}, again"
