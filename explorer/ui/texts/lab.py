"""Words of the laboratory."""

from typing import ClassVar


class Lab:
    MODE = "What is tried out"
    MODES: ClassVar = {
        "sweep": "Sweep",
        "grid": "Grid",
        "ab": "A/B",
        "gallery": "Gallery",
        "statistics": "Statistics",
    }
    MODE_HELP: ClassVar = {
        "sweep": "One parameter at several values, same seed. Click a picture to take its value.",
        "grid": "Several seeds on several pictures. Change a parameter, and all of them change.",
        "ab": "Two pipelines on the same pictures with the same seeds.",
        "gallery": "Every transform on this picture, at its start values and p = 1. Click one to add it.",
        "statistics": "What the pipeline does over many draws.",
    }
    NEXT_HELP = "Go on to seeds that are not shown yet"
    TARGETS = "Mask and boxes"
    TARGETS_HELP = "Lays the masks, boxes and keypoints over the pictures. The pipeline works on them either way."
    WAITING = "not drawn yet"
    BACK = "Back to all (Esc)"
    PREVIOUS = "← Previous"
    FOLLOWING = "Next →"
    DRAWING = "{done} of {count} drawn, about {time} left"
    SLOW = "{names}: drawing all of these takes about {time}."
    SLOW_ALL = "Drawing all of these takes about {time}."
    STOPPED = "{done} of {count} are drawn."
    DRAW_ALL = "Draw them"
    DRAW_REST = "Draw the rest"
    EMPTY = (
        "This pipeline has no steps yet, so the pictures stay as they are. Add some on the Augment page or in the "
        "Gallery."
    )

    # Sweep
    NOTHING_TO_SWEEP = (
        "No step of this pipeline has a parameter that can be swept. Add one in the Gallery, for example Rotate, or on "
        "the Augment page."
    )
    STEP = "Step"
    TWICE = "{name} ({number})"
    PARAMETER = "Parameter"
    COUNT = "How many values"
    COUNT_HELP = "Evenly spread over what the slider shows; the present value is shown besides."
    ENDS_LABEL = "What varies"
    ENDS: ClassVar = {
        "exact": "The value itself",
        "low": "From",
        "high": "To",
        "both": "Both ends, evenly",
    }
    PAIR_ENDS: ClassVar = {"exact": "Both numbers", "low": "The first", "high": "The second", "both": "Both, evenly"}
    ENDS_HELP = (
        "This parameter is a range that is drawn from. The value itself: from and to are the same, so nothing is drawn "
        "by chance. From, To: one end moves, the other stays. Both ends, evenly: the range grows from its middle."
    )
    ALONE = "Only this step"
    ALONE_HELP = (
        "On: this step alone, always applied. Off: the whole pipeline, in which this step and the composers around it "
        "always fire."
    )
    SWEEP_PRESENT = "Now {name} is {value}."
    SWEEP_LABEL = "The picture at several values"
    SWEEP_HINT = "Click to take this value"
    SWEEP_NOTE = "seed {seed}"
    SWEEP_ALT = "The picture with {name} at {value}"
    NOW = "now"
    NOT_SET = "not set"
    ON = "on"
    OFF = "off"
    MINUS = "−"
    RANGE = "{low} to {high}"
    PAIR = "{first} × {second}"
    SET_TO = "{name} is now {value}. Undo brings the old value back."

    # Grid
    SEEDS = "Seeds"
    SEEDS_HELP = "How many, from the seed above on. At most {most} pictures are shown."
    PICTURES = "Pictures"
    PICTURES_HELP = (
        "How many, from the picture above on: the other photographs, or the next samples of the data set. Your own "
        "picture stands alone."
    )
    SEED_TITLE = "seed {seed}"
    LARGE_TITLE = "{picture}, seed {seed}"
    GRID_LABEL = "Several seeds on several pictures"
    GRID_HINT = "Click to see it large"
    GRID_ALT = "{picture} after the pipeline, seed {seed}"
    OPEN = "Open in Augment"

    # A/B
    A_IS = "A is this pipeline."
    AGAINST = "B"
    AGAINST_HELP = "Saved pipelines are made on the Augment page, under File."
    RIVAL_NONE = "No augmentation"
    RIVAL_LAST = "Before the last change ({count} steps)"
    RIVAL_PAST = "{ago} changes ago ({count} steps)"
    RIVAL_PRESET = "Preset: {title}"
    RIVAL_SAVED = "Saved: {title}"
    RIVAL_OLD = "An earlier state"
    RIVAL_GONE = "No longer there"
    RIVAL_UNKNOWN = "What was chosen as B is not on offer any more. Choose another one."
    RIVAL_PAST_GONE = "This earlier state is not in the history any more. Choose another B."
    RIVAL_SAVED_GONE = "“{name}” cannot be opened: {reason} Choose another B."
    SWAP = "Swap"
    SWAP_HELP = "B becomes this pipeline, and what was A becomes B"
    TAKE = "Take B"
    TAKE_HELP = "B becomes this pipeline; Undo brings A back"
    TAKEN = "B is the pipeline now. Undo brings the old one back."
    SWAPPED = "A and B have changed places. Undo brings the old pipeline back."
    OVER = "Rows"
    OVERS: ClassVar = {"seeds": "Next seeds", "pictures": "Next pictures"}
    ROWS = "How many rows"
    ROW = "{picture}, seed {seed}"
    SIDES: ClassVar = {"a": "A", "b": "B"}
    EQUAL = "no difference"
    DIFFERS = "differ by {mean:.2f} of 255"
    DIFFERS_FLOAT = "differ by {mean:.4g}"
    NOT_COMPARABLE = "different sizes or types"
    AB_LABEL = "Two pipelines side by side"
    AB_HINT = "Click to see both large"
    AB_ALT = "{side}: {picture} after the pipeline, seed {seed}"

    # Gallery
    GALLERY_LABEL = "Every transform on this picture"
    GALLERY_HINT = "Click to add it to the pipeline"
    GALLERY_ALT = "The picture after {name}"
    SEARCH = "Search by name, group or what it does"
    SEARCH_FOUND = "{shown} of {count}"
    SEARCH_NOTHING = "No transform is called so or says so in its summary."
    CARD_HINT = "{group}: {summary}"
    WITHOUT = "without {targets}"
    NEEDS = "It needs {targets}, and this picture has none."
    ADDED = "in pipeline"
    ADDED_TIMES = "in pipeline × {count}"
    ADDED_NOTICE = "{name} was added to the pipeline. Undo takes it out again."
