"""Words of the Runs page and of one run."""

from typing import ClassVar


class Runs:
    TITLE = "Runs"
    EMPTY = "No run yet. Training the pipeline that is open takes one click and, on the generated shapes, a minute."
    TO_TRAIN = "Set up a run"
    ALL = "All runs"
    LOG = "Log"
    CONFIG = "Settings of this run"
    UNKNOWN = "There is no run “{id}”. It may have been deleted, or the link is incomplete."
    WAITS = "It begins by itself when its turn comes. Nothing has to stay open for that."
    WAITING = "The first numbers come a few seconds after the start."
    PROGRESS_STEP = "epoch {epoch} of {epochs} · step {step:,} of {total:,}"
    PROGRESS_LEFT = "{left} left"
    PROGRESS_SPEED = "{speed:.0f} images/s"
    PHASES: ClassVar = {
        "importing": "loading torch",
        "reading data": "reading the images",
        "downloading weights": "downloading the weights",
        "building model": "building the network",
        "training": "training",
        "validating": "validating",
        "saving": "saving",
        "checking": "checking",
    }
    KINDS: ClassVar = {"check": "quick check", "rate": "learning rate finder"}
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
    STATE_LINE = ":{colour}-badge[{state}] {reason}"
    LOSS_TITLE = "Loss"
    AUROC_TITLE = "AUROC"
    F1_TITLE = "F1"
    CONFUSION_TITLE = "Confusion matrix, epoch {epoch}"
    VALIDATION_TITLE = "Confusion matrix"
    VALIDATION_COMES = "It comes with the first validation, at the end of this epoch."
    RUNNING_TITLE = "Confusion matrix, training batches"
    RUNNING_HELP = (
        "What the network took the augmented training images of this epoch for, while it learned from them. Rows are "
        "the truth, columns what was predicted. It begins anew with each epoch."
    )
    RUNNING_COMES = "It comes with the first batches."
    RUNNING_MIXED = "Mixed images have no single class; the matrix comes with the validation."
    RUNNING_CAPTION = "Epoch {epoch}, {seen:,} of {total:,} images: {share:.0%} right"
    RUNNING_CAPTION_MIXED = "Epoch {epoch}, {seen:,} of {total:,} images, without the mixed ones: {share:.0%} right"
    ACCURACY_HELP = (
        "Share of right answers. In training: of the batches since the point before, augmented and while it learns; "
        "mixed images have no right answer."
    )
    RATE_TITLE = "Learning rate"
    RATE_HELP = "Of the head, in each step: what the schedule plans, and how far the run is."
    LOSS_HELP = "Cross entropy or BCE. Training falls first; validation that rises again means overfitting."
    AUROC_HELP = (
        "Area under the ROC curve: the chance that a random image of the class gets a higher score than a random other "
        "one. 0.5 is guessing, 1 is perfect. With more than 2 classes: each against the rest, and their mean (macro)."
    )
    F1_HELP = "Harmonic mean of precision and recall; macro is the plain mean over all classes, small or large."
    CONFUSION_HELP = "Rows are the truth, columns what was predicted; the colour is the share of the row. Click a cell."
    ACCURACY = "Accuracy"
    F1_MACRO = "F1, macro"
    VAL_LOSS = "Validation loss"
    EPOCH = "Epoch"
    NONE_YET = "–"
    UNDEFINED = "undefined"
    BEST = "best {value:.3f}"
    BEST_NONE = "best –"
    CELL = "True {true}, predicted {predicted}: {count:,} of {total:,} images in epoch {epoch}."
    CELL_HINT = "Click a cell of the matrix to read it."
    DAMAGED = "{count} lines of this run's record are damaged and were left out."
    LIST = "All runs, newest first"
