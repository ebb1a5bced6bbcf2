"""Words of the laboratory."""

from typing import ClassVar


class Lab:
    PIPELINE = "Pipeline: **{name}**"
    PIPELINE_STEPS = "Pipeline: **{steps}**"
    NO_STEPS = "no steps"
    ARROW = " → "
    MODE = "View"
    MODES: ClassVar = {
        "sweep": "Sweep",
        "grid": "Grid",
        "ab": "A/B",
        "gallery": "Gallery",
        "statistics": "Statistics",
        "masks": "Mask borders",
    }
    MODE_HELP: ClassVar = {
        "sweep": "One parameter at several values, same seed. Click an image to use its value.",
        "grid": "Several seeds on several images. Change a parameter to update all of them.",
        "ab": "Two pipelines on the same images with the same seeds.",
        "gallery": "Every transform on this image, with its start values and p = 1. Click a transform to add it.",
        "statistics": "What the pipeline does over many draws.",
        "masks": "What interpolation does to the numbers of classes, and to what a network learns. Has its own images.",
    }
    NEXT_HELP = "Show the next seeds"
    TARGETS = "Mask and boxes"
    TARGETS_HELP = "Shows masks, boxes and keypoints on the images. The pipeline transforms them either way."
    WAITING = "waiting"
    BACK = "Back to all (Esc)"
    PREVIOUS = "← Previous"
    FOLLOWING = "Next →"
    DRAWING = "{done} of {count} images, about {time} left"
    SLOW = "{names}: rendering all of these takes about {time}."
    SLOW_ALL = "Rendering all of these takes about {time}."
    STOPPED = "{done} of {count} images are rendered."
    DRAW_ALL = "Render all"
    DRAW_REST = "Render the rest"
    EMPTY = (
        "This pipeline has no steps yet, so the images stay as they are. Add steps on the Augment page or in the "
        "Gallery."
    )

    # The lesson about masks
    LESSON_ANSWER = (
        "Turned by linear interpolation, **{linear:.1%}** of this mask's pixels have a class that it never had; by the "
        "nearest pixel, **{nearest:.1%}**."
    )
    LESSON_WAYS: ClassVar = {"INTER_NEAREST": "Nearest pixel", "INTER_LINEAR": "Linear"}
    LESSON_WHY = (
        "The numbers of classes are names, not amounts. Between the background, 0, and a triangle, 3, linear "
        "interpolation gives 1 and 2, which are a circle and a square. These pixels are bright, all others dimmed. "
        "Draw another seed for another shape. In a pipeline of your own, the rule for masks is on Augment under "
        "Targets: mask_interpolation."
    )
    LESSON_NOTHING = "No class was invented."
    LESSON_INVENTED = "{name}: {count} px"
    LESSON_TRAIN = "What a network learns from them"
    LESSON_START = "Train both"
    LESSON_NAMES: ClassVar = {
        "INTER_NEAREST": "Lesson: masks by the nearest pixel",
        "INTER_LINEAR": "Lesson: masks interpolated linearly",
    }
    LESSON_NOT_STARTED = "The runs could not be started: {reason}"
    LESSON_TAKES = (
        "Two runs of {{epochs}} epochs on {{images}} small images: about {takes} on this computer, in the background."
    )
    LESSON_UNKNOWN = (
        "Two runs of {epochs} epochs on {images} small images, in the background. How long this computer takes for "
        "them is not known yet: it is shown soon after the start."
    )
    LESSON_CANCEL_HELP = "Both runs save and stop, or leave the queue. What they have learned so far is kept."
    LESSON_NOT_CANCELED = "The runs could not be asked to stop: {reason}"
    LESSON_STATE = "{name}: {state}, {epochs} of {of} epochs"
    LESSON_LEFT = ", about {left} left"
    LESSON_CLASS = "IoU on masks that were not interpolated"
    LESSON_INTERVAL = "{value:.3f}  ({low:.3f} to {high:.3f})"
    LESSON_NOTE = (
        "Best epoch of each run, with 95% intervals over validation images. Both runs have the same images, seed and "
        "steps. They say nothing about other seeds."
    )
    LESSON_COMPARE = "Compare both runs"

    # Sweep
    NOTHING_TO_SWEEP = (
        "No step of this pipeline has a parameter to sweep. Add a step such as Rotate in the Gallery or on the Augment "
        "page."
    )
    STEP = "Step"
    TWICE = "{name} ({number})"
    PARAMETER = "Parameter"
    COUNT = "Number of values"
    COUNT_HELP = "Evenly spread over the range of the slider. The current value is always shown too."
    ENDS_LABEL = "What varies"
    ENDS: ClassVar = {
        "exact": "The value itself",
        "low": "From",
        "high": "To",
        "both": "Both ends, evenly",
    }
    PAIR_ENDS: ClassVar = {"exact": "Both numbers", "low": "The first", "high": "The second", "both": "Both, evenly"}
    ENDS_HELP = (
        "This parameter is a range from which a random value is drawn. The value itself: both ends are equal, so the "
        "value is fixed. From, To: one end moves, the other stays. Both ends, evenly: the range grows from its middle."
    )
    ALONE = "Only this step"
    ALONE_HELP = (
        "On: this step alone, always applied. Off: the whole pipeline, in which this step and the composers around it "
        "always fire."
    )
    NEUTRAL = "Other parameters off"
    NEUTRAL_HELP = (
        "On: the other parameters of this step ({names}) have no effect, so that only the swept parameter shows. "
        "Off: they vary as in the pipeline."
    )
    SWEEP_PRESENT = "{name} is {value} in the pipeline."
    SWEEP_LABEL = "The image at several values"
    SWEEP_HINT = "Click to use this value"
    SWEEP_NOTE_NEUTRAL = "other parameters off · seed {seed}"
    SWEEP_ALT = "The image with {name} at {value}"
    NOW = "now"
    NOT_SET = "not set"
    ON = "on"
    OFF = "off"
    MINUS = "−"
    RANGE = "{low} to {high}"
    PAIR = "{first} × {second}"
    SET_TO = "{name} is now {value}. Undo restores the previous value."

    # Grid
    SEEDS = "Seeds"
    SEEDS_HELP = "Number of seeds, starting with the seed above. At most {most} images are shown."
    PICTURES = "Images"
    PICTURES_HELP = (
        "Number of images, starting with the image above: the next photographs, or the next samples of the data set. "
        "An uploaded image is shown alone."
    )
    SEED_TITLE = "seed {seed}"
    LARGE_TITLE = "{picture} · seed {seed}"
    SAMPLE_TITLE = "{name} ({label})"
    GRID_LABEL = "Several seeds on several images"
    GRID_HINT = "Click to enlarge"
    GRID_ALT = "{picture} after the pipeline, seed {seed}"
    OPEN = "Open in Augment"

    # A/B
    SIDE_A = "A: current pipeline"
    SIDE_B = "B: {title}"
    AGAINST = "B"
    AGAINST_HELP = "Save pipelines on the Augment page, under File, to compare with them here."
    RIVAL_NONE = "No augmentation"
    RIVAL_LAST = "Before the last change ({steps})"
    RIVAL_PAST = "{ago} changes ago ({steps})"
    STEPS_ONE = "1 step"
    STEPS_MANY = "{count} steps"
    RIVAL_PRESET = "Preset: {title}"
    RIVAL_SAVED = "Saved: {title}"
    RIVAL_OLD = "An earlier state"
    RIVAL_GONE = "No longer available"
    RIVAL_UNKNOWN = "The pipeline chosen as B no longer exists. Choose another B."
    RIVAL_PAST_GONE = "This earlier state is no longer in the history. Choose another B."
    RIVAL_SAVED_GONE = "“{name}” cannot be opened: {reason} Choose another B."
    SWAP = "Swap"
    SWAP_HELP = "B becomes the current pipeline, and A becomes B"
    TAKE = "Use B"
    TAKE_HELP = "Replace the current pipeline with B. Undo restores A."
    TAKEN = "B is now the current pipeline. Undo restores the previous pipeline."
    SWAPPED = "A and B are swapped. Undo restores the previous pipeline."
    OVER = "Rows"
    OVERS: ClassVar = {"seeds": "Next seeds", "pictures": "Next images"}
    ROWS = "Number of rows"
    SIDES: ClassVar = {"a": "A", "b": "B"}
    EQUAL = "no difference"
    DIFFERS = "differ by {mean:.2f} of 255"
    DIFFERS_FLOAT = "differ by {mean:.4g}"
    AB_LABEL = "Two pipelines side by side"
    AB_HINT = "Click to enlarge both"
    AB_ALT = "{side}: {picture} after the pipeline, seed {seed}"

    # Gallery
    GALLERY_LABEL = "Every transform on this image"
    GALLERY_HINT = "Click to add it to the pipeline"
    GALLERY_ALT = "The image after {name}"
    SEARCH = "Search by name, group or effect"
    SEARCH_FOUND = "{shown} of {count}"
    SEARCH_NOTHING = "No transform matches. Try another word, for example blur or crop."
    CARD_HINT = "{group}: {summary}"
    WITHOUT = "without {targets}"
    NEEDS = "Needs {targets}, which this image does not have."
    ADDED = "in pipeline"
    ADDED_TIMES = "in pipeline × {count}"
    ADDED_NOTICE = "{name} was added to the pipeline. Undo removes it."
