"""Words of the form of a step or a group."""

from typing import ClassVar


class StepEditor:
    P = "Probability p"
    P_HELP = "How often this step fires: 0 never, 1 on every image."
    NO_PARAMETERS = "This transform has no parameters other than p."
    CHOOSE = "Choose a step on the left to see its parameters."
    RESET = "Back to library defaults"
    GENTLE = "Starts gentler than albumentations: {values}."
    GENTLE_VALUE = "{name} {own} (library: {usual})"
    GENTLE_RANGE = "{low:g} to {high:g}"
    EXACT = "Type exact values"
    EXACT_HELP = "Sliders cover a useful range. Typed values can go as far as the transform allows."
    RANGE_LOW = "{name}, from"
    RANGE_HIGH = "{name}, to"
    OWN_VALUE = "a value"
    NONE = "None"
    NONE_DEFAULT = "None (default)"
    PAIR_NAMES: ClassVar = {
        "size": ("height", "width"),
        "tile_grid_size": ("rows", "columns"),
        "grid": ("rows", "columns"),
    }
    PAIR_DEFAULT = ("x", "y")
    LITERAL_HELP = "A value as in Python or JSON: 3, [1, 2], null"
    TARGETS = "Changes: {targets}"
    DOCUMENTATION = "About {name}"
    EFFECTIVE = "Applied to {percent} of images, because of the groups around this step."
    GROUP_P: ClassVar = {"OneOrOther": ("Probability of the first", "")}
    N = "How many are chosen (n)"
    N_CAPPED = "Only {count} steps of this group are on, so {count} are chosen."
    REPLACE = "A step can be chosen more than once (replace)"
    CHANNELS = "Channels"
    CHANNEL_NAMES: ClassVar = {0: "red", 1: "green", 2: "blue"}
    SHARES = "How often each step is chosen"
    SHARE = "{name}: {percent}"
    EMPTY_GROUP = (
        "This group has no steps yet, so it does nothing. Add a step while it is selected, or drag one into it."
    )
    ONE_MORE = "This group needs a second step to choose from. Until then it does nothing."
    FONT_HELP = "The fonts on the computer that runs this app"
    BOX_ACROSS = "{name}, left to right"
    BOX_DOWN = "{name}, top to bottom"
    PICTURES_HINT = "{name}: choose one or more"
    OWN_REFERENCE = "Add an image of your own"
    OWN_REFERENCE_NAME = "your image {number}"
