"""Words of the Train page."""

from typing import ClassVar


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
        "dataset_seed": "Seed of the data",
        "workers": "Loader workers",
        "threads": "Threads",
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

    # What it needs
    NEEDS = "About {memory} of memory and {disk} of disk"
    NEEDS_GPU = "About {memory} of memory, {gpu} of GPU memory and {disk} of disk"
    NEEDS_HELP = (
        "At the peak. Memory grows with the batch and with the square of the image size; the disk holds two "
        "checkpoints, a third while it is written, and the scores of each epoch."
    )

    # A run that is changed
    EMPTY = "empty"
    AUTO_PLAIN = "Auto"
    AS_IN = "As in {name}"
    AS_IN_GONE = "As in a run that is gone"
    WAS = "was {was}"
    OTHER_SETTINGS = "the same steps, set otherwise"
    NOT_FILLED = "The form was left as it is: {reason}"
    SOURCE_UNREADABLE = "The settings of {id} cannot be read: {reason}"
    SOURCE_GONE = "It was filled from {id}, which cannot be read any more, so what differs is not known."
    DIFFERS = "Differs from {name}: {changes}"
    CHANGE = "{field} {was} → {now}"
    SAME = "Nothing differs from {name} yet: it would be the same run again."
    CARRIED = "Also, though not on this form: {fields}"
    CARRIED_ONE = "{field} {value}"
    DROP_CARRIED = "Leave them out"
    NAME_CHANGED = "{name} · {changes}"
    NAME_CHANGE = "{field} {now}"
    NAME_AGAIN = "{name}, again"
