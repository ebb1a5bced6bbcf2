"""Words at the fields of the Train page."""

from typing import ClassVar


class TrainFields:
    DEPTHS: ClassVar = {
        "auto": "One range, found in the images",
        "range": "A range of values",
        "window": "A window (CT)",
    }
    BY_IMAGE: ClassVar = ("by_image", "Each image by a range of its own, as in older runs")
    LABELS: ClassVar = {
        "dataset": "Data set",
        "num_classes": "Classes",
        "train_images": "Training images",
        "val_images": "Validation images",
        "shapes_size": "Size, px",
        "imbalance": "Imbalance",
        "noise": "Noise",
        "path": "Folder",
        "depth": "Values of more than 8 bits",
        "depth_low": "Becomes black (0)",
        "depth_high": "Becomes white (255)",
        "depth_center": "Window center",
        "depth_width": "Window width",
        "val_fraction": "Validation share",
        "pipeline": "Pipeline",
        "backbone": "Backbone",
        "weights": "Weights",
        "weights_file": "File of weights",
        "image_size": "Image size, px",
        "frozen": "Train",
        "unfreeze_epoch": "Unfreeze at epoch",
        "backbone_lr_factor": "Backbone's rate, times",
        "normalise": "Normalising",
        "loss": "Loss",
        "label_smoothing": "Label smoothing",
        "pos_weight": "Positive-class weight",
        "class_weights": "Class weights",
        "focal_gamma": "Focal gamma",
        "threshold": "Threshold",
        "dropout": "Dropout",
        "drop_connect": "Drop-connect",
        "epochs": "Epochs",
        "batch_size": "Batch size",
        "learning_rate": "Learning rate",
        "optimizer": "Optimiser",
        "schedule": "Schedule",
        "weight_decay": "Weight decay",
        "momentum": "Momentum",
        "nesterov": "Nesterov momentum",
        "pct_start": "pct_start",
        "div_factor": "div_factor",
        "final_div_factor": "final_div_factor",
        "anneal_strategy": "anneal_strategy",
        "cycle_momentum": "cycle_momentum",
        "base_momentum": "base_momentum",
        "max_momentum": "max_momentum",
        "three_phase": "three_phase",
        "warmup_epochs": "Warm-up, epochs",
        "gradient_clip": "Gradient clipping",
        "accumulate": "Accumulated batches",
        "early_stopping": "Early stopping, epochs",
        "monitor": "Monitor",
        "mixing": "Mixing",
        "mix_alpha": "Alpha",
        "mix_probability": "Share of batches",
        "accelerator": "Accelerator",
        "gpus": "GPUs",
        "precision": "Precision",
        "workers": "Loader workers",
        "threads": "Threads",
        "kept_as": "Images before augmentation",
        "cache_size": "Kept images",
        "loggers": "Also log to",
        "name": "Name of the run",
        "seed": "Seed",
        "dataset_seed": "Seed of the data",
    }
    LABELLED = "{label} `{code}`"
    MAX_LR = "max_lr"
    LR = "lr"
    HELP: ClassVar = {
        "imbalance": "How many times more images the largest class has than the smallest",
        "noise": "0 is clean, 1 is hard to see",
        "path": "A folder with train/<class> and val/<class>, or with <class> folders. Choose one, or type its path, "
        "which has to be inside the folders that the app may read (make run DATA=/that/folder).",
        "depth": "How values of 10, 12 or 16 bits, of CT and of fractions become pixels from 0 to 255. One range holds "
        "for all images, in training, validation and exported code.",
        "depth_center": "In the units of the images, such as Hounsfield units: 40 for soft tissue, -600 for lungs",
        "depth_width": "From black to white: 400 for soft tissue, 1500 for lungs",
        "val_fraction": "Share of each class that validates; not used where the folder is split already",
        "pipeline": "Augments the training images only. Validation sees them as they are.",
        "backbone": "The network. Its own head is replaced by a new one for your classes.",
        "weights": "ImageNet: the backbone has already seen a million photographs (transfer learning). "
        "AdvProp: the same, trained with adversarial examples as well; it expects inputs from -1 to 1. "
        "A file: weights that you have, such as those of an earlier run.",
        "weights_file": ".safetensors, or a state dict as .pt, .pth, .bin, .ckpt or .pth.tar. It is read as plain "
        "numbers: nothing in it is executed. Its head is left out, the new one is for your classes.",
        "image_size": "Side of the square that the network sees",
        "frozen": "Head only: the backbone stays as it is, which is fast and enough for a few hundred images. "
        "All layers: slower, for more data.",
        "unfreeze_epoch": "The head learns alone until then, counted from 1; from this epoch on all layers do. "
        "Empty: never",
        "backbone_lr_factor": "The backbone's learning rate to the head's; 0.1 keeps more of what it knows",
        "normalise": "Auto: what the weights were trained with. ImageNet: its mean and standard deviation. "
        "-1 to 1: as AdvProp. None: 0 to 1, for pipelines that normalise by themselves.",
        "loss": "Cross entropy for any number of classes; BCE with logits: one output for two classes; focal: cross "
        "entropy in which easy images count less",
        "label_smoothing": "0.1: the target is 0.9 for the true class and the rest for the others",
        "pos_weight": "Weight of the second class in BCE; balanced: negatives over positives. Empty: 1",
        "class_weights": "A weight for each class in their order, as 1, 2, 0.5; balanced: the rarer, the heavier, "
        "N / (C · N_c). Empty: all alike",
        "focal_gamma": "(1 - p)^gamma: 0 is cross entropy, 2 is what the paper takes",
        "threshold": "An image is of the second class from this probability on. AUROC does not depend on it.",
        "dropout": "Share of features that the head does not see in a training step",
        "drop_connect": "Share of blocks that are skipped in a training step. Empty: what the network has, 0.2 for "
        "EfficientNet",
        "batch_size": "Images in each step",
        "learning_rate": "The highest of the schedule; 0.01 or 1e-2",
        "optimizer": "AdamW forgives more; SGD with momentum often ends a little better after long trainings",
        "schedule": "OneCycleLR: up, then down, stepped with each batch. Cosine: a warm-up, then half a cosine to 0. "
        "Constant: as it is.",
        "weight_decay": "Biases and norms are spared",
        "nesterov": "Looks ahead along the momentum",
        "pct_start": "Share of all steps in which the rate rises",
        "div_factor": "It begins at max_lr / div_factor",
        "final_div_factor": "It ends at max_lr / div_factor / final_div_factor",
        "anneal_strategy": "How it rises and falls",
        "cycle_momentum": "Momentum (beta1 of AdamW) falls while the rate rises, and the other way round",
        "base_momentum": "The lowest momentum, where the rate is highest",
        "max_momentum": "The highest momentum, at the beginning and the end",
        "three_phase": "Up, down to where it began, then down to the end",
        "warmup_epochs": "The rate rises in a line for so long; 0.5 is half an epoch",
        "gradient_clip": "`gradient_clip_val`: gradients are scaled down to this norm, all layers together. "
        "Empty: never",
        "accumulate": "`accumulate_grad_batches`: batches whose mean gradient makes one step of the optimizer; "
        "4 batches of 16 act like one of 64. At the end of an epoch, the mean of the batches that are left",
        "early_stopping": "`patience` of EarlyStopping: the run ends after so many epochs without a better monitor or "
        "a lower validation loss. Empty: never",
        "monitor": "best.ckpt is the epoch in which this was best; of equal epochs, the one with the lower validation "
        "loss",
        "mixing": "MixUp blends two images and their labels; CutMix pastes a box of one into the other",
        "mix_alpha": "The share comes from Beta(alpha, alpha): below 1 mostly near 0 or 1, at 1 anything",
        "mix_probability": "1: every batch is mixed",
        "gpus": "Several train together (ddp): each takes its part of every batch. None chosen: one is",
        "precision": "bf16-mixed and 16-mixed compute in 16 bits where that is safe",
        "workers": "Processes that augment beside the training. 0: none. Empty: as many as is fastest here",
        "threads": "Threads of the processor that torch takes. Empty: as many as it finds best",
        "kept_as": "Whole images keep their borders until the pipeline has seen them, and the square is cut at "
        "the end. Middle squares are cut before the pipeline, as all runs did before",
        "cache_size": "Pixels of the short side that decoded images are kept at, before augmentation",
        "loggers": "Lightning's own loggers, beside what this app records. They change nothing in the training.",
        "seed": "The same seed gives the same weights and the same augmented images",
        "dataset_seed": "Of generated images and of the split. Empty: the seed of the run",
    }
    EMPTY: ClassVar = {
        "unfreeze_epoch": "never",
        "drop_connect": "the network's own",
        "pos_weight": "1",
        "class_weights": "all alike",
        "gradient_clip": "never",
        "early_stopping": "never",
        "workers": "auto",
        "threads": "auto",
        "dataset_seed": "the run's",
        "name": "found by itself",
    }
    KINDS: ClassVar = {
        "shapes": "Shapes, generated",
        "digits": "Handwritten digits",
        "image_folder": "Image folder",
    }
    LOSSES: ClassVar = {"cross_entropy": "Cross entropy", "bce": "BCE with logits", "focal": "Focal loss"}
    FROZEN: ClassVar = {True: "Head only (frozen backbone)", False: "All layers"}
    WEIGHTS: ClassVar = {
        "imagenet": "ImageNet",
        "advprop": "ImageNet, AdvProp",
        "file": "A file",
        "none": "None, from scratch",
    }
    WEIGHTS_SHORT: ClassVar = {"imagenet": "ImageNet", "advprop": "AdvProp"}
    NORMALISE: ClassVar = {"auto": "Auto", "imagenet": "ImageNet", "symmetric": "-1 to 1", "none": "None"}
    OPTIMIZERS: ClassVar = {"adamw": "AdamW", "sgd": "SGD"}
    SCHEDULES: ClassVar = {"onecycle": "OneCycleLR", "cosine": "Cosine", "constant": "Constant"}
    ANNEALING: ClassVar = {"cos": "cos", "linear": "linear"}
    MONITORS: ClassVar = {
        "auroc": "AUROC",
        "f1_macro": "Macro F1",
        "accuracy": "Accuracy",
        "val_loss": "Validation loss",
    }
    MIXING: ClassVar = {"none": "None", "mixup": "MixUp", "cutmix": "CutMix", "both": "Both, in turn by chance"}
    LOGGERS: ClassVar = {"csv": "CSV", "tensorboard": "TensorBoard", "mlflow": "MLflow"}
    KEPT_SHAPES: ClassVar = {"whole": "Whole", "squares": "Middle squares"}
    KEPT: ClassVar = {"": "Automatic", "256": "256 px", "320": "320 px", "0": "None"}
    KEPT_OTHER = "{size} px"
    YES_NO: ClassVar = {True: "on", False: "off"}
    AUTO = "Auto"
    NOTHING = "none"

    # What a choice leads to
    DOWNLOADS = "Downloaded when the run starts, once, into {folder}. Without a network the run says so within 5 s."
    NO_FILES = (
        "No file of weights was found in {folders}. Put one there, or start with make run DATA=/folder-of-weights."
    )
    FILES_CUT = "The first {count} files are listed."
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
    TENSORBOARD = "To look at all runs: tensorboard --logdir {folder}"
    LOGGED = "Into the folder {folder} of the run."
    NO_MLFLOW = "MLflow is offered where it is installed."
    NOT_OFFERED = "{name} is not offered: {reason}."
    SHOWN_WITH = "{field} appears here once this is set to suit it."
