"""Words about pictures of masks in reports."""


class ReportMasks:
    TITLE = "Worst masks"
    NOTE = (
        "The images with the lowest Dice of the {images:,} validation images at the best epoch, and last a typical "
        "one, in the middle of this order. Dice is the mean over the classes in the true or the predicted mask of the "
        "image. Difference: pixels in the wrong class."
    )
    NOTE_SOME = (
        "The images with the lowest Dice of the {stored:,} of {images:,} validation images whose masks were kept at "
        "the best epoch, and last a typical one, in the middle of this order. Dice is the mean over the classes in the "
        "true or the predicted mask of the image. Difference: pixels in the wrong class."
    )
    NO_COUNTS = "The record of the best epoch is missing or damaged, so its worst masks are not known."
    NO_DICE = "No image whose mask was kept has a pixel that counts."
    DICE = "Dice {dice:.3f}"
    TYPICAL = "Typical: Dice {dice:.3f}"
    WRONG = "wrong class"

    # Of two runs
    TITLE_PAIR = "Masks that changed most"
    NOTE_PAIR = "The images whose Dice is lower or higher in B by most."
    NONE_CHANGED = "No image has another Dice in B."
    LOWER = "Dice {a:.3f} in A, {b:.3f} in B: lower by {change:.3f}"
    HIGHER = "Dice {a:.3f} in A, {b:.3f} in B: higher by {change:.3f}"
    PREDICTED_BY = "Predicted by {side}"
