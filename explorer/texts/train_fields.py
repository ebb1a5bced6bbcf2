"""Words at the fields of the Train page."""

from collections.abc import Mapping
from typing import Any, ClassVar


class TrainFields:
    AUTO = "Auto"
    # Of fields that are not in a run's config by themselves
    TITLES: ClassVar = {
        "depth_low": "Becomes black (0)",
        "depth_high": "Becomes white (255)",
        "depth_center": "Window center",
        "depth_width": "Window width",
        "folds": "Validation",
    }
    HELP: ClassVar = {
        "depth_center": "In the units of the images, such as Hounsfield units: 40 for soft tissue, -600 for lungs",
        "depth_width": "From black to white: 400 for soft tissue, 1500 for lungs",
        "folds": "A share of each class validates, or one of several folds, each of which validates in a run of its "
        "own. Folds are stratified by class, keep groups whole, and follow from the data seed. If the data set gives a "
        "validation part, its images are divided too; images for testing are not.",
        "fold": "The fold that validates in this run; all others train",
        "skip_unusable": "Rows without an image or a label, images with several labels, and images that cannot be "
        "read are left out, and the notes of the run count them. All images are decoded once before the first step",
    }
    LABELLED = "{label} `{code}`"
    MAX_LR = "max_lr"
    LR = "lr"
    EMPTY: ClassVar = {
        "unfreeze_epoch": "never",
        "drop_connect": "Model default",
        "set_aside": "none",
        "csv_folder": "that of the table",
        **dict.fromkeys(("image_column", "label_column"), "recognized by its name"),
        **dict.fromkeys(("split_column", "fold_column", "group_column"), "recognized by its name, if there is one"),
        "pos_weight": "1",
        "class_weights": "None (equal weights)",
        "gradient_clip": "never",
        "early_stopping": "never",
        "workers": "auto",
        "threads": "auto",
        "dataset_seed": "Same as run seed",
        "name": "Named automatically",
    }
    # Words of the choices: field -> value -> what it is called
    CHOICES: ClassVar[Mapping[str, Mapping[Any, str]]] = {
        "folds": {"": "A share", **{str(count): f"1 of {count} folds" for count in (2, 3, 4, 5, 6, 7, 8, 9, 10, 20)}},
        "fold": {number: str(number + 1) for number in range(20)},
        "several": {
            "auto": "Recognized",
            "no": "One",
            "|": "Several, with | between them",
            ";": "Several, with ; between them",
            ",": "Several, with commas between them",
            " ": "Several, with spaces between them",
            "columns": "Several, a column of 0 and 1 for each",
        },
        "npz_several": {"auto": "Recognized", "no": "One", "columns": "Several, 0 or 1 for each"},
        "encoding": {
            "": "UTF-8 or UTF-16",
            "utf-16": "UTF-16",
            "cp1252": "Windows, Western (cp1252)",
            "cp949": "Windows, Korean (cp949)",
            "shift_jis": "Japanese (Shift JIS)",
            "gb18030": "Chinese (GB 18030)",
            "latin-1": "Latin-1",
        },
        "depth": {
            "auto": "One range, found in the images",
            "range": "A range of values",
            "window": "A window (CT)",
            "by_image": "Each image by a range of its own, as in older runs",
        },
        "weights": {
            "imagenet": "ImageNet",
            "advprop": "ImageNet, AdvProp",
            "file": "A file",
            "none": "None, from scratch",
        },
        "frozen": {True: "Head only (frozen backbone)", False: "All layers"},
        "normalise": {"auto": "Auto", "imagenet": "ImageNet", "symmetric": "-1 to 1", "none": "None"},
        "learn": {"class": "The shape in the picture", "masks": "The class of each pixel"},
        "ignore_index": {"auto": "Auto", "": "None"},
        "names_from": {"auto": "Auto", 0: "0", 1: "1"},
        "loss": {
            "cross_entropy": "Cross entropy",
            "bce": "BCE with logits",
            "focal": "Focal loss",
            "dice": "Dice",
            "dice_cross_entropy": "Dice + cross entropy",
        },
        "evaluation": {"whole": "Whole image", "sliding": "Sliding window"},
        "optimizer": {"adamw": "AdamW", "sgd": "SGD"},
        "schedule": {"onecycle": "OneCycleLR", "cosine": "Cosine", "constant": "Constant"},
        "anneal_strategy": {"cos": "cos", "linear": "linear"},
        "mixing": {
            "none": "None",
            "mixup": "MixUp",
            "cutmix": "CutMix",
            "both": "MixUp or CutMix, chosen per batch",
        },
        "loggers": {"csv": "CSV", "tensorboard": "TensorBoard", "mlflow": "MLflow"},
        "kept_as": {"whole": "Whole", "squares": "Middle squares"},
        "cache_size": {"": "Automatic", "256": "256 px", "320": "320 px", "0": "None"},
        "accelerator": {"auto": AUTO},
        "precision": {"auto": AUTO},
    }
    # Where a task has other words than classification: task -> field -> words
    CHOICES_OF_TASK: ClassVar[Mapping[str, Mapping[str, Mapping[Any, str]]]] = {
        "segmentation": {"frozen": {True: "Decoder only (frozen encoder)", False: "All layers"}},
    }
    TITLES_OF_TASK: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "segmentation": {"backbone": "Encoder", "threshold": "Threshold"},
    }
    HELP_OF_TASK: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "segmentation": {
            "backbone": "The part of the U-Net that looks at the image. The decoder, which makes the mask of its "
            "features, is new.",
            "image_size": "Long side of the image in the network. The aspect ratio is kept: the short side is padded "
            "to a square, and padded pixels count nowhere.",
            "frozen": "Decoder only: the encoder is frozen. This is fast. All layers: slower, and usually better for "
            "masks.",
            "loss": "Dice + cross entropy: the sum of both, as in nnU-Net. Cross entropy: each pixel weighs the same. "
            "Dice: the overlap of each class that occurs in a batch, however small it is. Focal loss: cross entropy "
            "that gives easy pixels less weight.",
            "class_weights": "One weight for each class, in order, such as 1, 2, 0.5. balanced: from the training "
            "pixels of each class, so rare classes weigh more. Empty: equal weights",
            "mixing": "CutMix pastes a box of one image and of its mask into another. MixUp is not offered, since a "
            "blend of two masks is none.",
            "batch_size": "Images in each batch. Memory grows with the pixels of a batch.",
        },
    }
    MASK_VALUE = "{value} {name}"
    WEIGHTS_SHORT: ClassVar = {"imagenet": "ImageNet", "advprop": "AdvProp"}
    KEPT_OTHER = "{size} px"
    YES_NO: ClassVar = {True: "on", False: "off"}
    NOTHING = "none"

    # What a choice leads to
    DOWNLOADS = (
        "Downloaded once into {folder} when the run starts. Without an internet connection, the run fails within 5 s."
    )
    NO_FILES = "No weights file was found in {folders}. Put one there, or start with make run DATA=/folder-of-weights."
    FILES_CUT = "Only the first {count} files are listed."
    KEPT_AS: ClassVar = {
        "whole": "Images are decoded once and kept whole, with a short side of {least} px. "
        "Smaller ones are enlarged. The middle square of {size} px is cut after augmentation.",
        "wanted": "Images are decoded once and kept whole, with a short side of {least} to {most} px, so that the "
        "crops and zooms of the pipeline find detail. "
        "Smaller ones are enlarged. The middle square of {size} px is cut after augmentation.",
        "masks": "Images are decoded once and kept whole with their masks, with a short side of {least} px or more. "
        "The long side is brought to {size} px after augmentation.",
        "same": "Images are decoded once, and their middle squares are kept at {size} px: the fastest. "
        "Augmentation never sees what lies outside.",
        "larger": "Middle squares are kept at {kept} px, so that crops and zooms still find detail. "
        "The result is scaled to {size} px.",
        "smaller": "Kept at {kept} px, smaller than what the network sees: fine detail is lost.",
        "none": "Each image is decoded in each epoch and augmented at its own size, as in most scripts: slower.",
    }
    TENSORBOARD = "To view all runs: tensorboard --logdir {folder}"
    LOGGED = "Written to the folder {folder} of the run."
    NO_MLFLOW = "MLflow is available if it is installed."
    PRECISION_REASON = "{reason}."
    SPLIT_ALREADY = "This data set says itself which images validate, so no share is used."
    RECOGNIZED = "recognized by its name"
    NO_COLUMN = "none"
    # At the field where a link leads to, because the one that it names has no effect yet: what to choose there.
    SHOWN_WITH = "Choose {choice} to set {field}."
    # Where the words of the choices do not say it
    CHOICE_FOR: ClassVar = {
        "gpus": "a GPU",
        "backbone_lr_factor": "an epoch to unfreeze",
        "drop_connect": "an EfficientNet",
        "fold": "folds",
        "evaluation": "images with masks",
        "kept_as": "data with a class for each image",
        "val_fraction": "a share",
        "mix_alpha": "a way of mixing",
        "mix_probability": "a way of mixing",
    }
