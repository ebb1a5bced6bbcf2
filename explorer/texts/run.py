"""Words of one run's page, and of the messages that say how a run ended."""

from typing import ClassVar


class Run:
    # What the run is about, and how good it got
    FACT_DATA = "Data"
    FACT_NETWORK = "Network"
    FACT_PIPELINE = "Pipeline"
    FACT_DURATION = "Duration"
    DATA = "{name} ({train:,.0f} training, {val:,.0f} validation images)"
    NETWORK = "{backbone}, {layers}, {size} px"
    NETWORK_OF_MASKS = "U-Net on {backbone}, {layers}, {size} px"
    HEAD, DECODER = "head", "decoder"
    ONE_ONLY = "{part} only"
    ALL_LAYERS = "all layers"
    UNFROZEN = "{part} only, all layers from epoch {epoch}"
    BEST_EPOCH = "Best epoch"
    BEST_EPOCH_HELP = (
        "The epoch with the best {monitor}. The figures are those of this epoch, and its weights are the ones that are "
        "saved and exported. Of equal values, the lower validation loss wins, then the later epoch. The figures at the "
        "bottom are those of the latest epoch."
    )
    EPOCH_OF = "{epoch} of {epochs}"
    BEST_BY = "by {monitor}"
    INTERVAL = "{low:.3f} to {high:.3f}"
    INTERVAL_COMES = "…"
    UNDEFINED_WHY = "It is undefined here: {why}."
    INTERVALS = (
        "Below each value: its 95% interval over the {images:,} validation images (bootstrap). Another training run "
        "may differ by more."
    )
    INTERVALS_OF_FEW = "With so few images it tends to be too narrow."
    INTERVALS_OF_ALL = (
        "Below each value: its 95% interval over the validation images (bootstrap). Another training run may differ "
        "by more."
    )
    PAIR = "Started together with **{name}** · {state}"
    PAIR_GONE = "The run that was started together with this one has been deleted."

    # Sections
    CURVES = "Curves"
    SCORES = "Scores"

    # Details
    DETAILS = "Details"
    SETTINGS = "Settings"
    LOG = "Log"
    SETTINGS_HEAD = ("Setting", "Value", "Default")
    SETTINGS_NOTE = "Values in bold differ from the default. Settings that had no effect on this run are not listed."
    DEFAULT = "default: {value}"
    DEVICE = "Trained on {device} in {precision}."

    # What can be done
    STOP = "Stop"
    STOP_HELP = "Saves a checkpoint, then ends the run"
    STOP_STUDY_HELP = "Ends the study. What it has finished is stored, and you can resume it later."
    LEAVE = "Leave the queue"
    LEAVE_HELP = "The run has not started, so nothing is lost. You can resume it later."
    STOPPING = "Stopping: saving first"
    END = "End now"
    END_HELP = "Use this if the run does not respond. Ends the process without saving."
    END_TITLE = "End this run now?"
    END_LOSES = "The run ends at once without saving. All work since the last checkpoint, at step {step:,}, is lost."
    END_LOSES_ALL = "The run ends at once without saving. There is no checkpoint yet, so all of its work is lost."
    END_LOSES_UNKNOWN = "The run ends at once without saving. All work since the last checkpoint is lost."
    END_LOSES_STUDY = "The study ends at once. What it has finished is stored; the work in progress is lost."
    END_YES = "End without saving"
    END_NO = "Keep waiting"
    RESUME = "Resume"
    RESUME_FROM = "Continues from step {step:,}, the last checkpoint"
    RESUME_FROM_LAST = "Continues from the last checkpoint"
    RESUME_START = "Starts from the beginning, because there is no checkpoint"
    RESUME_STUDY = "Continues with the first part that is missing. What is finished is not computed again."
    EXTEND = "Train longer"
    EXTEND_WHAT = (
        "Starts a new run from the weights of this run. The learning rate schedule starts over, and the seed is "
        "increased by 1, so that the new run sees other augmented images."
    )
    EXTEND_EPOCHS = "More epochs"
    EXTEND_START = "Start the new run"
    DUPLICATE = "Duplicate and change"
    DUPLICATE_HELP = "Opens the Train page with the settings of this run"
    NOT_DONE = "Failed: {reason}"

    # More
    MORE = "More"
    TAGS = "Tags"
    TAGS_HELP = "Separated by commas"
    NOTE = "Note"
    ARCHIVE_HELP = "Hides the run in the list. Nothing is deleted."
    KEEP_BEST = "Keep best checkpoint only"
    KEEP_BEST_HELP = "Frees disk space. The run can then no longer be resumed from where it ended."
    DELETE_HELP = "Moves the run to the trash. You can undo this in the list."
    STOP_FIRST = "Stop the run first"
    DISK_USE = "{total} on disk: checkpoints {checkpoints}, scores {epochs}, log {log}"

    # Export
    EXPORT = "Export"
    CODE = "Download {file}"
    CODE_TITLE = "Training code"
    VERDICT_WHAT = (
        "`{file}` reads the stored answers and prints the verdict with numpy alone: `python {file} {folder}`, or with "
        "the path of a report instead of the folder."
    )
    CODE_WHAT = (
        "One file of plain Lightning and albumentations that repeats this training, to the last digit on this "
        "computer. The file does not need this app. Save it as `{file}`, and `from {module} import Classifier` works."
    )
    NO_CODE = "This run cannot be exported as code: {reason}"
    WEIGHTS_TITLE = "Weights and checkpoint"
    WEIGHTS = "Weights (.safetensors)"
    WRITE_WEIGHTS = "Prepare weights (.safetensors)"
    WRITING_WEIGHTS = "Preparing the weights"
    WEIGHTS_HELP = "Weights of the best epoch, with the parameter names of the network's own library"
    WEIGHTS_FAILED = "The weights could not be exported: {reason}"
    NO_WEIGHTS = "Weights can be exported after the first validated epoch."
    TENSORBOARD = "tensorboard --logdir {folder}"
    CHECKPOINT_HELP = "The Lightning checkpoint of the best epoch"
    FILE = "{label}, {size}"

    # Attempts and origin
    TIMES: ClassVar = {1: "Resumed once", 2: "Resumed twice"}
    TIMES_MORE = "Resumed {count} times"
    RESUMED = "{times}: {attempts}."
    RESUMED_STUDY = "{times}. What was finished before was not computed again."
    ATTEMPT = "attempt {number} from step {step:,}"
    ATTEMPT_FROM_START = "attempt {number} from the beginning"
    SETTLING = (
        "The first {epochs} epochs can look much worse in validation than in training. Validation uses the running "
        "statistics of batch normalization, which need about {steps} steps to fit."
    )
    STARTS_FROM = "Starts from the weights of **{name}**"
    STARTS_FROM_GONE = "Starts from the weights of {id}, which has been deleted."

    # Log
    LOG_EMPTY = "The log is empty."
    LOG_SEARCH = "Search the log"
    LOG_DOWNLOAD = "Download the whole log"
    LOG_FOUND = "{count:,} lines found"
    LOG_FOUND_ONE = "1 line found"
    LOG_FOUND_MANY = "More lines were found than are shown. These are the first {count:,}."
    LOG_NOTHING = "No lines found."
    LOG_LINE = "{number:>6,}  {line}"

    # Messages when a run ends
    ENDED = "**{name}** {state}"
    ENDED_SCORE = "**{name}** {state} · {score}"
    ENDED_WHY = "**{name}** {state}. {reason}"
    ENDED_SEVERAL = "**{count} runs have ended**"
    ENDED_LINE = "{name}: {state}"
    ENDED_LINE_SCORE = "{name}: {state} · {score}"
