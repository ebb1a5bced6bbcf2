"""Words of reports: files about runs that are read without the app."""

from typing import ClassVar


class Report:
    # The command
    COMMAND = "write one HTML file about a run, or about several runs to compare, that opens anywhere"
    OUTPUT = "the file to write"
    FORCE = "replace the file if it exists"
    MOST = "megabytes that the file may have (default {most})"
    EXISTS = "{file} exists. Choose another name, or add --force to replace it."
    ENDING = "A report is written as .html; {file} has another ending."
    IS_PREDICTION = (
        "{id} is a prediction, and reports are about trainings and studies. `python -m explorer predict {id} "
        "--out FILE` prints its scores and writes its table."
    )
    TWICE = "{id} is named twice. A comparison needs different runs."
    TOO_MANY = "{count} runs are too many for one report: at most {most}."
    TOO_SMALL = "{most:g} MB are too few: the part that draws the charts takes 5 MB. Give at least {least:g}."
    READING = "reading {run}"
    PICTURES = "making small images of the mistakes of {run}"
    COMPARING = "comparing with {run}"
    WRITING = "writing the file"
    LARGER = "caution: words, tables and numbers alone take more than {most:g} MB. Report fewer runs at once."
    WRITTEN = "{file}: {size}"

    # The button of the app
    OFFER = "Report"
    OFFER_WHAT = (
        "One HTML file with figures that zoom, the worst mistakes as images, the configuration and all numbers. It "
        "opens in any browser, without this app and without the internet."
    )
    OFFER_STUDY = (
        "One HTML file with the answer, its figures, the configuration and all numbers of this study. It opens in any "
        "browser, without this app and without the internet."
    )
    MAKE = "Make report (one HTML file)"
    MAKE_AGAIN = "Make it again"
    MAKING = "Making the report"
    MAKING_STEP = "Making the report: {step}"
    CANCEL = "Cancel"
    OTHER = "Another report is being made. Try again in a moment."
    FAILED = "The report could not be made: {reason}"
    TOO_LONG = "it took longer than {seconds:.0f} s"
    DOWNLOAD = "Download report ({size}, made {time})"

    # The page
    TITLE = "Report: {name}"
    COMPARISON = "Comparison of {count} runs"
    COMPARISON_FILE = "comparison"
    MADE = "Made {time} with Augmentation Explorer. Everything is in this one file; it loads nothing."
    STILL = "This run was still training when the report was made: its numbers may change."
    NOT_TRAINING = "This run did not train a network, so it has no metrics."
    NO_EPOCH = "No epoch was validated, so there are no metrics."
    NUMBERS = "Metrics at the best epoch"
    NUMBERS_OF = "Epoch {epoch} of {epochs}, the best by {monitor}. Its weights are the ones that were saved."
    NUMBERS_SO_FAR = "Epoch {epoch}, the best by {monitor} of the {epochs} validated so far."
    INTERVAL = "{low} to {high}"
    INTERVAL_NOTE = (
        "The ranges are 95% intervals ({how}): what other validation images of the same kind could give for this one "
        "trained network. They do not say what another training would give."
    )
    SCORES_TITLE = "More scores"
    SCORES_HEAD = ("Score", "Value", "95% interval")
    UNDEFINED_WHY = "undefined: {why}"
    UNDEFINED = "undefined"
    FIGURES = "Figures"
    WITH_LOSSES = "{title}, validation loss and training loss"
    COLORS_NOTE = "The colors of the runs are those in the legend of the first figure."
    FIGURES_NOTE = "Drag to zoom, double-click to see all of a figure again."
    LEFT_OUT = "Left out, so that the file stays below {most:g} MB."
    MATRIX_TOO_LARGE = (
        "A matrix of {classes:,} classes is too large to be drawn here (at most {most}). The most confused pairs are "
        "in the table below, and all cells are in the numbers of this file."
    )
    MATRICES_OF_LABELS = (
        "Each label has a matrix of its own. Precision and recall are in the table below, and all cells are in the "
        "numbers of this file."
    )
    PIXELS_TITLE = "Confusion matrix of pixels, epoch {epoch}"
    PAIRS = "Most confused pairs"
    PAIRS_HEADS: ClassVar = {  # by task
        "classification": ("True", "Predicted", "Images", "Share of the class"),
        "segmentation": ("True", "Predicted", "Pixels", "Share of the class"),
        "labels": ("True", "Predicted", "Images", "Share of the class"),
    }
    PAIRS_NOTE = "The {shown} largest of {total:,} pairs."
    CLASSES = "Classes"
    CLASSES_HEADS: ClassVar = {  # by task
        "classification": ("Class", "Images", "Precision", "Recall", "F1", "AUROC"),
        "segmentation": ("Class", "Images with it", "Pixels", "IoU", "Dice", "Precision", "Recall"),
        "labels": ("Class", "Images", "Precision", "Recall", "F1", "AUROC"),
    }
    MISTAKES = "Worst mistakes"
    MISTAKES_NOTE = "{listed} of {total:,} mistakes at the best epoch, highest loss first; {shown} with their image."
    NO_MISTAKES = "No validation image was classified wrongly at the best epoch."
    NO_LABELS = "Pictures of several labels are not in this report. The page of the run shows them, label by label."
    NO_SCORES = "The scores of single images are not stored, so single mistakes are not known."
    SCORES_WRONG = "The mistakes cannot be put in order: {why}."
    NO_IMAGES = "The images are not shown: {why}"
    IMAGES_NOT_NAMED = "this run has not recorded which images it validated on."
    OTHER_IMAGES = "the validation images in the data set are no longer those of the run."
    IMAGE_GONE = "no longer in the data set"
    IMAGE_CHANGED = "changed since the run"
    NO_IMAGE = "no image"
    NO_ROOM = "no room in this file"
    TRUE_PREDICTED = "True {true}, predicted {predicted}"
    SCORES = "score {predicted:.0%}, true class {true:.0%}, loss {loss:.2f}"
    ROW = "row {index}"
    CONFIGURATION = "Configuration"
    CONFIGURATION_NOTE = "Settings that had no effect on this run are not listed."
    CONFIGURATION_RAW = "The settings are listed as they were recorded, because they cannot be read: {why}"
    CONFIGURATION_HEAD = ("Setting", "Value", "Default, where it differs")
    SETTING = "Setting"
    DIFFERENCES = "What differs"
    SAME = "All recorded settings are the same."
    PIPELINES_NOTE = (
        "Marked with + are steps that only B has, with − those that only A has, and with ~ those with other "
        "parameters. A step that has moved is both, because order has an effect. Steps that are off are left out."
    )
    NOT_READ = "cannot be read"
    PIPELINE_NOT_COMPARED = "The pipelines cannot be compared, because the settings of {name} cannot be read."
    PIPELINE = "Pipeline"
    NO_PIPELINE = "The pipeline cannot be read: {why}"
    NO_STEPS = "No steps: training images were not augmented."
    OFF = "off"
    PROBABILITY = "p = {p:g}"
    RECORDED = "Versions, data and weights"
    RECORDED_HEAD = ("Recorded", "Value")
    NO_RECORDED = "The run did not begin to train, so nothing was recorded."
    CHECKPOINT = "SHA-256 of the best checkpoint"
    RUN_ID = "Run"
    STARTED = "Started"
    DURATION = "Duration"
    DATA = "Data"
    IMAGES = "({train:,.0f} training, {val:,.0f} validation images)"
    NETWORK = "Network"
    NOTHING = "–"
    TAGS = "Tags"
    NOTE = "Note"
    FLAGS = "Flagged images"
    FLAGS_UNREADABLE = "They cannot be shown: {why}"
    FLAGS_HEAD = ("Image", "Note")
    CURVES_OF = "{title}: {name}"
    CURVES_SHOWN = "Curves of scores are drawn for {shown} of {total:,} classes: those with the lowest AUROC."
    OTHER_CLASSES = "other classes"
    FROM_HISTOGRAM = "Computed from histograms of the scores, since those of single images are not stored."
    BESIDE = "{a} (A) vs. {b} (B)"
    BESIDE_HEAD = ("Metric", "A", "B", "B − A", "95% interval")
    THESE_TWO = (
        "This says something about these two models, not about the two training setups: training again with another "
        "seed gives other models, and that spread is not in these intervals."
    )
    PAIRED = (
        "Paired bootstrap: the {images:,} validation images are drawn {draws:,} times with replacement, the same for "
        "both models. An interval that contains 0 means that these images do not tell the models apart."
    )
    RUNS_HEAD = ("Run", "State", "Best epoch")
    NO_SCRIPT = "The figures need JavaScript. All numbers are in the tables, and as JSON at the end of this file."

    # Of a study
    VERDICT = "Verdict"
    STEP = "Step"
    STUDY_INTERVAL = "effect and 95% interval"
    STUDY_BETTER = "P(better)"
    STUDY_OTHER = "The result of this kind of study is shown in the app only."
    STUDY_STILL = "This study was still running when the report was made: its numbers may change."
    STUDY_CLASSES = "Classes that are worth a look"
    STUDY_CLASSES_HEAD = ("Step", "Class", "Images", "Effect on recall", "95% interval, by itself")
    STUDY_CHANGED = "Images that changed sides"
    STUDY_CHANGED_NOTE = "For each step those that change most. How often the heads are right with it and without it."
    STUDY_CHANGED_HEAD = ("Step", "Image", "Class", "Right with it", "Right without it")
    STUDY_CODE = "Compute the verdict again"
    ANSWERS_INSIDE = (
        "This file holds the answers of all heads. Save the code below as verdict.py and run: python verdict.py with "
        "the path of this file. It needs numpy, and nothing of the app. Intervals come from its own draws, so "
        "their ends differ a little."
    )
    ANSWERS_OUTSIDE = (
        "The answers of all heads are too large for this file. Save the code below as verdict.py and run: python "
        "verdict.py with the folder of the study. It needs numpy, and nothing of the app."
    )
