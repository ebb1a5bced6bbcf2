"""Words of the frame around all pages."""


class App:
    TITLE = "Augmentation Explorer"
    AUGMENT = "Augment"
    LABORATORY = "Laboratory"
    DATA = "Data"
    TRAIN = "Train"
    RUNS = "Runs"
    RUNS_ALIVE = "Runs ({count})"
    THEN_AND_NOW = "Then and now"
    HELP = "Help"
    LINK_DAMAGED = "This link cannot be opened, so you see what you had before. {reason}"
    NO_HOME = (
        "The folder for runs and pipelines cannot be used: {reason}. Give the app permission to write there, or set "
        "EXPLORER_HOME to another folder and restart it."
    )
