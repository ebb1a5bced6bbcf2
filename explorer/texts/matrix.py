"""Words of the section of a run's page about its confusion matrices and the images behind their cells."""

from typing import ClassVar


class Matrix:
    TITLE = "Matrix"
    LABEL = (
        "Confusion matrix: arrow keys move the selection, left of the first column to whole rows and below the last "
        "row to whole columns. Enter shows the images, Escape closes them, plus and minus zoom, 0 shows all."
    )
    COMES = "The matrix appears after the first validation, at the end of this epoch."
    NEVER = "This run ended before its first validation, so it has no matrix."
    PREDICTED = "predicted class"
    TRUE = "true class"

    # Epochs
    SLIDER = "Epoch of the matrix"
    EPOCH = "Epoch {epoch} of {count}"
    EPOCH_SO_FAR = "Epoch {epoch} ({count} of {planned} done)"
    PLAY = "Play all epochs"
    PAUSE = "Pause"
    BEST = "Best: epoch {epoch}"
    LATEST = "Latest: epoch {epoch}"
    NO_BEST = "Best epoch"
    NO_LATEST = "Latest epoch"
    MISSING = "The record of epoch {epoch} is missing or damaged, so its matrix cannot be shown."

    # What the cells show
    MODE = "What the cells show"
    MODES: ClassVar[dict[str, str]] = {"counts": "Counts", "rows": "By row", "columns": "By column"}
    HIDE_DIAGONAL = "Hide diagonal"
    WITHOUT_DIAGONAL = "without the diagonal"
    FIND = "Find a class"
    ZOOM_IN = "Zoom in (+, or Ctrl and the wheel)"
    ZOOM_OUT = "Zoom out (−)"
    ZOOM_ALL = "Show all classes (0, or a double click)"
    CELL_HINT = "Click a cell, a row's class or a column's class to see its images."
    CELL = "True {row}, predicted {column}: {count} · {of_row} of the row · {of_column} of the column"
    ROW_SUM = "True {name}: {count} images"
    COLUMN_SUM = "Predicted {name}: {count} images"
    UNDEFINED_SHARE = "undefined share (no images)"
    OF_PIXELS: ClassVar[dict[str, str]] = {  # in place of some of these words where pixels are counted
        "hint": "Click a cell, a row's class or a column's class to see the images with these pixels.",
        "row": "True {name}: {count} pixels",
        "column": "Predicted {name}: {count} pixels",
        "cell": "True {row}, predicted {column}: {count} pixels · {of_row} of the row · {of_column} of the column",
        "undefined_share": "undefined share (no pixels)",
        "no_pairs": "No pixel is confused.",
        "label": LABEL,
    }

    OF_LABEL: ClassVar[dict[str, str]] = {  # in place of some of these words where images have a label or not
        "predicted": "predicted",
        "truth": "true",
        "hint": "Click a cell, a row or a column to see its images.",
    }

    # Confused pairs
    PAIRS = "Most confused, true → predicted"
    PAIR = "{row} → {column}"
    PAIR_COUNT = "{count} · {share}"
    NO_PAIRS = "No image is confused."
    MORE_PAIRS = "and {count} more pairs"

    # Images
    OF_CELL = "True {row}, predicted {column}: {count:,} of {total:,} images in epoch {epoch}"
    OF_ROW = "True {row}: {count:,} images in epoch {epoch}"
    OF_COLUMN = "Predicted {column}: {count:,} images in epoch {epoch}"
    ORDER = "The most confident predictions come first."
    WRONG = "wrong"
    IMAGE_TITLE = "Predicted {predicted} {share}"
    IMAGE_TRUE = "True {true}"
    SCORES = "Scores: {scores}. True class: {true}."
    NO_SCORES = "The images of this cell cannot be shown, its counts are exact. {reason}"
    DIFFERS = (
        "The stored scores give {found:,} images for this cell where the matrix has counted {count:,}: these may be "
        "others than those that were counted."
    )

    # Training images
    PART = "Images"
    VALIDATION_IMAGES = "Validation images"
    TRAINING_IMAGES = "Training images"
    TRAINING_HELP = (
        "Training images of a class. Open one to see what the network saw of it in any epoch: the pipeline's own "
        "draws for this seed, epoch and image, made again."
    )
    CLASS = "Class"
    TRAINING_EPOCH = "Epoch of training"
    TRAINING_LOADING = "Comparing the training images with those that the run has recorded"
    TRAINING_HEADING = "Training images of {name}: {count:,}"
    NOTHING_OPEN = "Click a cell of the matrix, or one of the most confused pairs, to see its images."
