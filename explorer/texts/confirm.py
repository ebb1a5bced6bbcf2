"""Words of confirmations: paired full trainings that check what a study has found."""

from typing import ClassVar


class Confirm:
    # The form
    TITLE = "Confirm with full training"
    HELP = "Trains pairs of full runs with and without a step, and judges the differences of the pairs."
    CONTRAST = "What is compared with the pipeline"
    NOTHING = "No augmentation"
    WITHOUT = "The pipeline without {step}"
    OTHER = "Instead: {title}"
    PAIRS = "Pairs"
    PAIRS_HELP = (
        "At least 6: with R pairs, the smallest possible p of the sign flip test is 2 to the power of 1 − R, which is "
        "0.03 for 6."
    )
    EPOCHS = "Epochs"
    EPOCHS_HELP = "Of each run. The last epoch is judged: the best one was chosen by the images that judge."
    LAYERS = "Layers"
    LAYERS_HELP = (
        "All layers: what a real training does. Head only: much faster, and closer to the study that is confirmed."
    )
    LAYER_CHOICES: ClassVar = {False: "All layers", True: "Head only"}
    KEEP = "Keep checkpoints"
    KEEP_HELP = (
        "Without it, the checkpoints of a run are deleted once its scores are stored. The verdict does not need them."
    )
    KEEP_TAKES = "The checkpoints of all runs will take about {size} of disk."
    RUNS = "{runs} training runs in one place of the queue, each on a random 80% of the training images."
    TAKES = "{runs} runs take about **{takes}** here, by runs with the same work."
    TAKES_ONE = (
        "{runs} runs take about **{takes}** here, by runs with one of the two pipelines. The other may be slower."
    )
    TAKES_UNKNOWN = "How long the {runs} runs take is not known: no run with the same work has been trained here yet."
    NO_CONTRAST = "The study has no other pipeline to compare with."
    NO_MACHINE = "The devices of this computer are still being looked at."
    START = "Start {runs} runs"
    START_NONE = "Start"
    NAME = "Confirm: {plus} against {minus}"

    # The page
    PROGRESS = "Pair {pair} of {pairs} · with {pipeline} · epoch {epoch} of {epochs}"
    SENTENCES: ClassVar = {
        "helps": "With full training, {plus} **helps** against {minus}: {effect}.",
        "harms": "With full training, {plus} **harms** against {minus}: {effect}.",
        "same": "With full training, {plus} **makes no difference that matters** against {minus}: {effect}.",
        "unknown": "With full training, it is **too early to tell** whether {plus} helps against {minus}: {effect}.",
    }
    SO_FAR = "After {done} of {planned} pairs, {plus} against {minus}: {effect}."
    ANSWER = "#### {sentence}"
    ANSWER_SO_FAR = "#### :gray-badge[so far] {sentence}"
    NO_PAIR = "No pair is trained yet. The first difference appears when two runs are done."
    UNDEFINED = "The difference cannot be measured in {metric}: {why}."
    SIGN_FLIP = "Sign flip test over {pairs} pairs: **p = {p}** (the smallest possible is {least})."
    SIGN_FLIP_HELP = (
        "If both pipelines were equally good, each difference would be as likely to be positive as negative. p is the "
        "share of all patterns of signs whose mean is at least as far from 0. It is about these validation images; "
        "the interval also counts that other images would give another difference."
    )
    MORE_NEVER = "More pairs alone are not likely to tell: it takes more validation images."
    MORE = "About {images} more validation images, or {pairs} more pairs, would tell."
    MORE_IMAGES = "About {images} more validation images would tell; more pairs alone would not."
    MORE_PAIRS = "About {pairs} more pairs would tell."
    RESTS_ON = (
        "{pairs} of full runs, each pair with its own seed and its own random 80% of the training images, judged "
        "by the last epoch on the same {images:,} validation images. Effects below {smallest} of {metric} count as no "
        "difference that matters."
    )
    COUNTED: ClassVar = {  # by what is learned
        "segmentation": (
            "The pixels of each image are counted; the interval varies whole images, since the pixels of one are not "
            "independent."
        ),
        "labels": "A label is predicted where its probability is above the threshold of the runs.",
    }
    CHOSE = "These images also took part in the study that chose what is compared."
    CHECKPOINTS_GONE = "The checkpoints of trained runs were deleted when their scores were stored."
    CHECKPOINTS_KEPT = "The checkpoints of trained runs are kept."
    DIFFERENCES = "Differences of the pairs"
    DIFFERENCES_HELP = (
        "Each dot: the metric with the pipeline minus that without it, of two runs with the same seed and the same "
        "training images. The last row: their mean with its 95% interval."
    )
    DIFFERENCES_NOTE = (
        "The shaded region holds effects that do not matter. The interval varies pairs and validation images at once."
    )
    DIFFERENCES_SO_FAR = "Gray: so far. No verdict is given before all planned pairs are trained."
    DIFFERENCE = "difference"
    CURVES = "Validations of all runs"
    CURVES_HELP = "One line for each run. Only the last epoch is judged."
    PAIR = "Pair {pair}"
    ONE_PAIR, SOME_PAIRS = "One pair", "{count} pairs"
    MEAN = "Mean of the pairs"
    WAITS = "waits"
    HOVER = "<b>{name}</b><br>{difference}"
    HOVER_MEAN = "<b>{name}</b><br>{difference}<br>95% interval {ends}"
    HOVER_CURVE = "epoch %{x}: %{y:.3f}"
    EPOCH = "epoch"
