"""Keys of `st.session_state`, of widgets and of the address bar, and the names of pages.

A widget that no other code reads names itself, by `widget_key`. What several places read is a `Key`.
"""

import zlib
from enum import StrEnum


class Key(StrEnum):
    """Keys of the session state for values, and for widgets that several places read."""

    ADDRESS = "address"  # the page that was shown last
    WORKSPACE = "workspace"  # the draft, its history and its view, shared by all pages
    REVISION = "revision"  # the version of the workspace's file that this session has read
    NOT_WRITTEN = "not_written"  # why the last change could not be written
    FORM_NOT_WRITTEN = "form_not_written"  # the same for the Train page's form
    INSTEAD = "instead"  # why another draft is open than the one in the address
    HELD = "held"  # the drafts that this session has opened, which are not deleted while it lasts
    GREET = "greet"  # this is a newcomer with the sample pipeline
    BROWSER = "browser"  # the token of this browser
    SHARED_OPENED = "shared_opened"  # the draft made from a shared link, so that Back does not make another one

    # Augment
    ADD = "add"
    EXACT = "exact"
    NEXT = "next"
    PLAYING = "playing"
    DRAWS_LEFT = "draws_left"
    UNSEEN = "unseen"  # a new visitor's browser has not painted the first image yet
    LAST_GOOD = "last_good"
    STEPS = "steps"
    HEARD = "heard"  # the number of the last gestures that were applied
    CARRY = "carry"  # the Train page takes over what Augment shows
    NOTICE = "notice"
    LOOK = "look"
    AHEAD = "ahead"  # a drawing that was started before the page reached the preview
    FOUND = "found"  # the picture in the preview
    ERRORS = "errors"  # the errors that the list and the form show
    WHOLE_PAGE = "whole_page"  # a widget of the preview has changed something outside of it
    SETTLE = "settle"  # a pipeline was just opened, so the next image gets a seed that applies its steps
    SET = "set"
    SPLIT = "split"
    SET_ERROR = "set_error"  # why a typed path is not a data set
    ALWAYS = "always"
    ALLOWED = "allowed"  # whether slow steps are drawn at every change
    JOB = "job"  # the slow drawing in progress
    DONE = "done"  # the last slow drawing: its input and its result
    RUN_SLOW = "run_slow"
    FULL = "full"  # the last drawing at full size
    REFERENCE_ERROR = "reference_error"
    OWN_REFERENCES = "own_references"  # reference images that this session has uploaded
    LAST_TICK = "last_tick"
    UPLOAD_ERROR = "upload_error"

    # Laboratory
    LAB_FILL = "lab_fill"  # the drawings of the board and their progress
    LAB_OPEN = "lab_open"  # a cell was opened on the Augment page

    # Statistics
    STAT_ASKED = "stat_asked"  # the start was requested
    STAT_SHOWN = "stat_shown"  # the last measurement: its request and its result

    # Files
    FILE_MENU = "file_menu"  # whether it is open
    NAME = "pipeline_name"
    OPEN_SAVED = "open_saved"
    NEW_NAME = "new_name"
    DELETED = "deleted"  # the saved pipeline that was deleted last
    IMPORT_ANSWERS = "import_answers"  # the typed values of names that the code leaves open
    IMPORT_MISTAKES = "import_mistakes"  # the errors in those values

    # Data
    DATA = "data"  # the key of the data set that was shown last
    DATA_LIST = "data_list"  # how often the list of data sets was replaced
    UPLOADS_TAKEN = "uploads_taken"  # the last file of each uploader that was acted on
    DATA_MAKING = "data_making"  # the data set that is being made of an upload or of outlines
    DATA_OPENED = "data_opened"  # the data set before a made one was opened, the made one, and when
    DATA_MESSAGE = "data_message"  # what became of the last upload, drawing, deletion or typed path
    DATA_PICKED = "data_picked"  # the images of a bar or cell that was clicked
    DATA_ACTED = "data_acted"  # the findings that stood before the one that was acted on last
    DATA_TAKEN = "data_taken"  # what was put into the pipeline last

    # Train
    TRAIN_VALUES = "train_values"
    TRAIN_LANDED = "train_landed"  # the field that a link has led to, and why
    TRAIN_CURVE_LAST = "train_curve_last"  # the curve of the last valid values
    TRAIN_SEEN = "train_seen"  # the last valid config and its data, for the shown batch
    TRAIN_EPOCH = "train_epoch"
    TRAIN_DRAWN = "train_drawn"  # the pipeline whose slow steps may be drawn
    PROBES = "probes"  # the workspace and its last probe of each kind
    PROBE_TOLD = "probe_told"  # the kind of a probe, and why it could not be started or cancelled

    # Studies
    STUDY_ASKED = "study_asked"  # what the dialog of a study asks for, besides its data set
    STUDY_TAKEN = "study_taken"  # the steps of a study were put into the workspace

    # Runs
    THRESHOLD_NOT_KEPT = "threshold_not_kept"  # why the last threshold could not be kept
    END_ASKED = "end_asked"  # the run whose end has to be confirmed
    PREDICT_ASKED = "predict_asked"  # the run whose dialog of a prediction is to be opened
    RUN_TOLD = "run_told"  # a run and the result of the last action on it
    RUNS_SEEN = "runs_seen"  # the last look of this session at the runs

    # List of runs
    RUNS_DONE = "runs_done"  # the result of the last action in the list
    TRASH_ASKED = "trash_asked"


class Page(StrEnum):
    """The files of the pages, by which Streamlit names them."""

    AUGMENT = "explorer/ui/pages/augment.py"
    LABORATORY = "explorer/ui/pages/laboratory.py"
    DATA = "explorer/ui/pages/data.py"
    TRAIN = "explorer/ui/pages/train.py"
    RUNS = "explorer/ui/pages/runs.py"
    THEN_AND_NOW = "explorer/ui/pages/then_and_now.py"
    HELP = "explorer/ui/pages/help.py"


class Query(StrEnum):
    """Keys of the address bar."""

    DRAFT = "draft"
    DATA = "data"  # the key of the data set on the Data page
    READ = "read"  # how its table is read, where that is chosen
    RUN = "run"
    RUNS = "runs"  # the runs that are compared, separated by commas
    AGAINST = "against"  # the run that the others are compared with
    DUPLICATE = "duplicate"  # a run whose settings fill the Train page
    SHARED = "p"  # a whole pipeline with its view
    TOPIC = "topic"  # the topic of the Help page
    FIELD = "field"  # the field of the Train page to open and focus


def widget_key(*parts: str) -> str:
    """Return the key of a widget, for example `widget_key("chart", run_id, "loss")`.

    The key of a field of a step begins with the id of its node, so that it follows the node wherever it moves. Every
    other key begins with a word for the kind of widget.
    """
    return ":".join(parts)


def version_key(content: str | bytes) -> str:
    """Return the key of the chosen version of albumentations for an imported text: another text has another answer."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return widget_key("version", str(zlib.crc32(data)))
