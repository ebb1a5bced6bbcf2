"""All keys of `st.session_state`, of widgets and of the address bar. Pages do not define any."""

import zlib
from enum import StrEnum


class Key(StrEnum):
    """Keys of the session state for values and widgets that exist once."""

    ADDRESS = "address"  # the page that was shown last
    WORKSPACE = "workspace"  # the draft, its history and its view, shared by all pages
    STAT_CONTROLS = "stat_controls"
    SHORTCUTS = "shortcuts"
    HELP_TOPIC = "help_topic"
    REVISION = "revision"  # the version of the workspace's file that this session has read
    NOT_WRITTEN = "not_written"  # why the last change could not be written
    FORM_NOT_WRITTEN = "form_not_written"  # the same for the Train page's form
    INSTEAD = "instead"  # why another draft is open than the one in the address
    HELD = "held"  # the drafts that this session has opened, which are not deleted while it lasts
    GREET = "greet"  # this is a newcomer with the sample pipeline
    BROWSER = "browser"  # the token of this browser
    CARRIER = "carrier"  # the component that keeps the token in a cookie
    SHARED_OPENED = "shared_opened"  # the draft made from a shared link, so that Back does not make another one

    # Augment
    ADD = "add"
    EXACT = "exact"
    PICTURE = "picture"
    SEED = "seed"
    NEXT = "next"
    PLAYING = "playing"
    DRAWS_LEFT = "draws_left"
    LAST_GOOD = "last_good"
    STEPS = "steps"
    HEARD = "heard"  # the number of the last gestures that were applied
    PREVIEW = "preview"
    RESET = "reset"
    HEADING = "heading"  # the pipeline's name and the File menu
    TRAIN_WITH = "train_with"
    CARRY = "carry"  # the Train page takes over what Augment shows
    NOTICE = "notice"
    LOOK = "look"
    AHEAD = "ahead"  # a drawing that was started before the page reached the preview
    FOUND = "found"  # the picture in the preview
    ERRORS = "errors"  # the errors that the list and the form show
    WHOLE_PAGE = "whole_page"  # a widget of the preview has changed something outside of it
    STRIP = "strip"
    SETTLE = "settle"  # a pipeline was just opened, so the next image gets a seed that applies its steps
    CHIP = "chip"  # the line in the form about a node that was not applied
    DIFFERENCE = "difference"
    SET = "set"
    SPLIT = "split"
    INDEX = "index"
    SET_ERROR = "set_error"  # why a typed path is not a data set
    NAMES_FROM = "names_from"
    AS_TRAINED = "as_trained"
    ALWAYS = "always"
    ALLOWED = "allowed"  # whether slow steps are drawn at every change
    JOB = "job"  # the slow drawing in progress
    DONE = "done"  # the last slow drawing: its input and its result
    RUN_SLOW = "run_slow"
    RUN_FULL = "run_full"
    CANCEL = "cancel"
    CLOSE_FULL = "close_full"
    SAVE_FULL = "save_full"
    FULL = "full"  # the last drawing at full size
    TARGETS = "targets"
    PRESETS = "presets"
    REFERENCE_ERROR = "reference_error"
    OWN_REFERENCES = "own_references"  # reference images that this session has uploaded
    STAGE = "stage"
    LAST_TICK = "last_tick"
    UPLOAD_ERROR = "upload_error"
    DOCUMENTATION = "documentation"
    LEFT_OUT = "left_out"

    # Laboratory
    LAB_MODE = "lab_mode"
    LAB_UNDO = "lab_undo"
    LAB_REDO = "lab_redo"
    LAB_BOARD = "lab_board"
    LAB_FILL = "lab_fill"  # the drawings of the board and their progress
    LAB_OPEN = "lab_open"  # a cell was opened on the Augment page
    LAB_CANCEL = "lab_cancel"
    LAB_STEP = "lab_step"
    LAB_PARAMETER = "lab_parameter"
    LAB_COUNT = "lab_count"
    LAB_ENDS = "lab_ends"
    LAB_ALONE = "lab_alone"
    LAB_NEUTRAL = "lab_neutral"
    LAB_SEEDS = "lab_seeds"
    LAB_PICTURES = "lab_pictures"
    LAB_AGAINST = "lab_against"
    LAB_SWAP = "lab_swap"
    LAB_TAKE = "lab_take"
    LAB_ROWS = "lab_rows"
    LAB_OVER = "lab_over"
    LAB_TARGETS = "lab_targets"

    # Statistics
    STAT_DRAWS = "stat_draws"
    STAT_PICTURES = "stat_pictures"
    STAT_START = "stat_start"
    STAT_ASKED = "stat_asked"  # the start was requested
    STAT_CANCEL = "stat_cancel"
    STAT_SHOWN = "stat_shown"  # the last measurement: its request and its result
    STAT_STEPS = "stat_steps"
    STAT_STEP = "stat_step"

    # Files
    FILE_MENU = "file_menu"  # whether it is open
    NAME = "pipeline_name"
    SAVE_FORM = "save_form"
    OPEN_SAVED = "open_saved"
    OPEN_THIS = "open_this"
    RENAME_FORM = "rename_form"
    NEW_NAME = "new_name"
    DELETE_SAVED = "delete_saved"
    DELETED = "deleted"  # the saved pipeline that was deleted last
    UNDELETE = "undelete"
    NEW = "new_pipeline"
    IMPORT = "import"
    IMPORT_FILE = "import_file"
    IMPORT_TEXT = "import_text"
    IMPORT_READ = "import_read"
    IMPORT_WHICH = "import_which"
    IMPORT_FORM = "import_form"
    IMPORT_ANSWERS = "import_answers"  # the typed values of names that the code leaves open
    IMPORT_MISTAKES = "import_mistakes"  # the errors in those values
    IMPORT_OPEN = "import_open"
    EXPORT = "export"
    EXPORT_FORM = "export_form"
    EXPORT_SAVE = "export_save"
    EXPORT_BOXES = "export_boxes"
    EXPORT_POINTS = "export_points"

    # Train
    TRAIN_VALUES = "train_values"
    TRAIN_START = "train_start"
    TRAIN_PAIR = "train_pair"
    TRAIN_RESET = "train_reset"
    TRAIN_LOOK = "train_look"
    TO_AUGMENT = "to_augment"
    TRAIN_SUMMARY = "train_summary"
    TRAIN_COMPARE = "train_compare"
    TRAIN_MEASURE = "train_measure"
    TRAIN_MEASURE_CANCEL = "train_measure_cancel"
    TRAIN_MEASURE_TIME = "train_measure_time"
    TRAIN_MEASURE_TIME_CANCEL = "train_measure_time_cancel"
    TRAIN_LANDED = "train_landed"  # the field that a link has led to, and why
    TRAIN_CURVE = "train_curve"
    TRAIN_CURVE_LAST = "train_curve_last"  # the curve of the last valid values
    TRAIN_SEEN = "train_seen"  # the last valid config and its data, for the shown batch
    TRAIN_EPOCH = "train_epoch"
    TRAIN_DRAW = "train_draw"
    TRAIN_DRAWN = "train_drawn"  # the pipeline whose slow steps may be drawn
    TRAIN_FOCUS = "train_focus"
    PROBES = "probes"  # the workspace and its last probe of each kind
    PROBE_TOLD = "probe_told"  # the kind of a probe, and why it could not be started or cancelled

    # Runs
    RUN_LIST = "run_list"
    RUN_STOP = "run_stop"
    ALL_RUNS = "all_runs"
    TO_TRAIN = "to_train"
    CELL = "cell"
    MATRIX_EPOCH = "matrix_epoch"  # "best" or "latest", for the confusion matrix
    RUN_PARTNER = "run_partner"
    RUN_END = "run_end"
    RUN_RESUME = "run_resume"
    RUN_ORIGIN = "run_origin"
    RUN_DUPLICATE = "run_duplicate"
    RUN_ARCHIVE = "run_archive"
    RUN_KEEP_BEST = "run_keep_best"
    RUN_DELETE = "run_delete"
    END_ASKED = "end_asked"  # the run whose end has to be confirmed
    END_YES = "end_yes"
    END_NO = "end_no"
    RUN_TOLD = "run_told"  # a run and the result of the last action on it
    LOG_DOWNLOAD = "log_download"
    RUNS_SEEN = "runs_seen"  # the last look of this session at the runs

    # List of runs
    RUNS_DONE = "runs_done"  # the result of the last action in the list
    RUNS_UNDO = "runs_undo"
    TRASH_EMPTY = "trash_empty"
    TRASH_ASKED = "trash_asked"
    TRASH_YES = "trash_yes"
    TRASH_NO = "trash_no"
    RUN_ROWS = "run_rows"


class Query(StrEnum):
    """Keys of the address bar."""

    DRAFT = "draft"
    RUN = "run"
    DUPLICATE = "duplicate"  # a run whose settings fill the Train page
    SHARED = "p"  # a whole pipeline with its view
    TOPIC = "topic"  # the topic of the Help page
    FIELD = "field"  # the field of the Train page to open and focus


def widget_key(*parts: str) -> str:
    """The key of one of many widgets of a kind, for example `widget_key("chart", run_id, "loss")`.

    A field of a step begins with the id of its node, so that it follows the node wherever it moves; every other key
    begins with a word for its kind.
    """
    return ":".join(parts)


def version_key(content: str | bytes) -> str:
    """The key of the version of albumentations that an imported text is for: another text has another answer."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return widget_key("version", str(zlib.crc32(data)))
