"""Words of the section of a run's page about its mistakes: lists of images, flags and notes."""

from typing import ClassVar


class Mistakes:
    TITLE = "Mistakes"
    COMES = "Mistakes appear after the first validation, at the end of this epoch."
    NEVER = "This run ended before its first validation, so it has no scores of images."
    NO_SCORES = "No list can be made of epoch {epoch}. {reason}"
    BROKEN = "The scores of epoch {epoch} cannot be used: {reason}."
    OTHER_COUNT = (
        "The images cannot be shown: epoch {epoch} has scores of {scores:,} images, and the run lists {images:,}."
    )

    # The epoch
    EPOCH = "Epoch"
    EPOCH_HELP = (
        "The epoch whose network is judged. Only epochs whose scores of single images are stored can be chosen. The "
        "best epoch is the one whose weights are kept."
    )
    BEST = "Best epoch"
    BEST_NOT_STORED = "The scores of epoch {epoch}, the best one, are not stored, so that epoch {shown} is shown."
    NUMBER = "Epoch {epoch}"
    HELD = "Epoch {shown} stays while an image is open. The best epoch is now {best}."
    THRESHOLD = "As in training, {name} is predicted above a probability of {threshold:g}."

    # Lists
    LISTS = "What to look at"
    COUNTED = "{title} · {count:,}"
    LIST_TITLES: ClassVar[dict[str, str]] = {
        "errors": "Confident errors",
        "losses": "Highest loss",
        "pairs": "Confused pairs",
        "changed": "Changed sides",
        "never": "Never learned",
        "forgotten": "Forgotten",
        "labels": "Label errors",
        "flagged": "Flagged",
    }
    LIST_WORDS: ClassVar[dict[str, str]] = {
        "errors": "Images that epoch {epoch} got wrong, the most confident mistake first.",
        "losses": (
            "All validation images by their cross-entropy in epoch {epoch}, the highest first, whatever loss the run "
            "was trained with. It is high where the true class got a low probability."
        ),
        "pairs": "Images of one class that epoch {epoch} took for another, the most confident first.",
        "changed": "Images that are right in one epoch and wrong in the other.",
        "never": "Images that were wrong in {epochs}; those with the highest loss in epoch {epoch} come first.",
        "forgotten": (
            "Images that were right in some epoch and are wrong in the latest one, epoch {last}, of {epochs}. Those "
            "with the highest loss in epoch {epoch} come first."
        ),
        "labels": "Images whose label may be wrong.",
        "flagged": "Images that were flagged by hand.",
    }
    NOTHING: ClassVar[dict[str, str]] = {
        "errors": "Epoch {epoch} got every validation image right.",
        "losses": "There are no validation images.",
        "pairs": "Epoch {epoch} confused no classes.",
        "changed": "No image changed sides in this direction.",
        "never": "Every image was right in at least one epoch.",
        "forgotten": "No image that was right before is wrong in the latest epoch.",
        "labels": "No label is suspicious by the scores of epoch {epoch}.",
        "flagged": "No image is flagged yet. Open an image in any list to flag it or to write a note.",
    }
    ALL_EPOCHS = "all {count} epochs"
    SCORED_EPOCHS = "the {count} of {all} epochs whose scores are stored"
    ONE_EPOCH = "This needs the scores of at least two epochs. So far there is one."

    # An image
    WRONG = "True {true}, predicted {predicted}"
    RIGHT = "True {true}, right"
    SURE = "{share} sure · loss {loss:.2f}"
    SCORES = "Scores in epoch {epoch}: {scores}. True class: {true}."
    MEASURES = "Loss {loss:.3g}, margin {margin} (logit of the true class minus the highest other one)."
    FLAG_MARK = "flagged"

    # Without pictures
    TABLE_CUT = "The first {shown:,} of {count:,} images."
    COLUMNS = ("Image", "True class", "Predicted", "Confidence", "Loss")

    # Pairs
    PAIR = "Pair"
    PAIR_OPTION = "True {true}, predicted {predicted} · {count:,}"
    PAIRS_CUT = "The {shown:,} most frequent of {count:,} pairs can be chosen."

    # Changed sides
    BEFORE = "From"
    AFTER = "To"
    SIDES = "Direction"
    LOST = "Right → wrong · {count:,}"
    GAINED = "Wrong → right · {count:,}"
    LABELED = "True {true}"
    SAID = "epoch {epoch}: {predicted} {share}"
    SAME_EPOCH = "Choose two different epochs."
    OTHER_IMAGES = "These two epochs validated other images, so that they cannot be compared."

    # Probable label errors
    SEARCH = "Look for label errors"
    SEARCHING = "Looking for label errors, {seconds} s"
    CANCELED = "Canceled."
    BUSY = "The server is looking for label errors of another epoch or run. Click again when it is done."
    FAILED = "The search failed: {reason}"
    SUSPICIONS = (
        "These are suspicions, not findings: look at each image before you change its label. A hard or unusual image "
        "with a right label looks the same to a network."
    )
    HOW = (
        "Confident learning (cleanlab) on the scores of epoch {epoch}. The network was not trained on these images, "
        "but the best epoch was chosen by them, and another network would suspect some others."
    )
    TOO_FEW = (
        "There are too few images to suspect a label: at least two classes need more than {few} validation images each."
    )
    LEFT_OUT = "Not looked at, because they have {few} validation images or fewer: {names}."
    SUSPECT = "Labeled {label}; model suggests {suggested}"
    SUSPECT_NOTE = "{own} {label}\n{share} {suggested}"

    # Flags
    FLAG = "Flag this image"
    FLAG_HELP = "Flags are kept in the folder of the run and appear in the list Flagged."
    NOTE = "Note"
    NOTE_PLACEHOLDER = "What is wrong with it? A note also flags the image."
    NOT_KEPT = "Not saved: {reason}"
    FLAGS_UNREADABLE = "Flags cannot be shown: {reason}"
    EXPORT = "Export as CSV"
    EXPORT_HELP = (
        "Ids, file names, labels, predictions and notes. A text that a spreadsheet would run as a formula gets an "
        "apostrophe in front, as does one that begins with an apostrophe."
    )
    FILE = "{run}-flags.csv"
    HEAD = ("row", "id", "file", "label", "predicted", "confidence", "loss", "epoch", "note", "flagged", "hash")
