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
    }
    HELP: ClassVar = {
        "depth_center": "In the units of the images, such as Hounsfield units: 40 for soft tissue, -600 for lungs",
        "depth_width": "From black to white: 400 for soft tissue, 1500 for lungs",
    }
    LABELLED = "{label} `{code}`"
    MAX_LR = "max_lr"
    LR = "lr"
    EMPTY: ClassVar = {
        "unfreeze_epoch": "never",
        "drop_connect": "Model default",
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
        "loss": {"cross_entropy": "Cross entropy", "bce": "BCE with logits", "focal": "Focal loss"},
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
    SPLIT_ALREADY = "This folder has its own val/, so no share of the training images is used."
    # At the field where a link leads to, because the one that it names has no effect yet: what to choose there.
    SHOWN_WITH = "Choose {choice} to set {field}."
    # Where the words of the choices do not say it
    CHOICE_FOR: ClassVar = {
        "gpus": "a GPU",
        "backbone_lr_factor": "an epoch to unfreeze",
        "drop_connect": "an EfficientNet",
        "mix_alpha": "a way of mixing",
        "mix_probability": "a way of mixing",
    }
