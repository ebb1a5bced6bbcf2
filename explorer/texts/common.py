"""Words that several pages share."""


class Common:
    ARCHIVE = "Archive"
    UNARCHIVE = "Unarchive"
    DELETE = "Delete"
    CANCEL = "Cancel"
    NONE = "none"
    UNDO = "Undo"
    AND_MORE = "and {count} more"
    MOVE_UP = "Move up"
    MOVE_DOWN = "Move down"
    STARTING = "Starting"
    CLASS = "class {number}"
    FIX = "Fix this before starting: {fields}."
    STEPS_AND_MORE = "{steps} and {count} more"
    NAME = "Name"
    SAVE = "Save"
