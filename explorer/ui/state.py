"""Every key of `st.session_state` and of the address bar: pages hold none of their own."""

from enum import StrEnum


class Key(StrEnum):
    """Keys of the session state that are not a widget of one node."""

    ADDRESS = "address"  # of the page that was shown last
    WORKSPACE = "workspace"  # the draft, its history and its view, shared by all pages
    STAMP = "stamp"  # which version of the workspace's file this session knows
    NOT_WRITTEN = "not_written"  # why the last change is not in its file

    # Augment
    ADD = "add"
    EXACT = "exact"
    PICTURE = "picture"
    UPLOAD = "upload"
    UPLOAD_MASK = "upload_mask"
    SEED = "seed"
    NEXT = "next"
    PLAYING = "playing"
    DRAWS_LEFT = "draws_left"
    LAST_GOOD = "last_good"
    STEPS = "steps"
    HEARD = "heard"  # the number of the last gestures in the list that were obeyed
    PREVIEW = "preview"
    RESET = "reset"
    NAME = "pipeline_name"
    OPEN_SAVED = "open_saved"
    NEW = "new_pipeline"
    TRAIN_WITH = "train_with"
    NOTICE = "notice"
    SAVE_FORM = "save_form"
    LOOK = "look"
    FOUND = "found"  # the picture that the preview shows
    ERRORS = "errors"  # what the list and the form know to be wrong
    WHOLE_PAGE = "whole_page"  # a widget of the preview has changed what stands outside of it
    STRIP = "strip"
    DIFFERENCE = "difference"
    SET = "set"
    SPLIT = "split"
    INDEX = "index"
    ALWAYS = "always"
    ALLOWED = "allowed"  # whether slow steps are drawn at every change
    JOB = "job"  # a drawing that takes long
    DONE = "done"  # the last slow drawing: what it depended on, and what came of it
    RUN_SLOW = "run_slow"
    RUN_FULL = "run_full"
    CANCEL = "cancel"
    CLOSE_FULL = "close_full"
    SAVE_FULL = "save_full"
    FULL = "full"  # the last drawing at full size
    TARGETS = "targets"
    PRESETS = "presets"
    REFERENCE_ERROR = "reference_error"
    OWN_REFERENCES = "own_references"  # pictures that this session has uploaded for steps
    STAGE = "stage"
    LAST_TICK = "last_tick"
    UPLOAD_ERROR = "upload_error"
    DOCUMENTATION = "documentation"
    LEFT_OUT = "left_out"

    # Train
    TRAIN_VALUES = "train_values"
    TRAIN_START = "train_start"
    TRAIN_RESET = "train_reset"
    TO_AUGMENT = "to_augment"
    DROP_CARRIED = "drop_carried"

    # Runs
    RUN_LIST = "run_list"
    RUN_STOP = "run_stop"
    ALL_RUNS = "all_runs"
    TO_TRAIN = "to_train"
    CELL = "cell"
    LOG = "log"
    CONFIG = "config"
    RUN_END = "run_end"
    RUN_RESUME = "run_resume"
    RUN_ORIGIN = "run_origin"
    RUN_DUPLICATE = "run_duplicate"
    RUN_ARCHIVE = "run_archive"
    RUN_KEEP_BEST = "run_keep_best"
    RUN_DELETE = "run_delete"
    END_ASKED = "end_asked"  # the run whose end somebody has to confirm
    END_YES = "end_yes"
    END_NO = "end_no"
    RUN_TOLD = "run_told"  # the run, what was done to it last, and what kept it from being done
    LOG_DOWNLOAD = "log_download"
    RUNS_SEEN = "runs_seen"  # when this session last looked at the runs, and which lived

    # List of runs
    RUNS_DONE = "runs_done"  # what was done to runs last: what is told about it, and how it is undone
    RUNS_UNDO = "runs_undo"
    TRASH_EMPTY = "trash_empty"


class Query(StrEnum):
    """Keys of the address bar."""

    DRAFT = "draft"
    RUN = "run"
    DUPLICATE = "duplicate"  # a run whose settings fill the Train page


def node_key(node_id: str, parameter: str) -> str:
    """The widget key of one parameter of one node: it follows the node wherever it moves."""
    return f"{node_id}:{parameter}"


def rule_key(rule: str) -> str:
    """The widget key of one field of the Targets panel."""
    return f"rule:{rule}"


def preset_key(name: str) -> str:
    """The key of the button that opens a preset."""
    return f"preset:{name}"


def train_key(field: str) -> str:
    """The widget key of one field of the Train page."""
    return f"train:{field}"


def chart_key(run_id: str, chart: str) -> str:
    """The key of one chart of one run."""
    return f"chart:{run_id}:{chart}"


def run_key(run_id: str, field: str) -> str:
    """The widget key of what somebody types, or has opened, about one run."""
    return f"run:{run_id}:{field}"


def restore_key(entry: str) -> str:
    """The key of the button that restores a deleted run."""
    return f"restore:{entry}"


def queue_key(run_id: str, what: str) -> str:
    """The key of one button of a waiting run."""
    return f"queue:{run_id}:{what}"


def lane_key(lane: str) -> str:
    """The widget key of how many runs train at once on a device."""
    return f"lane:{lane}"
