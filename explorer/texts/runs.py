"""Words of the Runs page and of the charts of one run."""

from typing import ClassVar


class Runs:
    TITLE = "Runs"
    EMPTY = "No runs yet. You can train the open pipeline with one click; on the generated shapes this takes a minute."
    TO_TRAIN = "Set up a run"
    ALL = "All runs"
    UNKNOWN = "There is no run “{id}”. It may have been deleted, or the link is incomplete."
    WAITS = "This run starts automatically when its turn comes. You can close this page."
    # What a run waits for, before it is started and on its page
    TURN_ONE, TURN_SEVERAL = "“{name}” is at work on {lane}{left}.", "{runs} are at work on {lane}{left}."
    TURN_LEFT, TURN_LEFT_FIRST = ", with about {left} left", ", the first for about {left} more"
    TURN_AHEAD = "{runs} on {lane}."
    AHEAD_COUNTED = ("more run comes first", "more runs come first")
    WAITING = "The first values appear a few seconds after the start."
    PROGRESS_STEP = "epoch {epoch} of {epochs} · step {step:,} of {total:,}"
    PROGRESS_LEFT = "{left} left"
    PROGRESS_SPEED = "{speed} images/s"
    PHASES: ClassVar = {
        "importing": "loading torch",
        "reading data": "reading the images",
        "downloading weights": "downloading the weights",
        "building model": "building the network",
        "training": "training",
        "validating": "validating",
        "saving": "saving",
        "checking": "checking",
        "drawing views": "drawing views and computing their features",
        "training heads": "training heads",
        "judging effects": "computing the intervals",
        "distorting images": "judging distorted images",
        "predicting": "predicting",
    }
    STATES: ClassVar = {
        "queued": "queued",
        "starting": "starting",
        "running": "running",
        "stalled": "stalled",
        "stopping": "stopping",
        "stopped": "stopped",
        "finished": "finished",
        "failed": "failed",
        "lost": "lost",
    }
    STATE_LINE = ":{color}-badge[{state}] {reason}"
    LOSS_TITLE = "Loss"
    MORE_METRICS = "More metrics"
    CONFUSION_TITLE = "Confusion matrix, epoch {epoch}"
    VALIDATION_TITLE = "Confusion matrix, validation"
    VALIDATION_COMES = "Appears after the first validation, at the end of this epoch."
    VALIDATION_NEVER = "This run ended before its first validation."
    MATRIX_OF = "Epoch of the confusion matrix"
    OF_BEST = "Best epoch"
    OF_LATEST = "Latest epoch"
    OF_BEST_EPOCH = "Best: epoch {epoch}"
    OF_LATEST_EPOCH = "Latest: epoch {epoch}"
    RUNNING_TITLE = "Confusion matrix, training"
    RUNNING_HELP = (
        "Predictions for the augmented training images, made while the network learned from them. Rows are true "
        "classes, columns are predicted classes. Counting starts over with each epoch."
    )
    RUNNING_COMES = "Appears with the first batches."
    RUNNING_NEVER = "No training batches were counted."
    RUNNING_MIXED = "Mixed images have no single class, so training batches are not counted."
    RUNNING_CAPTION = "Epoch {epoch}, {seen:,} of {total:,} images: {share:.0%} correct"
    RUNNING_CAPTION_PIXELS = "Epoch {epoch}, {seen:,} pixels: {share:.0%} correct"
    RUNNING_CAPTION_PIXELS_MIXED = "Epoch {epoch}, {seen:,} pixels, mixed images left out: {share:.0%} correct"
    RUNNING_CAPTION_LABELS = (
        "Training: epoch {epoch}, {seen:,} of {total:,} images, {share:.0%} of all answers correct, one for each image "
        "and label"
    )
    RUNNING_CAPTION_MIXED = "Epoch {epoch}, {seen:,} of {total:,} images, mixed ones left out: {share:.0%} correct"
    ACCURACY_HELP_OF: ClassVar = {
        "classification": "Share of images that are classified correctly. For training, these are the augmented "
        "batches since the previous point; mixed images have no single correct class and are left out.",
        "segmentation": "Share of the pixels that count whose class is right. For training, these are the augmented "
        "batches since the previous point; mixed images are left out.",
        "labels": "Share of all answers, one for each image and label, that are right in the augmented batches since "
        "the previous point. Where labels are rare, always answering no label has a high share.",
    }
    ANSWERS_TITLE = "Right answers in training"
    RATE_TITLE = "Learning rate"
    RATE_HELP = "Learning rate of the head at each step: the schedule, and the part that is done."
    LOSS_HELP = (
        "Cross entropy, BCE or focal loss, as set. A validation loss that rises again while the training loss falls is "
        "a sign of overfitting."
    )
    CONFUSION_HELP = (
        "Rows are true classes, columns are predicted classes. The color shows the share of the row. Click a cell for "
        "its images and for all epochs."
    )
    NONE_YET = "–"
    UNDEFINED = "undefined"
    LATEST = "latest {value}"
    TOO_MANY_CLASSES = "Drawn for at most {most} classes."
    MATRIX_ELSEWHERE = "With more than {most} classes, the matrix is drawn in the Matrix section only."
    MATRICES_OF_LABELS = "Each label has a matrix of its own, in the Labels section."
    CELL_HINT = "Click a cell for its images and for all epochs."
    WHICH_THRESHOLD = (
        "AUROC compares all thresholds; F1, accuracy and the matrix use the threshold of the settings, or the most "
        "likely class. The Scores section has ROC and precision–recall curves with a threshold to move."
    )
    WHICH_THRESHOLD_OF: ClassVar = {
        "classification": WHICH_THRESHOLD,
        "segmentation": "Counts are of pixels: each is predicted as its most likely class. Dice of a class is the F1 "
        "of its pixels.",
        "labels": "AUROC and mAP compare all thresholds; F1 uses the threshold of the settings for each label. The "
        "Scores section has the threshold of each label to move.",
    }
    DAMAGED = "{count} lines of the record of this run are damaged and were left out."
