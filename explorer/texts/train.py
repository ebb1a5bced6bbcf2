"""Words of the Train page; those of its fields are in train_fields.py."""

from typing import ClassVar


class Train:
    TITLE = "Train"
    PROMISE = "Training runs in the background: you can close this page or stop the server."
    SECTIONS: ClassVar = {
        "data": "Data",
        "network": "Network",
        "loss": "Head and loss",
        "optimizer": "Optimizer and schedule",
        "mixing": "What the model sees",
        "device": "Device and speed",
        "out": "Name, seed and logging",
    }
    SECTION_HELP: ClassVar = {
        "mixing": "The first images of the first batch of an epoch, exactly as training gets them: augmented, scaled "
        "to the image size and mixed with this seed.",
    }
    MORE: ClassVar = {
        "data": "More: generated images, columns of a table, validation, final set",
        "network": "More: unfreezing, learning rate of the backbone, normalization",
        "optimizer": "More: optimizer, schedule, momentum, clipping, accumulation, early stopping",
    }
    SUMMARY_OF: ClassVar = {"accelerator": "device {value}", "precision": "precision {value}", "seed": "seed {value}"}
    CHANGED = "Changed: {fields}"
    SET_ONE = "{field} {value}"
    DATA_NOTE = (
        "To look at single images, choose this data set on Augment. The data set decides what is learned: a class for "
        "each image, several labels for each, or a class for each pixel where images have masks. Boxes are not learned."
    )
    TO_DATA = "What is in it, and what is wrong with it"
    SUMMARY = "This run"
    START = "Start"
    START_HELP = "Starts the run and opens its page"
    START_PAIR = "Train with and without"
    START_PAIR_HELP = (
        "Queues two runs with the same settings and seed: one with this pipeline, one without augmentation. Each links "
        "to the other."
    )
    PAIR_NOTHING = "The pipeline does not augment, so there is nothing to compare."
    WITH = "{name}, with augmentation"
    WITHOUT = "{name}, without augmentation"
    LOOKING = "Looking for devices and networks. The first time takes a few seconds."
    NO_MACHINE = "Devices could not be detected: {reason}"
    AUTO = "Auto ({name})"
    AUTO_PRECISION = "Auto selects {name} on this computer."
    DEVICE = "{name}, {memory}"
    DEVICES = "{count} GPUs"
    GPU = "{index}: {device}"
    CURRENT = "Current pipeline"
    NO_PIPELINE = "None (no augmentation)"
    SAVED = "Saved: {name}"
    PRESET = "Preset: {name}"
    PRESET_GONE = "There is no preset “{name}”. Choose another pipeline."
    DRAFT_WRONG = "The current pipeline has an error: {reason}"
    TO_AUGMENT = "Back to the pipeline"
    PLACE_NONE = "No {kind} was found in {roots}. Start with make run DATA=/folder, or put one there."
    LOOKING_AT = "Looking at the images of the data set"
    LOOK_AT_ALL = "Look at all images"
    LOOKED_AT = "{done:,} of {total:,} images"
    CARRY_OTHER = "Augment shows other data: {name}."
    CARRY_NOT = "Augment shows {name}, which cannot be trained on: {reason}"
    CARRY_IMAGE = "Augment shows a single image. Training needs a data set, so one is chosen here."
    PARAMETERS = "{millions:.1f} million parameters. {note}."
    COUNTS = "{train:,} training images, {val:,} validation images"
    CLASS_LINE = "{name}: {train:,} train, {val:,} validation"
    UNCOUNTED = "{value} {name}: neither learned nor counted"
    NONE_UNCOUNTED = "All values of the masks but 255 are classes."
    STEPS = "{steps:,} steps: {epochs} epochs of {per_epoch}"
    AUGMENTED = "Augmentation: {steps}"
    DEFAULT_NAME = "{dataset}, {steps}"
    NOT_STARTED = "The run could not be started: {reason}"
    RESET = "Reset to defaults"
    ALSO = "{backbone}: these settings were changed to what this network supports: {fields}"

    # Trial of the pipeline before a run
    TRYING = "Trying the pipeline on a few images"
    TRIED_LATER = "This pipeline is slow, so it is tested on a few images only when you press Start."

    # The schedule as a curve
    MOMENTUM = "momentum"
    RATE = "learning rate"
    EPOCH_AXIS = "epoch"
    BACKBONE_RATE = "backbone"
    HOVER_BACKBONE = "epoch %{x:.2f}: %{y:.3g}<extra>backbone</extra>"
    UNFREEZES = "all layers train"
    CURVE_ALT = "The learning rate at each step"
    CURVE_LATER = "The curve is updated once all values are valid."
    HOVER_RATE = "epoch %{x:.2f}: %{y:.3g}<extra>learning rate</extra>"
    HOVER_MOMENTUM = "epoch %{x:.2f}: %{y:.3f}<extra>momentum</extra>"

    # What the model sees
    SEEN_EPOCH = "Epoch"
    SEEN_NOT = "The first images appear here once all values on this page are valid."
    SEEN_LAST = "These images are for the last valid values."
    SEEN_FAILED = "The images cannot be shown: {reason}"
    SEEN_SLOW = "This pipeline is slow. Computing the images takes about {seconds}."
    SEEN_DRAW = "Show images"
    SEEN_SCALED = "The pipeline converts pixels to decimal numbers. They are shown scaled from lowest to highest."
    SEEN_MIXED = "{share:.2g} {own} + {rest:.2g} {other}"
    SEEN_MASKS = (
        "Each color is a class. Pixels that do not count are hatched, and so is the padding that makes the image a "
        "square."
    )
    SEEN_PASTED = "{share:.0%} of each image is a box of another one, pasted with its mask."
    SEEN_SHARE = "{name} {share:.0%}"
    SEEN_VOID = "no pixel counts"
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
    COLUMNS_MASKS: ClassVar = (*COLUMNS[:-2], "Decoder only, images/s", "All layers, images/s")
    MADE_FOR = "{size} px"
    DOWNLOAD = "{weights} (download)"
    COMPARE_NOTE = "Training speeds, measured on this computer at {size} px in {precision}."
    COMPARE_NOTE_MASKS = "Training speeds as encoders of U-Nets, measured on this computer at {size} px in {precision}."
    COMPARE_NONE = "No network has been measured on this computer yet."
    MEASURE = "Measure {title}"
    MEASURE_AGAIN = "Measure {title} again"
    MEASURE_HELP = "Takes about ten seconds, in the background"
    MEASURING = "Measuring {title} for {seconds:.0f} s"
    MEASURE_FAILED = "The measurement failed: {reason}"
    TAKES = "About {time} on this computer"
    TAKES_HELP = (
        "Estimated from a measurement on this computer. Starting adds a few seconds. Reading and augmenting images add "
        "time if they are slower than the network."
    )
    WILL_WAIT = "{turn} A run that you start now waits for its turn."
    TAKES_UNKNOWN = "The duration is not known yet. Run a quick check or measure this network to find out."

    # What it needs
    NEEDS = "About {memory} of memory and {disk} of disk"
    NEEDS_GPU = "About {memory} of memory, {gpu} of GPU memory and {disk} of disk"
    NEEDS_HELP = (
        "At the peak. Memory grows with the batch size and with the square of the image size. The disk holds two "
        "checkpoints, a third one while it is written, and the scores of each epoch."
    )

    # A run that is changed
    EMPTY = "empty"
    AS_IN = "As in {name}"
    AS_IN_GONE = "As in a deleted run"
    WAS = "was {was}"
    OTHER_SETTINGS = "the same steps with other settings"
    NOT_FILLED = "The form was not changed: {reason}"
    SOURCE_UNREADABLE = "The settings of {id} cannot be read: {reason}"
    SOURCE_GONE = "This form was filled from {id}, which can no longer be read, so differences are not known."
    DIFFERS = "Differs from {name}: {changes}"
    CHANGE = "{field} {was} → {now}"
    FROM_STUDY = "Filled from {name}, which is a study. This trains a network with its pipeline."
    SAME = "Same settings as {name}: this would repeat that run."
    RULES_OF_BEFORE = (
        "{name} was started by an earlier version. A new run takes the lower validation loss among equally good "
        "epochs, and averages the accumulated batches that are left at the end of an epoch."
    )
    NAME_CHANGED = "{name} · {changes}"
    NAME_CHANGE = "{field} {now}"
    NAME_AGAIN = "{name}, again"
