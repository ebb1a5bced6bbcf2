"""Words of the frame around all pages."""


class App:
    TITLE = "Augmentation Explorer"
    AUGMENT = "Augment"
    TRAIN = "Train"
    RUNS = "Runs"
    RUNS_ALIVE = "Runs ({count})"
    NO_HOME = (
        "The folder for runs and pipelines cannot be used: {reason}. Give the app the right to write there, or set "
        "EXPLORER_HOME to another folder and start it again."
    )
