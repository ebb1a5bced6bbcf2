"""Words of studies that train one run for each fold of a data set."""

from typing import ClassVar

from explorer.texts.common import Common


class Folds:
    # The button and the dialog on the Train page
    START = "Train k folds"
    START_HELP = (
        "Divides the data set into k folds and trains k runs, each on all other folds. Gives one score for which each "
        "image was judged by a run that has not seen it, and k networks that predict together."
    )
    NOT_OF_FILES = "{title} cannot be divided into folds. Choose a data set of files."
    ERRORS = "First correct the fields that are marked."
    INTRO = (
        "Each image validates once. Each run trains on all other folds, as the form says. Runs do not stop early: the "
        "images that judge a run must not choose when it ends."
    )
    FOLDS = "Folds (k)"
    FOLDS_HELP = "5 is usual. More folds train on more images each, and take longer."
    DIVISION = "{images:,} images, about {each:,} in each fold."
    UNEVEN = "Folds have {least:,} to {most:,} images, because groups stay together."
    CLASS_MISSING = "Fold {fold} has no image of {names}. Scores of these classes are undefined in that fold."
    NOT_DIVIDED = "It cannot be divided into {folds} folds: {reason}"
    TAKES = "{folds} runs take about **{takes}** here, by runs with the same work."
    TAKES_EACH = "{folds} runs, each of which takes about as long as a run with the form's settings: **{takes}**."
    TAKES_UNKNOWN = "How long the {folds} runs take is not known: no run with the same work has been trained here yet."
    DISK = "Checkpoints of all runs stay: about {size} on disk. Memory is that of one run at a time."
    BEGIN = "Train {folds} folds"
    NAME = "{folds} folds: {dataset}, {pipeline}"

    # Progress
    PROGRESS = "Fold {fold} of {folds} · epoch {epoch} of {epochs}"

    # The page
    NONE_YET = "No fold is trained yet. The first out-of-fold scores appear when one is done."
    NONE = "This study ended before a fold was trained. Resume it to go on."
    ANSWER = "#### Out of fold, {metric} is {value}{interval}"
    ANSWER_SO_FAR = "#### :gray-badge[{done} of {folds} folds] {metric} so far is {value}{interval}"
    RESTS_ON = (
        "Each of {images:,} images was judged by the run that was not trained on it. The interval describes "
        "the uncertainty over images: how far the score would differ with others of the same kind."
    )
    RESTS_ON_SO_FAR = "{images:,} of {all:,} images are judged so far, each by the run that was not trained on it."
    IN_NO_FOLD = (
        "image is in no fold: it trains in each run and is not judged.",
        "images are in no fold: they train in each run and are not judged.",
    )
    COPIES = (
        "image is an exact copy of another one. The interval counts it as if it were not.",
        "images are exact copies of others. The interval counts them as if they were not.",
    )
    COPIES_DIVIDED = (
        "image has a copy in another fold: the run that judged it was trained on the same image, so that the score is "
        "too high.",
        "images have a copy in another fold: the run that judged them was trained on the same image, so that the score "
        "is too high.",
    )
    WHICH = Common.WEIGHTS
    WHICH_TITLES: ClassVar = {"last": Common.LAST_EPOCH, "best": Common.BEST_EPOCH}
    WHICH_HELP = (
        "Last epoch: chosen by nothing, so that the score is a fair one. Best epoch: chosen for each run by the same "
        "images that judge it, so that the score is somewhat too good."
    )
    BEST_NOTE = (
        "The best epoch of each run was chosen by the images of its own fold, so that this score is somewhat too good."
    )
    SPREAD = "folds {low:.3f} to {high:.3f}"
    SPREAD_HELP = (
        "Single folds differ because each has few images and because each run is another one. The spread is no "
        "interval of the score."
    )
    CSV, PARQUET = "Out-of-fold CSV", "Parquet"
    DOWNLOAD_HELP = (
        "One row for each image: id, class, fold, what was predicted, and the probability of each class, by the run "
        "that was not trained on it."
    )
    DOWNLOAD_HELP_MASKS = (
        "One row for each image: id, fold, and its Dice, in all and of each class, by the run that was not trained on "
        "it."
    )
    DOWNLOAD_HELP_LABELS = (
        "One row for each image: id, fold, and of each label whether the image has it, whether it is predicted, and "
        "its probability, by the run that was not trained on it."
    )
    FILE = "out-of-fold-{id}"
    MATRIX = "Confusion matrix, out of fold"
    IMAGES = "Images"
    WORST = "Most confident errors"
    WORST_WORDS = "Wrong answers, the most certain first. Click a cell of the matrix for its images."
    NO_ERRORS = "No image was predicted wrongly."
    OF_CELL = "{row} predicted as {column}: {count}"
    OF_ROW = "{row}: {count}"
    OF_COLUMN = "Predicted as {column}: {count}"
    TITLE = "{predicted} {share}"
    TRUE = "is {true}"
    FOLD_OF = "Fold {fold}. {scores}"
    CLASSES_TITLE = "Classes, out of fold"
    LABELS_TITLE = "Labels, out of fold"
    CLASS, LABEL, INTERVAL_COLUMN, PIXELS_COLUMN = "Class", "Label", "95% interval", "Pixels"
    BETWEEN = "{low:.3f} to {high:.3f}"
    WORST_MASKS = "Images with the lowest Dice"
    WORST_MASKS_HELP = (
        "The mean Dice of each image over the classes that occur or are predicted in it, by the run that was not "
        "trained on it."
    )
    DICE_OF, DICE_UNDEFINED = "Dice {dice:.3f}", "no pixel counts"
    FOLD_NUMBER = "Fold {fold}."
    WORST_LABELS = "Images with the most wrong labels"
    WORST_LABELS_HELP = "Those with the most wrong labels first, of each label as the threshold of the run decides."
    WRONG_LABELS = ("wrong label", "wrong labels")
    TOO_MUCH, MISSED = "predicted too: {labels}", "missed: {labels}"
    FOLDS_TITLE = "Folds"
    FOLDS_TABLE_HELP = "Each row: the run that was trained on all other folds, and its scores on its own fold."
    FOLD, IMAGES_COLUMN, STATE, BEST_EPOCH = "Fold", "Images", "State", Common.BEST_EPOCH
    STAGES: ClassVar = {"waits": "waits", "trains": "trains", "done": "trained"}
    CURVES = "{metric} in validation, one line for each fold"
    CURVES_LATER = "The first point appears after the first epoch."
    EPOCH = "epoch"
    HOVER = "fold {fold}, epoch %{{x}}: %{{y:.3f}}"
