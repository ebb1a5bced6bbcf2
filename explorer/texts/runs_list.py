"""Words of the list of runs: finding, tidying up, the trash, the queue."""

from typing import ClassVar


class RunsList:
    WORDS: ClassVar = {  # of the list in the browser
        "list": "Runs",
        "keys": "Arrow keys move, Enter opens, Space selects, / searches, Escape clears",
        "search": "Search",
        "search_hint": (
            "Searches name, id, tags, data set, network, pipeline, state, status and note. All words must be found."
        ),
        "any_state": "All states",
        "living": "Active",
        "over": "Ended",
        "any_tag": "All tags",
        "fields": {"state": "State", "tag": "Tag", "sort": "Order"},
        "sorts": {
            "newest": "Newest first",
            "name": "Name",
            "state": "State",
            "size": "Size",
            "duration": "Duration",
        },
        # Style class of a column, its head, and what a click sorts by. The metrics name the columns of scores.
        "columns": (
            ("state", "State", "state"),
            ("name", "Name", "name"),
            ("what", "Data · network", ""),
            ("pipeline", "Pipeline", ""),
            ("score", "", ""),
            ("score-second", "", ""),
            ("size", "Size", "size"),
            ("took", "Duration", "duration"),
            ("started", "Started", "newest"),
        ),
        "sort_by": "Sort by {column}",
        "turn": "Reverse order",
        "archived": "Show archived",
        "archived_mark": "archived",
        "probes": "Show quick checks and rate searches ({count})",
        "count": "{shown} of {all}",
        "chosen": "{count} selected",
        "compare": "Compare",
        "compare_hint": "Curves, settings, metrics and images of 2 to {most} runs, side by side",
        "select": "Select {name}",
        "select_all": "Select all shown runs",
        "tag_hint": "Show only runs with the tag {tag}",
        "nothing": "No runs found.",
        "show_all": "Clear the filters",
        "keep_best": "Keep best checkpoints only",
        "keep_best_asked": "These runs can then no longer be resumed. This cannot be undone.",
        "keep_best_yes": "Remove the other checkpoints",
        "clear_choice": "Clear selection",
    }
    SCORE = "{metric} {value:.3f}"
    EPOCHS = "{done} of {asked} epochs"
    REPEATS = "{done} of {asked} repeats"
    FOLDS = "{done} of {asked} folds"
    REPEATS_SHORT = "{done}/{asked}"
    EPOCHS_DONE = "epochs: {done}"
    QUEUED = "queued {time}"

    # What was done: for one run, and for several
    DONE: ClassVar = {
        "archive": ("Archived 1 run.", "Archived {count} runs."),
        "unarchive": ("Unarchived 1 run.", "Unarchived {count} runs."),
        "delete": ("Deleted 1 run.", "Deleted {count} runs."),
        "keep_best": ("Freed {size} in 1 run.", "Freed {size} in {count} runs."),
    }
    REFUSED: ClassVar = {
        "archive": "“{name}” was not archived. {why}",
        "unarchive": "“{name}” was not unarchived. {why}",
        "delete": "“{name}” was not deleted. {why}",
        "keep_best": "The checkpoints of “{name}” were not removed. {why}",
    }
    RESTORED = ("Restored 1 run.", "Restored {count} runs.")
    NOT_RESTORED = "“{name}” was not restored. {why}"
    DISK = "{why}. Check disk space and permissions."

    # Trash
    TRASH = "Recently deleted: {count} · {size}"
    TRASH_KEPT = "Deleted runs are kept for {days} days."
    TRASH_LINE = "{name} · deleted {time} · {size}"
    RESTORE = "Restore"
    EMPTY_NOW = "Empty trash"
    EMPTY_HELP = "Deletes these runs permanently and frees their disk space"
    EMPTY_ASKED = (
        "Delete 1 run permanently? It takes up {size}, and it cannot be restored afterwards.",
        "Delete {count} runs permanently? They take up {size}, and they cannot be restored afterwards.",
    )
    EMPTY_YES = "Delete permanently"
    EMPTIED = ("Deleted 1 run permanently.", "Deleted {count} runs permanently.")
    NOT_PURGED = "Old deleted runs could not be removed: {why}."

    # Queue
    QUEUE = "Queue"
    WAITING = "{place}. {name} · {lane}"
    WAITING_DEAD = "{place}. {name} · {lane}: the process has ended and will start again soon"
    FIRST_HELP = "Move to the front"
    CANCEL_HELP = "Removes the run from the queue. You can resume it later."
    AT_ONCE = "Parallel runs on {lane}"
    AT_ONCE_HELP = "How many runs may train at the same time. Parallel runs share memory and processor cores."
