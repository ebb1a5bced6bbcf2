"""Words of the true and predicted masks of a run's validation images."""

from typing import ClassVar


class Masks:
    TITLE = "Masks"
    COMES = "Predicted masks appear after the first validation, at the end of this epoch."
    NEVER = "This run ended before its first validation, so it has predicted no masks."

    # Why something is not shown
    NO_TRUTH = "Its true mask is no longer in the data set."
    DAMAGED = "The stored mask is damaged."
    NO_COUNTS = "The record of epoch {epoch} is missing or damaged, so its masks cannot be sorted by their scores."
    NOT_STORED = "The predicted mask of this image was not kept in epoch {epoch}."
    NONE_STORED = (
        "This run has kept no predicted masks: it was trained by an earlier version, or they could not be written."
    )
    FOLLOWED = (
        "All epochs keep the masks of every {followed}th image, the best and the latest epoch those of every "
        "{stored}th: more would exceed {megabytes:,} MB."
    )
    FOLLOWED_ALL = (
        "All epochs keep the masks of every {followed}th image, the best and the latest epoch those of all: more would "
        "exceed {megabytes:,} MB."
    )

    SLIDING = (
        "Windows slide over these images in validation, and pixels are counted at the size of training. Masks are kept "
        "and shown at {side} px, so shares and Dice of classes may differ a little from those of the epoch."
    )

    SLID = "Measured in sliding windows at the size at which images are kept, and shown in the network's square."

    # The picture
    LABEL = (
        "Masks of a validation image. Left and right arrows: epoch. Up and down arrows, or p and n: image. 1 to 5: "
        "view. Plus and minus: zoom, 0: whole image. Comma and period: move the line of the comparison. Enter: the "
        "pixel in the middle. Escape: leave the pixel."
    )
    VIEW = "View"
    VIEWS: ClassVar[dict[str, str]] = {
        "image": "Image",
        "truth": "True",
        "predicted": "Predicted",
        "difference": "Difference",
        "swipe": "Compare",
    }
    VIEW_HELP: ClassVar[dict[str, str]] = {
        "image": "The image as the network sees it (1)",
        "truth": "The true mask (2)",
        "predicted": "The predicted mask (3)",
        "difference": "Pixels whose predicted class is wrong (4)",
        "swipe": "The true mask on the left of a line, the predicted one on the right (5)",
    }
    OPACITY = "Opacity"
    SLIDER = "Epoch of the masks"
    BACK = "Previous image (↑ or p)"
    ON = "Next image (↓ or n)"
    PLACE = "{place} of {count}, worst first"
    PLACE_IN_CELL = "{place} of {count}, most pixels first"
    LINE = "Line between the true and the predicted mask"
    ZOOM_IN = "Zoom in (+, or Ctrl and the wheel)"
    ZOOM_OUT = "Zoom out (−)"
    ZOOM_ALL = "Whole image (0)"
    WAITING = "The image is being read."
    SCORE = "Dice of this image {score}"
    SCORE_WAITING = "The mask of this epoch is being read."
    NO_SCORE = "Dice of this image undefined"

    # Pixels
    HINT = "Click a pixel for the probability of each class."
    AT = "x {x}, y {y}: true {true}, predicted {predicted}"
    RIGHT = "x {x}, y {y}: {true}, predicted as it"
    AT_UNKNOWN = "x {x}, y {y}: true {true}"
    PROBABILITIES = "Probability of each class at this pixel, by the weights of epoch {epoch}, {which}."
    WHICH_BEST = "the best one"
    WHICH_LAST = "the latest one"
    WHICH_EARLIER = "which were kept when the pixel was clicked"
    OTHER_EPOCH = "Epoch {shown} is shown, whose weights are not kept: only those of the best and the latest are."
    CLICK_AGAIN = "Epoch {shown} is shown: click again for the probabilities by its weights."
    COMPUTING = "The probability of each class at this pixel is being computed."
    REST = "{count} other classes together"
    NO_CHECKPOINT = "Probabilities cannot be computed: this run has no checkpoint."
    WORKING = "Computing the probabilities of this image, {seconds} s"
    CANCELED = "Canceled. Click a pixel to compute its probabilities."
    BUSY = "The server is computing this for two other images, and no more at once. Click again when it is done."
    NOT_KEPT = "they cannot be written to the folder of temporary files: {reason}"
    OTHER_SIZE = "The probabilities do not belong to this pixel: the run has other classes or another size by now."
    FAILED = "The probabilities cannot be computed: {reason}"
    UNCOUNTED = "not counted (ignored, striped)"
    UNCOUNTED_SHARE = "Striped: {share} of the pixels do not count"
    WRONG_SHARE = "Wrong: {share} of the pixels that count"
    IN_CELL = "Colored: the {count} pixels of true {row} that are predicted as {column}"
    IN_ROW = "Colored: the {count} pixels of true {row}"
    IN_COLUMN = "Colored: the {count} pixels that are predicted as {column}"

    # Classes
    CLASSES = "Classes"
    CLASS_HELP = "Show or hide this class"
    UNPAINTED = (
        "{name} is learned and counted like every class. It is not painted at first, so that the image stays visible."
    )
    ALL = "All"
    NO_CLASS = "None"
    TRUE_SHARE = "true"
    PREDICTED_SHARE = "predicted"
    DICE = "Dice"
    SHARES_HELP = (
        "Shares of the pixels of this image that count. Dice is twice the pixels that are found, divided by the true "
        "and the predicted ones; – where the class is in neither mask."
    )

    # The wall
    WALL = "All images of epoch {epoch}, worst first"
    WALL_HELP = (
        "By the Dice of each image: the mean over the classes that are in its true or its predicted mask. The pictures "
        "show the predicted masks. Click one to see it above."
    )
    WALL_LABEL = "Validation images with their predicted masks, worst first"
    DICE_OF = "Dice {dice:.2f}"
    DICE_UNDEFINED = "No pixel counts"
    PIXELS = "{count:,} pixels"
    # Images of a cell of the matrix
    NOTHING_OPEN = "Click a cell to see the images with its pixels, those with most of them first."
    OF_CELL = "True {row}, predicted {column}: {count:,} pixels of {images:,} images in epoch {epoch}"
    OF_ROW = "True {row}: {count:,} pixels of {images:,} images in epoch {epoch}"
    OF_COLUMN = "Predicted {column}: {count:,} pixels of {images:,} images in epoch {epoch}"
    CELL_HELP = "Images with most of these pixels come first. The pixels are colored on a darkened image."
    CELL_NOTE = "{share} of the image"
    NO_CELLS = "The images of this cell cannot be shown: the counts of single images were too large to keep."
