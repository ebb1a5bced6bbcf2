"""Every word that the interface shows, one class for each page, ready to be translated.

A text with `{names}` is filled in by `str.format`. What albumentations says about its own transforms, and the reasons
that errors of the core carry, come from there.
"""

from typing import ClassVar


class App:
    TITLE = "Augmentation Explorer"
    AUGMENT = "Augment"
    TRAIN = "Train"
    RUNS = "Runs"


class Augment:
    STEPS = "Pipeline"
    STEPS_HELP = (
        "The steps of an A.Compose, applied from top to bottom. Each fires with its own probability p. "
        "Arrow keys choose a step, Alt with an arrow moves it, Space turns it on or off, Delete removes it."
    )
    ADD = "Add a transform"
    ADD_PLACEHOLDER = "Search {count} transforms"
    ADD_OPTION = "{group} · {name}"
    ADD_HELP = "Type a part of a name, or a group: blur, crop, colour, noise, weather"
    NO_STEPS = "No steps yet. Add a transform above: the picture changes at once."
    OFF = "off"
    UP = "Move up"
    DOWN = "Move down"
    DUPLICATE = "Duplicate"
    REMOVE = "Remove"
    ENABLED = "On"
    ENABLED_HELP = "A step that is off stays in the pipeline and does nothing."
    UNDO = "Undo"
    REDO = "Redo"
    P = "Probability p"
    P_HELP = "How often this step fires: 0 never, 1 on every image."
    NO_PARAMETERS = "This transform has no parameters besides p."
    CHOOSE = "Choose a step on the left to see its parameters."
    RESET = "Back to defaults"
    EXACT = "Type exact values"
    EXACT_HELP = "Sliders show a useful range. Typed values may go as far as the transform allows."
    SET_PARAMETER = "Set {name}"
    RANGE_LOW = "{name}, from"
    RANGE_HIGH = "{name}, to"
    OWN_VALUE = "a value"
    PAIR_NAMES: ClassVar = {
        "size": ("height", "width"),
        "tile_grid_size": ("rows", "columns"),
        "grid": ("rows", "columns"),
    }
    PAIR_DEFAULT = ("x", "y")
    LITERAL_HELP = "A value as in Python or JSON: 3, [1, 2], null"
    TARGETS = "Changes: {targets}"
    TARGET_NAMES: ClassVar = {"image": "image", "mask": "mask", "bboxes": "boxes", "keypoints": "keypoints"}
    DOCUMENTATION = "About {name}"
    LEFT_OUT = "What is left out, and why"
    LEFT_OUT_LINE = "- **{name}**: {reason}"
    PICTURE = "Picture"
    UPLOADED_NAME = "your picture"
    UPLOAD_CHOICE = "Your own picture"
    UPLOAD = "Picture (JPEG, PNG, TIFF, WebP, BMP)"
    UPLOAD_MASK = "Mask of the same size (optional; one class index per pixel)"
    UPLOAD_HINT = "Choose a picture to see the pipeline on it. Until then the last one stays."
    SEED = "Seed"
    SEED_HELP = "The same seed gives the same picture, here and in training."
    NEXT = "Next"
    NEXT_HELP = "Draw again with the next seed"
    PLAY = "Play"
    PLAY_HELP = "Draws a new seed every 1.2 seconds, until you pause"
    BEFORE = "Before"
    AFTER = "After"
    HOLD = "Hold to see the picture before"
    BOXES = "Boxes and keypoints"
    OPACITY = "Mask opacity"
    DRAWN_NOTHING = "No step fired with this seed. Press Next to draw again."
    SHAPES_CHOICE = "Shapes, generated"
    DIGITS_CHOICE = "A digit, 8 × 8 enlarged"
    UPLOAD_MASK_NAME = "the mask"
    SHRUNK = "{width} × {height} px is previewed from a copy of {side} px: values in pixels act more strongly on it."
    MASK_CLASS = "class {number}"
    STALE = "This is the last valid picture. It changes again as soon as the marked field is right."
    FLOAT = "This pipeline gives {dtype} values from {low:.3g} to {high:.3g}; the picture is stretched to be seen."
    SIZE = "{width} × {height} px"
    MILLISECONDS = "{ms:.0f} ms"
    DRAFT_DAMAGED = (
        "The pipeline behind this link could not be read: {reason} A new one was started; nothing was deleted."
    )
    NAME = "Name"
    NAME_PLACEHOLDER = "a name to find it again"
    SAVE = "Save"
    SAVE_HELP = "Keeps this pipeline under its name, for training and for later"
    NOT_SAVED = "Not saved. {reason}"
    SAVED = "Saved as “{name}”."
    OPEN = "Open a saved pipeline"
    OPEN_PLACEHOLDER = "choose one"
    OPEN_NOTHING = "nothing saved yet"
    NEW = "New"
    NEW_HELP = "Starts an empty pipeline under a new address; this one stays where it is"
    TRAIN_WITH = "Train with this"
    TRAIN_WITH_HELP = "Opens the Train page with this pipeline"
    FILE = "Pipeline"


class Charts:
    FAILED = "The charts could not be loaded: the page found no plotly.min.js. Start the app again; it is then copied."
    EPOCH_AXIS = "epoch"
    LOSS_AXIS = "loss"
    AUROC = "AUROC"
    F1 = "F1"
    MACRO = "macro (mean of classes)"
    TRAIN_STEP = "training, each step"
    TRAIN_EPOCH = "training, epoch"
    VAL_EPOCH = "validation"
    TRUE = "true"
    PREDICTED = "predicted"
    CLASS = "class {number}"
    # In plotly's own language: %{...} are its values.
    HOVER_STEP = "step %{customdata[0]}<br>loss %{y:.4f}<br>learning rate %{customdata[1]:.3g}<extra></extra>"
    HOVER_EPOCH = "epoch %{x}: loss %{y:.4f}<extra>%{fullData.name}</extra>"
    HOVER_SCORE = "epoch %{x}: %{y:.3f}<extra>%{fullData.name}</extra>"
    HOVER_CELL = (
        "true %{customdata[2]}, predicted %{customdata[3]}<br>"
        "%{customdata[0]} of %{customdata[1]} images (%{z:.1%})<extra></extra>"
    )


class Train:
    TITLE = "Train a classifier"
    PROMISE = "Starts in the background: close this page, stop the server, the run goes on."
    DATA = "Data"
    MODEL = "Model"
    SCHEDULE = "Training"
    DEVICE = "Device"
    SUMMARY = "This run"
    START = "Start"
    START_HELP = "Starts the run and opens its page"
    STARTING = "Starting"
    LOOKING = "Looking for devices and networks. The first time takes a few seconds."
    NO_MACHINE = "Devices could not be found out: {reason}"
    FIX = "Something needs a look first: {fields}."
    OTHER_ERROR = "{reason}"
    KINDS: ClassVar = {
        "shapes": "Shapes, generated",
        "digits": "Handwritten digits",
        "image_folder": "Image folder",
    }
    LABELS: ClassVar = {
        "dataset": "Data set",
        "num_classes": "Classes",
        "train_images": "Training images",
        "val_images": "Validation images",
        "shapes_size": "Size, px",
        "imbalance": "Imbalance",
        "noise": "Noise",
        "path": "Folder",
        "val_fraction": "Validation share",
        "pipeline": "Pipeline",
        "name": "Name of the run",
        "backbone": "Backbone",
        "weights": "Weights",
        "frozen": "Train",
        "image_size": "Image size, px",
        "epochs": "Epochs",
        "batch_size": "Batch size",
        "learning_rate": "Learning rate",
        "weight_decay": "Weight decay",
        "loss": "Loss",
        "label_smoothing": "Label smoothing",
        "pos_weight": "Positive-class weight",
        "seed": "Seed",
        "accelerator": "Accelerator",
        "precision": "Precision",
    }
    HELP: ClassVar = {
        "imbalance": "How many times more images the largest class has than the smallest",
        "noise": "0 is clean, 1 is hard to see",
        "path": "A folder with train/<class> and val/<class>, or with <class> folders, inside the folders that the app "
        "may read: make run DATA=/that/folder",
        "val_fraction": "Share of each class that validates; not used where the folder is split already",
        "pipeline": "Augments the training images only. Validation sees them as they are.",
        "weights": "ImageNet: the backbone has already seen a million photographs (transfer learning)",
        "frozen": "Head only: the backbone stays as it is, which is fast and enough for a few hundred images. "
        "All layers: slower, for more data.",
        "image_size": "Side of the square that the network sees",
        "learning_rate": "The highest of the OneCycleLR schedule, which is stepped with each batch; 0.01 or 1e-2",
        "weight_decay": "Of AdamW; biases and norms are spared",
        "loss": "Cross entropy for any number of classes; BCE with logits: one output for two classes",
        "label_smoothing": "0.1: the target is 0.9 for the true class and the rest for the others",
        "pos_weight": "Weight of the second class in BCE; for imbalanced data, negatives over positives. Empty: 1",
        "seed": "The same seed gives the same weights and the same augmented images",
        "precision": "bf16-mixed and 16-mixed compute in 16 bits where that is safe",
        "batch_size": "Images in each step of the optimiser",
    }
    LOSSES: ClassVar = {"cross_entropy": "Cross entropy", "bce": "BCE with logits"}
    FROZEN: ClassVar = {True: "Head only (frozen backbone)", False: "All layers"}
    WEIGHTS: ClassVar = {"imagenet": "ImageNet", "none": "None, from scratch"}
    AUTO = "Auto ({name})"
    CURRENT = "The one just built"
    NO_STEPS = "no steps"
    DRAFT_WRONG = "The pipeline just built has a mistake: {reason}"
    TO_AUGMENT = "Back to the pipeline"
    FOLDER_CHOICE = "Found in the allowed folders"
    FOLDER_NONE = "No image folder was found in {roots}. Start with make run DATA=/folder, or put one there."
    NOT_OFFERED = "{name} is not offered: {reason}."
    PARAMETERS = "{millions:.1f} million parameters. {note}"
    COUNTS = "{train:,} images train, {val:,} validate"
    CLASS_LINE = "{name}: {train:,} + {val:,}"
    MORE_CLASSES = "and {count} more"
    STEPS = "{steps:,} steps: {epochs} epochs of {per_epoch}"
    AUGMENTED = "Augmented by: {steps}"
    DEFAULT_NAME = "{dataset}, {steps}"
    NOT_STARTED = "The run could not be started: {reason}"
    RESET = "Back to defaults"


class Runs:
    TITLE = "Runs"
    EMPTY = "No run yet. Training the pipeline that is open takes one click and, on the generated shapes, a minute."
    TO_TRAIN = "Set up a run"
    ALL = "All runs"
    STOP = "Stop"
    STOP_HELP = "Saves a checkpoint, then ends the run"
    STOPPING = "Stopping: it saves first"
    LOG = "Log"
    LOG_EMPTY = "Nothing was printed."
    CONFIG = "Settings of this run"
    UNKNOWN = "There is no run “{id}”. It may have been deleted, or the link is incomplete."
    WAITING = "The first numbers come a few seconds after the start."
    PROGRESS_STEP = "epoch {epoch} of {epochs} · step {step:,} of {total:,}"
    PROGRESS_LEFT = "{left} left"
    PROGRESS_SPEED = "{speed:.0f} images/s"
    PHASES: ClassVar = {
        "importing": "loading torch",
        "reading data": "reading the images",
        "building model": "building the network",
        "training": "training",
        "validating": "validating",
        "saving": "saving",
    }
    STATES: ClassVar = {
        "queued": "queued",
        "starting": "starting",
        "running": "running",
        "stalled": "stalled",
        "stopping": "stopping",
        "stopped": "stopped",
        "finished": "finished",
        "failed": "failed",
        "lost": "lost",
    }
    STATE_LINE = ":{colour}-badge[{state}] {reason}"
    LOSS_TITLE = "Loss"
    AUROC_TITLE = "AUROC"
    F1_TITLE = "F1"
    CONFUSION_TITLE = "Confusion matrix, epoch {epoch}"
    LOSS_HELP = "Cross entropy or BCE. Training falls first; validation that rises again means overfitting."
    AUROC_HELP = (
        "Area under the ROC curve: the chance that a random image of the class gets a higher score than a random other "
        "one. 0.5 is guessing, 1 is perfect. With more than 2 classes: each against the rest, and their mean (macro)."
    )
    F1_HELP = "Harmonic mean of precision and recall; macro is the plain mean over all classes, small or large."
    CONFUSION_HELP = "Rows are the truth, columns what was predicted; the colour is the share of the row. Click a cell."
    ACCURACY = "Accuracy"
    F1_MACRO = "F1, macro"
    VAL_LOSS = "Validation loss"
    EPOCH = "Epoch"
    NO_NUMBER = "–"
    UNDEFINED = "undefined"
    BEST = "best {value:.3f}"
    CELL = "True {true}, predicted {predicted}: {count:,} of {total:,} images in epoch {epoch}."
    CELL_HINT = "Click a cell of the matrix to read it."
    DAMAGED = "{count} lines of this run's record are damaged and were left out."
    LIST_AUROC = "AUROC {value:.3f}"
    LIST_STARTED = "started {time}"
    LIST = "All runs, newest first"
