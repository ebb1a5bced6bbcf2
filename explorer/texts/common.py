"""Words that several pages share."""


class Common:
    ARCHIVE = "Archive"
    UNARCHIVE = "Unarchive"
    DELETE = "Delete"
    CANCEL = "Cancel"
    NONE = "none"
    UNDO = "Undo"
    REDO = "Redo"
    AND_MORE = "and {count} more"
    MOVE_UP = "Move up"
    MOVE_DOWN = "Move down"
    STARTING = "Starting"
    # What follows a count, one and several, for `counted`
    IMAGE = ("image", "images")
    CLASSES = ("class", "classes")
    GROUP = ("group", "groups")
    RUN = ("run", "runs")
    NETWORK = ("network", "networks")
    # The weights of a trained network
    WEIGHTS = "Weights"
    BEST_EPOCH = "Best epoch"
    LAST_EPOCH = "Last epoch"
    # Scores and their intervals
    SCORE_BETWEEN = "{low:.3f} to {high:.3f}"
    INTERVAL = " (95% interval {low:.3f} to {high:.3f})"
    NO_INTERVAL = "no interval"
    UNDEFINED = "undefined"
    # Lists of which a page shows the beginning
    LIST_CUT = "The first {shown:,} of {count:,} are shown. The file has all."
    LIST_SAVE = "Save the list (CSV)"
    CLASS = "class {number}"
    FIX = "Fix this before starting: {fields}."
    STEPS_AND_MORE = "{steps} and {count} more"
    NAME = "Name"
    SAVE = "Save"
    SET = "Set {name}"
