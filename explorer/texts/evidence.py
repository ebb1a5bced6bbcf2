"""Words for what a run has stored of its validations, and for why something is missing."""

from typing import ClassVar


class Evidence:
    """Why there are no scores of single images, or no images."""

    WHY_NOT: ClassVar = {
        "not_validated": "This epoch has not been validated.",
        "missing": "The file of this epoch is missing.",
        "damaged": "The file of this epoch is damaged and cannot be read.",
        "too_large": "Scores of {images:,} images in {classes:,} classes take more than {megabytes} MB an epoch, so "
        "only counts and histograms are stored.",
        "thinned": "To keep the run small, scores of single images are stored for every {every}th epoch, the best "
        "and the latest. This epoch has counts and histograms.",
        "not_stored": "This epoch was stored without the scores of single images.",
        "other_images": "The scores of this epoch belong to other images than those in the run's list of validation "
        "images, so they are not shown with them.",
    }
    WHY_NO_IMAGES: ClassVar = {
        "not_listed": "This run has stored no list of its validation images. Runs of earlier versions did not.",
        "damaged": "The run's list of validation images is damaged and cannot be read.",
    }
    NOT_RESTORED = "They cannot be looked up either: {reason}"
    OTHER_LISTING = (
        "the validation images in the data set are not those of the run, since some were added, removed, renamed or "
        "moved to another class."
    )
    NO_LISTING = "the run has not recorded which ones they were."
