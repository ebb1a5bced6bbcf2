"""Words of the picture that shows which regions of an image raise the score of a class."""


class Saliency:
    ASK = "Grad-CAM: where did it look?"
    ASK_AGAIN = "Look again with newer weights"
    ASK_HELP = (
        "Computes Grad-CAM with the weights of a checkpoint, which takes some seconds. It shows which regions raise "
        "the score of a class."
    )
    NO_CHECKPOINT = "Where it looked cannot be computed: this run has no checkpoint of {which}."
    WHICH_BEST = "its best epoch"
    WHICH_LAST = "its latest epoch"
    WORKING = "Computing where it looked, {seconds} s"
    CANCELED = "Canceled."
    BUSY = "The server is computing this for two other images, and no more at once. Click again when it is done."
    FAILED = "Where it looked cannot be computed: {reason}"
    NO_INPUT = "What the network saw cannot be shown, and without it neither can the regions: {reason}"
    MEANING = (
        "Grad-CAM: the regions of the network's input that raise the score of this class in the last layer of its "
        "backbone. The layer is coarse, and the regions do not say why."
    )
    OF_EPOCH = "Weights of epoch {epoch}, in 32-bit precision: {scores}."
    OTHER_PRECISION = "Validation used {precision}, so its scores may differ a little."
    LITTLE = "little"
    MUCH = "much"
    OTHER_EPOCH = (
        "The weights are those of epoch {epoch}. Those of epoch {shown}, which is judged here, are not kept: only the "
        "best and the latest are."
    )
    NOWHERE = "No region raises the score of {name}."
    CLASS = "Score of"
    PREDICTED = "{name} (predicted)"
    LABEL = "{name} (true)"
    OPACITY = "Opacity"
    ALT = "What the network saw, with the regions that raise the score of {name}"
