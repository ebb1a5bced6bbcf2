"""Words of studies: what a step of a pipeline adds, and how sure that is."""

from typing import ClassVar


class Study:
    ASKS: ClassVar = {  # what a study asks, in the list of runs
        "effects": "study of steps",
        "immunity": "immunity map",
        "worth": "study of photographs",
        "search": "search for a pipeline",
        "confirm": "confirmation",
        "folds": "folds",
    }
    OUT_OF_LIMITS = "Enter a whole number from {low} to {high}."
    NOT_STARTED = "The study could not be started: {reason}"
    NO_PAGE = "This version cannot show the result of this kind of study."

    # The dialog on the Augment page
    ASK = "Does this step help?"
    ASK_HELP = "Measures on a data set what each step adds, with an interval. Takes minutes, in the background."
    ASK_ERRORS = "The pipeline has an error: {reason}"
    ASK_NO_STEP = "Add a step first: the pipeline has none that is on and has a probability above 0."
    ASK_TOO_MANY = (
        "With {steps} steps, {compared} pipelines would be compared; a study compares at most {most}. Combine steps in "
        "groups, which count as one step, or turn some off."
    )
    ASK_INTRO = (
        "The pipeline is compared with itself without each of its steps, and with no augmentation. Heads on a frozen "
        "backbone are trained and judged by repeated cross-validation, so that no image judges a head that has seen it."
    )
    ASK_INTROS: ClassVar = {  # of the tasks for which no heads can be trained
        "segmentation": (
            "Heads on frozen features know classes of whole images only, so for masks a step is judged by pairs of "
            "short full runs, with and without it; the interval is over runs and validation images."
        ),
        "labels": (
            "Heads on frozen features are trained for one class of each image only, so for several labels a step is "
            "judged by pairs of short full runs, with and without it; the interval is over runs and validation images."
        ),
    }
    PAIRS_RECIPE = "Everything else is as on the Train page: {network}, {size} px, and the rest of its form."
    PAIRS_LAYERS: ClassVar = {False: "All layers", True: "Frozen encoder"}
    PAIRS_LAYERS_HELP = "All layers: what a real training does. Frozen encoder: only the decoder learns, much faster."
    PAIRS_LAYERS_LABELS: ClassVar = {False: "All layers", True: "Head only"}
    PAIRS_LAYERS_LABELS_HELP = "All layers: what a real training does. Head only: much faster."
    PAIRS_METRIC_HELP = "The verdict is about this metric. The page shows its curve for each run."
    PAIRS_BATCH = (
        "It is {batch}, but each run trains on {images} images only: {share} of the training images. Choose {images} "
        "or less on the Train page."
    )
    PAIRS_TAKES_EACH = "{runs} runs, each of which takes about as long as a run with these settings: **{takes}**."
    ALL_IMAGES = "All {images:,} images of {classes} classes take part, training and validation together."
    ASIDE = (
        "{aside:,} images are set aside as the final set and take no part. The other {images:,} images of {classes} "
        "classes do, training and validation together."
    )
    NO_ASIDE = (
        "A final set, for one last number that no choice has touched, is set aside under “More” of the data on the "
        "Train page."
    )
    METRIC = "Metric"
    METRIC_HELP = "The verdict is about this metric. Log loss, which is more sensitive, is shown beside it."
    SMALLEST = "Smallest effect that matters"
    SMALLEST_POINTS = "Smallest effect that matters (points)"
    SMALLEST_HELP = (
        "An effect that is surely smaller than this makes no difference that matters. Decide before you see the result."
    )
    NETWORK = "Network"
    NETWORK_HELP = (
        "Its pretrained backbone stays frozen; only heads are trained. EfficientNet-Lite0 comes with the installation."
    )
    MORE_DETAILS = "Details"
    DETAILS = "{repeats} of {folds} folds, {views} views of each image, {size} px"
    FIELD_HELP: ClassVar = {  # where it is more than the help of the field
        "image_size": "Smaller images are faster, and show less detail.",
        "seed": "The same seed gives the same folds and the same augmented images.",
    }
    RENEWED = (
        "This pipeline is from before each step had random numbers of its own. The study uses a renewed copy, in which "
        "leaving out one step does not change what the others do. Your pipeline stays as it is."
    )
    COST = (
        "{steps} steps, so {variants} pipelines: at most {views:,} augmented images to draw, and {heads:,} heads to "
        "train."
    )
    COST_HELP = (
        "Images that several pipelines share are drawn once, and what an earlier study has computed is used again. So "
        "it may be much less."
    )
    TAKES = "**At most {time}**, by the pace of earlier studies on this computer."
    TAKES_GUESSED = "**About {time}**: a rough guess, because no study has been measured on this computer yet."
    NO_EARLIER = (
        "How small an effect it will see is not known yet: no earlier study has this data set, network and metric. One "
        "repeat says it."
    )
    EARLIER = "By “{name}”: {visible}"
    PILOT = "Try one repeat first"
    PILOT_HELP = (
        "Takes less time, and gives no verdict; it says how small an effect the whole study would see. You can then "
        "extend it."
    )
    NAME = "Study: {pipeline} on {dataset}"
    ONE_CLASS = "The data set has one class only. A study needs at least 2."
    TOO_FEW = "The class {name} has {images} images. Folds need at least {least} of each class."

    # What a study leads to
    GO_ON = "Go on"
    GO_ON_HELP = "Further studies of the same pipeline and data set. Most of them reuse what this one has computed."

    ORIGIN = "Started from **{name}**"
    ORIGIN_GONE = "Started from {id}, which has been deleted."
    FURTHER = "Started from this study:"
    FURTHER_CUT = "and {count} more in the list of runs"

    # Effects in words
    POINTS = "{value} points"
    ONE_POINT = "{value} point"
    ENDS = "{low} to {high}"
    WHOLE = "the pipeline"
    PIPELINE = "Whole pipeline"
    WORDS: ClassVar = {
        "helps": "helps",
        "harms": "harms",
        "same": "no difference that matters",
        "unknown": "cannot tell yet",
    }
    SO_FAR = "so far"
    MARKED = ":gray-badge[{words}] {sentence}"
    UNDEFINED_SHORT = "undefined"
    # With {step} in bold where it is shown as Markdown; {effect} is "+1.2 points of accuracy (95% interval …)".
    SENTENCES: ClassVar = {
        "helps": "With a frozen backbone, {step} **helps**: {effect}.",
        "harms": "With a frozen backbone, {step} **harms**: {effect}.",
        "same": "With a frozen backbone, {step} **makes no difference that matters**: {effect}.",
        "unknown": "With a frozen backbone, it is **too early to tell** whether {step} helps: {effect}.",
    }
    SENTENCE_SO_FAR = "After {done} of {planned} repeats with a frozen backbone, {step} adds {effect}."
    SENTENCE_PILOT = "In {repeats} with a frozen backbone, {step} added {effect}. That is too few for a verdict."
    REPEATS_ONE = "one repeat"
    REPEATS = "{count} repeats"
    SENTENCE_UNDEFINED = "What {step} adds cannot be measured in {metric}: {why}."
    EFFECT = "{amount} of {metric} (95% interval {ends})"
    SURELY_SMALL = "That is surely less than what matters ({smallest})."
    MORE = "About {images} more images, or {repeats} more repeats, would tell."
    MORE_IMAGES = "About {images} more images would tell; more repeats alone would not."
    MORE_REPEATS = "About {repeats} more repeats would tell."
    MORE_NEVER = "Neither more repeats nor more images of this kind are likely to tell."

    SECOND_LOOK = (
        "Second look at these images: the study before had {repeats} repeats{said}. Intervals that are looked at twice "
        "leave out zero by chance more often."
    )
    LATER_LOOK = (
        "Look {number} at these images: the studies before had {repeats} repeats{said}. Intervals that are looked at "
        "again and again leave out zero by chance more often."
    )
    LOOK_SAID = "; of the whole pipeline it was said: “{word}”"

    # The page
    REPEAT_OF = "repeat {repeat} of {repeats}"
    DONE_OF = "{done:,} of {total:,}"
    LEFT_OF_PHASE = "{left} for this"
    FIRST_REPEAT = "The first effects appear after the first repeat."
    NO_REPEAT = "This study ended before its first repeat was done. Resume it to go on."
    COMPUTING = "Computing the intervals"
    RESTS_ON = (
        "All {images:,} images, each judged by heads that have not seen it: {repeats} of {folds} folds. "
        "Effects below {smallest} of {metric} count as no difference that matters."
    )
    HEADS_ALONE = "Accuracy of the heads with the whole pipeline: {heads:.3f}."
    HEADS_BESIDE = (
        "Accuracy of the heads with the whole pipeline: {heads:.3f}. Best training run with this data set and network, "
        "“{name}”: {real:.3f} on its validation images."
    )
    HEADS_POOR = (
        "The heads are a poor proxy here: {heads:.3f} against {real:.3f} of a real training run. What helps them may "
        "not help in real training. Confirm it with full training before you rely on it."
    )
    STEPS = "Steps"
    BADGE = ":{color}-badge[{word}]"

    # The forest plot
    FOREST = "What each step adds to the rest, with its interval"
    FOREST_HELP = (
        "Each step: the whole pipeline minus the pipeline without this step. The whole pipeline: against no "
        "augmentation. Right is better, also for the log loss, which sees differences that no prediction shows yet."
    )
    FOREST_NOTE = (
        "Thin line: 95% interval, which holds for all steps at once. Thick line: 90% interval of the step alone, which "
        "lies within the shaded region where a step makes no difference that matters. Click a row for its classes and "
        "images."
    )
    FOREST_NOTE_SO_FAR = (
        "Gray and dotted: so far. No verdict is given before the planned repeats are done, because intervals that are "
        "looked at again and again would sooner or later leave out zero by chance."
    )
    FOREST_AXIS = "effect on {metric}, {unit}"
    FOREST_AXIS_PLAIN = "effect on {metric}"
    HARMS_HELPS = "← harms · helps →"
    SO_FAR_OF = "so far: {done} of {planned} repeats"
    HOVER_EFFECT = "<b>{step}</b><br>{effect}<br>95% interval {ends}"
    HOVER_EXTRA = "%{hovertext}<extra></extra>"

    # The step that is selected
    CLASSES = "Who pays?"
    CHANGED = "Images that changed sides"
    NUMBERS = "Numbers"
    ALARM_ONE = "The accuracy rises by {mean}, but the class {classes} falls. This step is paid for by one class."
    ALARM = "The accuracy rises by {mean}, but these classes fall: {classes}. They pay for this step."
    CLASSES_NOTE = (
        "Effect on the recall of each class, with the 95% interval of that class alone. Filled and bold: worth a look, "
        "after correction for the number of classes and steps (Benjamini–Hochberg, 5%)."
    )
    CLASSES_NOTE_SO_FAR = (
        "Effect on the recall of each class, with the 95% interval of that class alone. No class is marked as worth a "
        "look before the planned repeats are done, of which there have to be 3."
    )
    CLASSES_CUT = "Drawn are the {drawn} of {classes} classes that change most."
    SIDES = "Which images"
    WON = "{count:,} more often right with it"
    LOST = "{count:,} less often right with it"
    NONE_CHANGED = "No image changed sides: with and without it, the heads are right about the same images."
    RIGHT_IN = "with it right in {with_it} of {repeats}\nwithout in {without} of {repeats}"
    AS_JUDGED = "{size}, pixel for pixel: heads judge images that are not augmented."
    CHANGED_NOTE = "Largest change first. Single images change sides by chance too: look for what many have in common."
    NUMBERS_HEAD = (
        "Metric", "Effect", "95% interval", "With it", "Without it", "P(better)", "Smallest visible effect",
    )  # fmt: skip
    CHANCE_LOW = "<1%"
    CHANCE_HIGH = ">99%"
    NUMBERS_NOTE = (
        "Effect: plus means better with it, also for losses, which are better when they are lower. "
        "P(better): the probability that one training with it is better than one without it, on as many other images; "
        "75% is the usual threshold (Bouthillier et al., 2021). Smallest visible effect: 80 of 100 such studies would "
        "see it."
    )
    LINEAR = (
        "Draws of the bootstrap take this metric as linear in the weights of the images, which is exact for means and "
        "close for areas and F1."
    )
    SCATTER = "Where the scatter comes from"
    SCATTER_OF = (
        "Standard deviation of the difference for one image in one repeat: between repeats **{repeats:.3g}**, between "
        "images **{images:.3g}**, rest **{rest:.3g}**. Scatter between repeats shrinks with more repeats, scatter "
        "between images only with more images, and the rest with both."
    )

    # What can be done
    EXTEND = "More repeats"
    EXTEND_WHAT = "Starts a new study that goes on from the repeats that are done. They are not computed again."
    EXTEND_TWICE = (
        "This study has given its verdicts. A longer one is another look at the same images, and says so: intervals "
        "that are looked at twice leave out zero by chance more often."
    )
    EXTEND_REPEATS = "Repeats in all"
    EXTEND_START = "Start the longer study"
    VISIBLE_AFTER = "After {now} repeats, an effect of {before} is visible for every step."
    VISIBLE_WITH = "With {repeats}, about {after} would be."
    VISIBLE_PILOT = (
        "After {repeats} repeats, the smallest visible effect of a step will lie between {least} and {most}: between "
        "them lies how much of the scatter is due to the images, which one repeat cannot tell."
    )
    VISIBLE_UNKNOWN = "What effect would be visible cannot be said yet."
    TAKE = "Take this pipeline"
    TAKE_HELP = "Puts the pipeline into the one that is open in Augment, without the steps that you untick"
    TAKE_WHAT = "Replaces the steps that are open in Augment. Undo brings them back. Steps that harm are not ticked."
    TAKE_NOW = "Take these steps"
    TAKEN = "The steps of the study are in your pipeline. Undo brings back what was there."
    ROW_PLAIN = "{name} · :gray[{word}]"
    OPEN = "Open in Augment"
    OPEN_HELP = "Opens the pipeline of this study as a new draft"
    TRAIN = "Train with it"
    TRAIN_HELP = "Opens the Train page with the pipeline, the data set and the network of this study"

    # Who pays
    CLASS_AXIS = "effect on recall, points"
    HOVER_CLASS = "<b>{name}</b>, {images} images<br>{effect} of recall<br>95% interval {ends}, by itself"
    HOVER_CLASS_UNDEFINED = "<b>{name}</b><br>{why}"
