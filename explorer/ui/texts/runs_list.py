"""Words of the list of runs: finding, tidying up, the trash, the queue."""

from typing import ClassVar


class RunsList:
    LIST = "Runs"
    KEYS = "Arrow keys move, Enter opens, Space selects, / searches, Escape clears"
    SEARCH = "Search"
    SEARCH_HINT = "In name, id, tags, data set, backbone, state, reason and note; several words must all be there"
    ANY_STATE = "All states"
    LIVING = "Not over yet"
    OVER = "Over"
    ANY_TAG = "All tags"
    FIELDS: ClassVar = {"state": "State", "tag": "Tag", "sort": "Order"}
    SORTS: ClassVar = {
        "newest": "Newest first",
        "name": "Name",
        "auroc": "AUROC",
        "state": "State",
        "size": "Size",
        "duration": "Duration",
    }
    TURN = "Turn the order round"
    ARCHIVED = "Show archived"
    ARCHIVED_MARK = "archived"
    COUNT = "{shown} of {all}"
    CHOSEN = "{count} selected"
    SELECT = "Select {name}"
    SELECT_ALL = "Select all that are shown"
    TAG_HINT = "Show only runs with the tag {tag}"
    NOTHING = "No run matches."
    SHOW_ALL = "Clear the filters"
    ARCHIVE = "Archive"
    UNARCHIVE = "Take out of the archive"
    DELETE = "Delete"
    KEEP_BEST = "Keep best checkpoints only"
    KEEP_BEST_ASKED = "They can no longer be resumed then, and this cannot be undone."
    KEEP_BEST_YES = "Remove the other checkpoints"
    NO = "Cancel"
    CLEAR_CHOICE = "Select none"
    AUROC = "AUROC {value:.3f}"
    EPOCHS = "{done} of {asked} epochs"
    EPOCHS_DONE = "epochs: {done}"
    STARTED = "started {time}"
    QUEUED = "queued {time}"

    # What was done: for one run, and for several
    DONE: ClassVar = {
        "archive": ("Archived 1 run.", "Archived {count} runs."),
        "unarchive": ("Took 1 run out of the archive.", "Took {count} runs out of the archive."),
        "delete": ("Deleted 1 run.", "Deleted {count} runs."),
        "keep_best": ("Freed {size} in 1 run.", "Freed {size} in {count} runs."),
    }
    REFUSED: ClassVar = {
        "archive": "“{name}” was not archived. {why}",
        "unarchive": "“{name}” stays in the archive. {why}",
        "delete": "“{name}” was not deleted. {why}",
        "keep_best": "“{name}” keeps its checkpoints. {why}",
    }
    UNDO = "Undo"
    RESTORED = ("Restored 1 run.", "Restored {count} runs.")
    NOT_RESTORED = "“{name}” was not restored. {why}"
    DISK = "{why}. Is there space and permission?"

    # Trash
    TRASH = "Recently deleted: {count} · {size}"
    TRASH_KEPT = "Deleted runs are kept for {days} days."
    TRASH_LINE = "{name} · deleted {time} · {size}"
    TRASH_MORE = "and {count} more"
    RESTORE = "Restore"
    EMPTY_NOW = "Empty now"
    EMPTY_HELP = "Removes them for good, and frees their space"
    EMPTIED = ("Removed 1 run for good.", "Removed {count} runs for good.")
    NOT_PURGED = "Deleted runs could not be cleared away: {why}."

    # Queue
    QUEUE = "Queue"
    WAITING = "{place}. {name} · {lane}"
    WAITING_DEAD = "{place}. {name} · {lane}: its process has ended, it is started again soon"
    WAITING_MORE = "and {count} more"
    FIRST_HELP = "Let it be the next"
    UP_HELP = "One place earlier"
    DOWN_HELP = "One place later"
    CANCEL = "Cancel"
    CANCEL_HELP = "Takes it out of the queue; it can be resumed later"
    AT_ONCE = "At once on {lane}"
    AT_ONCE_HELP = "How many runs may train at the same time. More than one shares memory and cores."
