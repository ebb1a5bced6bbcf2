"""Words of the frame around all pages."""


class App:
    TITLE = "Augmentation Explorer"
    AUGMENT = "Augment"
    TRAIN = "Train"
    RUNS = "Runs"
    RUNS_ALIVE = "Runs ({count})"
