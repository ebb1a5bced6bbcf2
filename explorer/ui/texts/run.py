"""Words of one run's page, and of the messages that tell how a run ended."""

from typing import ClassVar


class Run:
    # What can be done
    STOP = "Stop"
    STOP_HELP = "Saves a checkpoint, then ends the run"
    LEAVE = "Leave the queue"
    LEAVE_HELP = "It has not begun, so nothing is lost. It can be resumed later."
    STOPPING = "Stopping: it saves first"
    END = "End it now"
    END_HELP = "It does not answer? Ends its process without saving"
    END_TITLE = "End this run now?"
    END_LOSES = "It ends at once and saves nothing: what it did since its last checkpoint, step {step:,}, is lost."
    END_LOSES_ALL = "It ends at once and saves nothing. It has no checkpoint yet, so all that it did is lost."
    END_LOSES_UNKNOWN = "It ends at once and saves nothing: what it did since its last checkpoint is lost."
    END_YES = "End it, without saving"
    END_NO = "Let it go on stopping"
    RESUME = "Resume"
    RESUMING = "Starting it again"
    RESUME_FROM = "Goes on from step {step:,}, its last checkpoint"
    RESUME_FROM_LAST = "Goes on from its last checkpoint"
    RESUME_ANEW = "Begins anew: there is no checkpoint to go on from"
    EXTEND = "Train longer"
    EXTEND_WHAT = (
        "Starts a new run from the weights of this one. Its learning rate schedule begins anew, and its seed is the "
        "next one, so that it sees other augmented images."
    )
    EXTEND_EPOCHS = "More epochs"
    EXTEND_START = "Start the new run"
    DUPLICATE = "Duplicate and change"
    DUPLICATE_HELP = "Opens the Train page with the settings of this run"
    NOT_DONE = "That did not work: {reason}"

    # More
    MORE = "More"
    NAME = "Name"
    TAGS = "Tags"
    TAGS_HELP = "Separated by commas"
    NOTE = "Note"
    SAVE = "Save"
    ARCHIVE = "Archive"
    ARCHIVE_HELP = "Out of sight in the list; nothing is removed"
    UNARCHIVE = "Unarchive"
    KEEP_BEST = "Keep best checkpoint only"
    KEEP_BEST_HELP = "Makes room. The run can then no longer be resumed from where it ended."
    DELETE = "Delete"
    DELETE_HELP = "Moves it to the trash. The list offers to undo that."
    STOP_FIRST = "Stop it first"
    DISK_USE = "{total} on disk: checkpoints {checkpoints}, scores {epochs}, log {log}"

    # Out of the app
    EXPORT = "Take it elsewhere"
    CODE = "Export as code"
    CODE_HELP = (
        "One file of plain Lightning and albumentations that trains the same, to the last digit on this computer; "
        "it needs nothing of this app"
    )
    NO_CODE = "No code: {reason}"
    WEIGHTS = "Weights (.safetensors)"
    WRITE_WEIGHTS = "Write weights (.safetensors)"
    WRITING_WEIGHTS = "Writing the weights"
    WEIGHTS_HELP = "Of the best epoch, named as the network's own library names them: they load without this app"
    WEIGHTS_FAILED = "The weights could not be written: {reason}"
    NO_WEIGHTS = "Weights come with the first validated epoch."
    TENSORBOARD = "tensorboard --logdir {folder}"
    CHECKPOINT_HELP = "The checkpoint of the best epoch, as Lightning loads it"
    FILE = "{label}, {size}"

    # What is said about it
    TIMES: ClassVar = {1: "Resumed once", 2: "Resumed twice"}
    TIMES_MORE = "Resumed {count} times"
    RESUMED = "{times}: {attempts}."
    ATTEMPT = "attempt {number} from step {step:,}"
    ATTEMPT_ANEW = "attempt {number} from the beginning"
    STARTS_FROM = "Starts from the weights of **{name}**"
    STARTS_FROM_GONE = "Starts from the weights of {id}, which is not there any more."

    # Log
    LOG_EMPTY = "Nothing was printed."
    LOG_SEARCH = "Search the log"
    LOG_DOWNLOAD = "Download the whole log"
    LOG_FOUND = "{count:,} lines contain it"
    LOG_FOUND_ONE = "1 line contains it"
    LOG_FOUND_MANY = "More lines contain it than are shown: these are the first {count:,}"
    LOG_NOTHING = "No line contains it."
    LOG_LINE = "{number:>6,}  {line}"

    # Told when it ends
    ENDED = "**{name}** {state}"
    ENDED_AUROC = "**{name}** {state} · AUROC {auroc:.3f}"
    ENDED_WHY = "**{name}** {state}. {reason}"
    ENDED_SEVERAL = "**{count} runs have ended**"
    ENDED_LINE = "{name}: {state}"
    ENDED_LINE_AUROC = "{name}: {state} · AUROC {auroc:.3f}"
    ENDED_MORE = "and {count} more"
