"""Words of the images of a run, in a grid and large, and of what the network saw of them."""


class RecordedImages:
    # Why an image is not shown
    DELETED = "Deleted since the run"
    CHANGED = "Changed since the run: its content is not what the run has recorded."
    UNKNOWN_HASH = "The run has recorded no hash of this image, so it may have changed since."
    RANGE_UNKNOWN = "The run has not recorded how values of more than 8 bits became pixels."
    NO_CONFIG = "The images of this run cannot be shown, because its settings cannot be read: {reason}"

    # Why the input of the network is not shown
    VERSIONS = "Not shown, since other versions may draw other pixels: {differences}."
    VERSION = "{name} {then} then, {now} now"
    NO_VERSION = "none"
    VERSIONS_UNKNOWN = "Not shown: the run has not recorded the versions of its libraries."
    SCALED = "The pipeline scales the values for the network; here the lowest is black and the highest is white."
    TRAINING_UNKNOWN = "This run has not recorded which training images it saw."
    TRAINING_LISTING = (
        "The training images are no longer those of the run: some were added, removed, renamed or moved to another "
        "class, so that the random numbers of each image are unknown."
    )
    TRAINING_CHANGED = "The content of training images has changed since the run."

    LEFT_OUT = (
        "Not seen in epoch {epoch}: the epoch left this image out, because it would have been a batch of one image or "
        "could not be shared evenly by the GPUs."
    )
    MIXED = "Mixed in its batch: {share:.0%} of this image, {rest:.0%} of {id}. Shown rounded to 8 bits."

    # The grid
    HINT = "Show large"
    WAITING = "loading"
    BACK = "Back to all (Esc)"
    PREVIOUS = "← Previous"
    FOLLOWING = "Next →"
    PAGE_BACK = "Previous page"
    PAGE_ON = "Next page"
    PAGE = "{first:,}–{last:,} of {count:,}"
    PAGE_KEYS = "Page Up and Page Down turn the pages."
    ALT = "{title}, {id}"
    NONE = "No images."
    REPEATED = "{id} (image {number} of the list)"
    SIZE = "{width} × {height} px"
    BOTH = " | "  # between the names of two images that are shown as one

    # Large
    ORIGINAL = "The image"
    AS_SEEN = "As the model saw it"
    AS_SEEN_VALIDATION = "{size}, pixel for pixel, the same in every epoch: validation images are not augmented."
    AS_SEEN_TRAINING = "{size}, pixel for pixel, in epoch {epoch}."
    SCORE = "{name} {share}"
