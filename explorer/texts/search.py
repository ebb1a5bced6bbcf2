"""Words of the search for a pipeline, which may say no."""

from typing import ClassVar


class Search:
    # The answer: what the search found against TrivialAugment. {effect} is "+1.2 points of accuracy (95% interval …)".
    ANSWERS: ClassVar = {
        "beats": "With a frozen backbone, what was **chosen among {count} steps beats TrivialAugment** here: {effect}.",
        "not better": "With a frozen backbone, **nothing beats TrivialAugment** here. It is better than what was "
        "chosen among {count} steps, which is at {effect}.",
        "equal": "With a frozen backbone, **nothing beats TrivialAugment** here by a difference that matters. What was "
        "chosen among {count} steps is at {effect}.",
        "unknown": "With a frozen backbone, it is **too early to tell** whether what was chosen among {count} steps "
        "beats TrivialAugment: {effect}.",
    }
    SO_FAR = "So far, after {done} of {planned} repeats with a frozen backbone: against TrivialAugment {effect}."
    SO_FAR_FOLDS = "{done} of {total} outer folds are done. The first numbers are shown after {folds} of them."
    UNDEFINED = "What was found cannot be compared with TrivialAugment in {metric}: {why}."
    FEW_REPEATS = "Fewer than {least} repeats cannot say how much a result differs from repeat to repeat."
    AGAINST_NOTHING: ClassVar = {
        "helps": "Against no augmentation it **helps**: {effect}.",
        "harms": "Against no augmentation it **harms**: {effect}.",
        "same": "Against no augmentation it **makes no difference that matters**: {effect}.",
        "unknown": "Against no augmentation it is **too early to tell**: {effect}.",
    }
    CHOSE_NOTHING = "In {empty} of {total} outer folds the search chose no step at all: none was beyond chance."
    HOW = (
        "Each search saw only part of the images, and the images that it had not seen judged what it chose. So the "
        "numbers are about the search: how good a pipeline it finds on data like these. A number from the images that "
        "chose the pipeline would be too good, and is not shown."
    )
    RESULT = "The pipeline that is offered"
    RESULT_HELP = (
        "What the same search chooses on all images. The interval above is of such searches; this very pipeline has "
        "not been judged by images of its own."
    )
    RESULT_NOTE = "Judge it on other images: these have chosen it."
    RESULT_NONE = "On all images the search chooses **no step**: train without augmentation, or with TrivialAugment."
    RESULT_LATER = "The search on all images comes last."
    TRAIN_HELP = "Opens the form on the Train page with this pipeline."
    PROGRESS = "{done} of {total} searches are done"
    PROGRESS_PART = "{phase}: {done} in this round"
    PROGRESS_HEADS = "{heads:,} heads trained in this search"
    NONE_YET = "The first numbers are shown after the first outer fold."
    TAKE_TRIVIAL = "Open TrivialAugment in Augment"

    # Tables and charts
    FOREST = "What was found, against each of the others"
    RIVALS: ClassVar = {
        "trivial": "TrivialAugment",
        "nothing": "no augmentation",
        "pipeline": "given pipeline",
    }
    STABILITY = "How often each step was chosen"
    STABILITY_HELP = (
        "In how many of the outer folds. A step that is chosen in nearly all of them does not depend on a few images."
    )
    STABILITY_AXIS = "chosen in outer folds, of {total}"
    HOVER_STEP = "%{{customdata}}: %{{x}} of {total}<extra></extra>"
    PATH = "How the search on all images went"
    PATH_STEP = "Step"
    PATH_GAIN = "Fall of log loss"
    PATH_AMONG = "Among"
    PATH_AMONG_HELP = "How many changes were compared. The gain has to be beyond what chance gives the best of so many."
    PATH_ADDED = "add {step}"
    PATH_DROPPED = "drop {step}"
    PATH_EXCHANGED = "{old} becomes {new}"
    PATH_NOTE = "Judged by the images that chose, so too good: it shows the order of the steps, not their effect."

    # The form
    NAME = "Search: {pipeline} on {dataset}"
    TITLE = "Search for a pipeline"
    HELP = (
        "Adds and drops steps of a list while that helps, and says whether what it finds beats TrivialAugment: judged "
        "only by images that the search has not seen."
    )
    COST = (
        "Chooses among {count} steps, {searches} searches in all. At most {heads:,} heads; a search that finds little "
        "needs far fewer. About {views:,} views, of which many are equal or computed already."
    )
    REPEATS = "Repeats"
    REPEATS_HELP = "Each repeat searches once for each fold. With fewer than 3 nothing can be said."
    MOST = "Steps at most"
    MOST_HELP = "How many steps the found pipeline has at most."
