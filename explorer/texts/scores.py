"""Words of the Scores section of a run's page: the threshold, the curves and the table."""

from typing import Any, ClassVar


class Scores:
    PART_THRESHOLD = "Threshold and curves"
    PART_ALL = "All scores"
    PART_CLASSES = "By class"
    EPOCH = "Epoch"
    EPOCH_HELP = "The validation whose scores are shown. The best epoch is the one whose weights are kept."
    BEST = "Best epoch"
    LATEST = "Latest epoch"
    SHOWN_EPOCH = "Epoch {epoch} is shown."
    EPOCH_NUMBER = "Epoch {epoch}"
    CLASS = "Class"
    CLASS_HELP = (
        "The threshold decides for this class against all others: an image counts as this class if its probability is "
        "at least the threshold."
    )
    NO_EPOCH = "Scores can be shown after the first validated epoch."
    NOT_FINITE = "Some scores of this epoch are nan or infinite, so that those of single images are not used."
    THRESHOLD_TITLE = "Threshold"
    THRESHOLD_HELP = (
        "With two classes, the network's answer is the class with a probability above 0.5. Another threshold trades "
        "precision against recall. The slider follows the scores of the images, so it is not linear in probability. "
        "Arrow keys move it by a 200th of the images, with Shift to the next image; Home counts all images as the "
        "class, End none."
    )
    OPTIMISTIC = (
        "A threshold that is chosen here fits the same {images:,} validation images that it is measured on: expect "
        "somewhat lower values on new images. The 95% intervals (Wilson; Newcombe for Youden’s J) are those of a "
        "threshold that was fixed before."
    )
    ONE_AGAINST_REST = (
        "One against the rest: with {classes} classes, the answer of the network is the class with the highest "
        "probability, which need not be above 0.5. So this matrix may differ from that of all classes."
    )
    OF_LABEL = (
        "Each label has a threshold of its own: an image has the label if its probability is at least the threshold. "
        "Training measured all of them with {threshold:g}."
    )
    FROM_HISTOGRAM = "Here they come from histograms: the threshold moves in {steps:,} steps, whose counts are exact."
    COARSE_STEPS = (
        "The images have {scores:,} different scores, between which the threshold moves in {steps:,} steps. The counts "
        "at each step are exact."
    )
    ONE_CLASS_ONLY = (
        "All validation images that were counted are of one kind: {positives:,} are {name}, and {negatives:,} are not. "
        "Scores that compare the two are undefined."
    )

    OTHER = "other"

    # Charts
    CHARTS: ClassVar = {
        "roc": "ROC",
        "pr": "Precision and recall",
        "f1": "F1 by threshold",
        "calibration": "Calibration",
        "distribution": "Scores by class",
    }
    CHARTS_HELP: ClassVar = {
        "roc": (
            "Recall over the false positive rate, for each threshold. The area below is the AUROC. It misleads where "
            "the class is rare: then few false positives in percent are many in number."
        ),
        "pr": (
            "Precision over recall, for each threshold. It depends on how common the class is: on data with another "
            "share of the class it changes. The dotted line is the precision of guessing."
        ),
        "f1": (
            "F1 for each threshold. A sharp peak is a threshold that fits these images by chance; a broad one holds on "
            "new images, too. The axis of the threshold is in log odds, so that confident scores do not coincide."
        ),
        "calibration": (
            "Images in at most ten groups of about equal size by their predicted probability, and the share of each "
            "group that is of the class, with 95% intervals (Wilson). On the dotted line, 70% means that 70% are. "
            "Below: how many images have each probability. Good calibration does not mean good predictions: the share "
            "of the class as the answer for every image is perfectly calibrated."
        ),
        "distribution": (
            "The share of the images of each true class at each score. Where the two overlap, no threshold separates "
            "them. The axis is in log odds, so that confident scores do not coincide."
        ),
    }
    CHARTS_UNDEFINED: ClassVar = {
        "roc": "Undefined: the validation images that were counted are all of the class, or none is.",
        "pr": "Undefined: no validation image is of the class.",
        "f1": "Undefined: no validation image is of the class.",
        "calibration": "Undefined: there are no validation images.",
        "distribution": "There are no validation images.",
    }
    AXES = "The axes show where the curves change. Drag to zoom; a double click shows these axes again."
    CALIBRATION_COARSE = (
        "Calibration and distribution are computed from histograms of the scores, and so are approximate."
    )

    # Masks
    PART_PIXELS = "Curves"
    PIXEL_CURVES = (
        "Each pixel is counted by the probability of this class: {positives:,} pixels of the class and {negatives:,} "
        "others, {counted}. The pixels of one image are not independent of each other."
    )
    PIXELS_OF_ALL = "which are all that count"
    PIXELS_OF_GRID = "which are {share:.0%} of those that count, on a regular grid"
    CHARTS_UNDEFINED_PIXELS = "Undefined: the pixels that count are all of the class, or none is."
    PIXELS_COLUMN = "Pixels"
    PIXELS_HELP = "Pixels of the class in the masks of the validation images (support)"
    MASK_CLASSES_NOTE = (
        "Each class against all others, over the pixels of all validation images unless it says per image. Select a "
        "row for intervals and formulas."
    )

    # Tables
    METRIC = "Score"
    VALUE = "Value"
    INTERVAL = "95% interval"
    UNDEFINED = "undefined"
    NO_INTERVAL = "none"
    COMPUTING = "…"
    LABEL = "{title} {value} :gray[{between}]"
    RANGE = "{low:.3f} to {high:.3f}"
    HOW_MANY = (
        "Intervals say how far a score would differ with other validation images of the same kind: a bootstrap over "
        "the {images:,} validation images of this epoch. They do not cover variation between training runs. "
        "Select a row for its formula."
    )
    VALUE_IS = "**{value}** with a 95% interval from {low} to {high}"
    VALUE_ONLY = "**{value}**, without an interval: {why}."
    VALUE_COMES = "**{value}**; its interval is being computed."
    UNDEFINED_WHY = "**Undefined:** {why}."
    WITHIN = "Computed from histograms of the scores: off by {within:.2g} at most."
    DECEIVES = "**When it misleads.** {words}"
    HOW_COMPUTED = "Interval: {how}."
    OF_CLASS: ClassVar = {
        "precision": "Precision",
        "recall": "Recall",
        "specificity": "Specificity",
        "f1_macro": "F1",
        "auroc": "AUROC",
        "average_precision": "Average precision",
        "mean_precision": "Average precision",
    }
    CLASS_COLUMN = "Class"
    IMAGES_COLUMN = "Images"
    IMAGES_HELP = "Validation images of the class (support)"
    SCORES_COME = "The scores of this epoch are being computed."
    CLASSES_NOTE = (
        "One class against the rest. Click a column heading to sort; select a row for intervals and formulas."
    )
    COUNTS = "TP {tp:,} · FP {fp:,} · FN {fn:,} · TN {tn:,}"

    # Thresholds that are kept
    KEPT = (
        "Kept for predictions: **{name}** from a probability of {threshold} on. Chosen in epoch {epoch} on {images:,} "
        "validation images: {how}."
    )
    HOW: ClassVar = {
        "": "set by hand",
        "run": "the threshold of the run",
        "half": "a probability of 0.5",
        "best_f1": "best F1",
        "youden": "Youden’s J",
        "recall": "recall of {wanted:.3g}%",
        "precision": "precision of {wanted:.3g}%",
    }
    REMOVE = "Remove"
    REMOVE_HELP = "Predictions then use the answer of the network for {name}"
    UNREADABLE = "The thresholds that were kept cannot be shown: {why}"
    NOT_KEPT = "The threshold could not be kept: {why}"

    THRESHOLD: ClassVar[dict[str, Any]] = {
        "threshold": "Threshold",
        "label": "Threshold for {name}",
        "keep": "Keep for predictions",
        "keep_help": "Writes this threshold into the run’s folder. Predictions with this network use it",
        "buttons": {
            "run": "Of the run",
            "half": "0.5",
            "best_f1": "Best F1",
            "youden": "Youden’s J",
            "recall": "Recall of",
            "precision": "Precision of",
        },
        "ways": {
            "half": "A probability of 0.5. With two classes this is the answer of the network (argmax).",
            "best_f1": "The threshold with the highest F1.",
            "youden": "The threshold with the highest recall + specificity − 1 (Youden’s J).",
            "recall": "The highest threshold with at least this recall.",
            "precision": "The threshold with the highest recall of those with at least this precision.",
            "moved": "Moved by hand.",
        },
        "fields": {"recall": "Wanted recall in percent", "precision": "Wanted precision in percent"},
        "not_a_share": "Type a number from 0 to 100.",
        "unreachable": {
            "best_f1": "F1 is undefined, because no validation image is of the class {name}.",
            "youden": "Youden’s J is undefined, because all validation images are of the class {name}, or none is.",
            "recall": "A recall of {wanted} cannot be reached, because no validation image is of the class {name}.",
            "precision": "A precision of {wanted} cannot be reached. The highest of any threshold is {precision}.",
        },
        "predicted": "predicted {name}",
        "not_predicted": "predicted {other}",
        "true": "true {name}",
        "not_true": "true {other}",
        "no_images": "no images",
        "cells": {
            "tp": "True positives (TP), and their share of the row",
            "fn": "False negatives (FN), and their share of the row",
            "fp": "False positives (FP), and their share of the row",
            "tn": "True negatives (TN), and their share of the row",
        },
        "tiles": {
            "precision": "Precision",
            "recall": "Recall",
            "specificity": "Specificity",
            "f1": "F1",
            "accuracy": "Accuracy",
            "youden": "Youden’s J",
        },
        "made_of": {
            "precision": "TP / (TP + FP) = {tp} / {predicted}",
            "recall": "TP / (TP + FN) = {tp} / {positives}",
            "specificity": "TN / (TN + FP) = {tn} / {negatives}",
            "f1": "2 TP / (2 TP + FP + FN)",
            "accuracy": "(TP + TN) / all = {right} / {images}",
            "youden": "recall + specificity − 1",
        },
        "between": "{low} to {high}",
        "above_all": "above every score",
        "undefined": "undefined",
        "why_undefined": {
            "precision": "no image is predicted so",
            "recall": "no image is of the class",
            "specificity": "all images are of the class",
            "f1": "no image is of the class",
            "accuracy": "no images",
            "youden": "only one kind of images",
        },
    }
    WAYS_OF_RUN: ClassVar[dict[str, str]] = THRESHOLD["ways"] | {
        "run": "The threshold of this run: this is the answer of the network.",
        "half": "A probability of 0.5. The network answers by the threshold of this run instead.",
    }


class ScoresOfLabels(Scores):
    """The words where an image can have several labels, each of which is answered by itself."""

    PART_CLASSES = "By label"
    CLASS = "Label"
    CLASS_HELP = "Each label is decided by itself: an image gets it if its probability is at least the threshold."
    THRESHOLD_HELP = (
        "Another threshold trades precision against recall. The slider follows the scores of the images, so it is not "
        "linear in probability. Arrow keys move it by a 200th of the images, with Shift to the next image; Home gives "
        "all images the label, End none."
    )
    CHARTS: ClassVar = Scores.CHARTS | {"distribution": "Scores with and without the label"}
    CHARTS_HELP: ClassVar = Scores.CHARTS_HELP | {
        "roc": (
            "Recall over the false positive rate, for each threshold. The area below is the AUROC. It misleads where "
            "the label is rare: then few false positives in percent are many in number."
        ),
        "pr": (
            "Precision over recall, for each threshold. It depends on how common the label is: on data with another "
            "share of it the curve changes. The dotted line is the precision of guessing."
        ),
        "calibration": (
            "Images in at most ten groups of about equal size by their predicted probability, and the share of each "
            "group that has the label, with 95% intervals (Wilson). On the dotted line, 70% means that 70% have it. "
            "Below: how many images have each probability. Good calibration does not mean good predictions: the share "
            "of the label as the answer for every image is perfectly calibrated."
        ),
        "distribution": (
            "The share of the images with the label, and of those without it, at each score. Where the two overlap, no "
            "threshold separates them. The axis is in log odds, so that confident scores do not coincide."
        ),
    }
    CHARTS_UNDEFINED: ClassVar = Scores.CHARTS_UNDEFINED | {
        "roc": "Undefined: all validation images that were counted have the label, or none has it.",
        "pr": "Undefined: no validation image has the label.",
        "f1": "Undefined: no validation image has the label.",
    }
    CLASS_COLUMN = "Label"
    CLASSES_NOTE = (
        "Each label by itself: images with it against those without. Click a column heading to sort; select a row for "
        "intervals and formulas."
    )
    IMAGES_HELP = "Validation images with the label (support)"
    THRESHOLD: ClassVar[dict[str, Any]] = Scores.THRESHOLD | {
        "ways": Scores.THRESHOLD["ways"] | {"half": "A probability of 0.5. This is the answer of the network."},
        "unreachable": Scores.THRESHOLD["unreachable"]
        | {
            "best_f1": "F1 is undefined, because no validation image has the label {name}.",
            "youden": "Youden’s J is undefined, because all validation images have the label {name}, or none has it.",
            "recall": "A recall of {wanted} cannot be reached, because no validation image has the label {name}.",
        },
        "why_undefined": Scores.THRESHOLD["why_undefined"]
        | {
            "recall": "no image has the label",
            "specificity": "all images have the label",
            "f1": "no image has the label",
        },
    }
