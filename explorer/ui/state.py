"""Every key of `st.session_state` and of the address bar: pages hold none of their own."""

from enum import StrEnum


class Key(StrEnum):
    """Keys of the session state that are not a widget of one node."""

    ADDRESS = "address"  # of the page that was shown last
    WORKSPACE = "workspace"  # the draft, its history and its view, shared by all pages

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
    PREVIEW = "preview"
    RESET = "reset"
    NAME = "pipeline_name"
    OPEN_SAVED = "open_saved"
    NEW = "new_pipeline"
    TRAIN_WITH = "train_with"
    NOTICE = "notice"
    SAVE_FORM = "save_form"
    LOOK = "look"
    STAGE = "stage"
    LAST_TICK = "last_tick"
    UPLOAD_ERROR = "upload_error"
    DOCUMENTATION = "documentation"
    LEFT_OUT = "left_out"

    # Train
    TRAIN_VALUES = "train_values"
    TRAIN_START = "train_start"
    TRAIN_RESET = "train_reset"
    TRAIN_MESSAGE = "train_message"
    TO_AUGMENT = "to_augment"

    # Runs
    RUN_LIST = "run_list"
    RUN_STOP = "run_stop"
    ALL_RUNS = "all_runs"
    TO_TRAIN = "to_train"
    CELL = "cell"
    LOG = "log"
    CONFIG = "config"


class Query(StrEnum):
    """Keys of the address bar."""

    DRAFT = "draft"
    RUN = "run"


def node_key(node_id: str, parameter: str) -> str:
    """The widget key of one parameter of one node: it follows the node wherever it moves."""
    return f"{node_id}:{parameter}"


def train_key(field: str) -> str:
    """The widget key of one field of the Train page."""
    return f"train:{field}"


def chart_key(run_id: str, chart: str) -> str:
    """The key of one chart of one run."""
    return f"chart:{run_id}:{chart}"
