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
        "depth": "Values of more than 8 bits",
        "depth_low": "Becomes black (0)",
        "depth_high": "Becomes white (255)",
        "depth_center": "Window center",
        "depth_width": "Window width",
        "pipeline": "Pipeline",
        "backbone": "Backbone",
        "weights": "Weights",
        "weights_file": "Weights file",
        "image_size": "Image size (px)",
        "frozen": "Layers to train",
        "unfreeze_epoch": "Unfreeze at epoch",
        "backbone_lr_factor": "Backbone learning rate factor",
        "normalise": "Normalization",
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
        "optimizer": "Optimizer",
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
        "warmup_epochs": "Warm-up (epochs)",
        "gradient_clip": "Gradient clipping",
        "accumulate": "Accumulated batches",
        "early_stopping": "Early stopping (epochs)",
        "monitor": "Monitor",
        "mixing": "Mixing",
        "mix_alpha": "Mixing alpha",
        "mix_probability": "Share of mixed batches",
        "accelerator": "Accelerator",
        "gpus": "GPUs",
        "precision": "Precision",
        "workers": "Loader workers",
        "threads": "Threads",
        "kept_as": "Images before augmentation",
        "cache_size": "Kept images",
        "loggers": "Also log to",
        "name": "Run name",
        "seed": "Seed",
        "dataset_seed": "Data seed",
    }
    LABELLED = "{label} `{code}`"
    MAX_LR = "max_lr"
    LR = "lr"
    HELP: ClassVar = {
        "depth": "How values of 10, 12 or 16 bits, of CT and of fractions become pixels from 0 to 255. One range holds "
        "for all images, in training, validation and exported code.",
        "depth_center": "In the units of the images, such as Hounsfield units: 40 for soft tissue, -600 for lungs",
        "depth_width": "From black to white: 400 for soft tissue, 1500 for lungs",
        "pipeline": "Applied to the training images only. Validation images are not augmented.",
        "backbone": "The network. Its head is replaced by a new one for your classes.",
        "weights": "ImageNet: the backbone was trained on a million photographs (transfer learning). "
        "AdvProp: the same, also trained on adversarial examples. This network expects inputs from -1 to 1. "
        "A file: your own weights, such as those of an earlier run.",
        "weights_file": ".safetensors, or a state dict as .pt, .pth, .bin, .ckpt or .pth.tar. Only numbers are "
        "read, and no code in the file is executed. The head in the file is replaced by a new one for your classes.",
        "image_size": "Side of the square that goes into the network",
        "frozen": "Head only: the backbone is frozen. This is fast, and enough for a few hundred images. "
        "All layers: slower, for more data.",
        "unfreeze_epoch": "Only the head is trained before this epoch, and all layers from this epoch on. "
        "The first epoch is 1. Empty: never",
        "backbone_lr_factor": "Learning rate of the backbone divided by that of the head. With 0.1, the "
        "backbone changes less.",
        "normalise": "Auto: as the weights were trained. ImageNet: mean and standard deviation of ImageNet. "
        "-1 to 1: as AdvProp. None: 0 to 1, for pipelines that contain their own normalization.",
        "loss": "Cross entropy: any number of classes. BCE with logits: one output for two classes. Focal loss: cross "
        "entropy that gives easy images less weight.",
        "label_smoothing": "With 0.1, the target of the true class is 0.9, and the other classes share 0.1",
        "pos_weight": "Weight of the second class in BCE. balanced: number of negatives divided by positives. Empty: 1",
        "class_weights": "One weight for each class, in order, such as 1, 2, 0.5. balanced: N / (C · N_c), so rare "
        "classes weigh more. Empty: equal weights",
        "focal_gamma": "(1 - p)^gamma. 0 is cross entropy, 2 is the value in the paper",
        "threshold": "Images with at least this probability are counted as the second class. AUROC does not depend on "
        "the threshold.",
        "dropout": "Share of features that are dropped before the head in a training step",
        "drop_connect": "Share of blocks that are skipped in a training step. Empty: model default, 0.2 for "
        "EfficientNet",
        "batch_size": "Images in each batch",
        "learning_rate": "The highest value of the schedule, such as 0.01 or 1e-2",
        "optimizer": "AdamW is less sensitive to its settings. SGD with momentum often ends slightly better after long "
        "training.",
        "schedule": "OneCycleLR: rises, then falls, at every step. Cosine: a warm-up, then half a cosine to 0. "
        "Constant: no change.",
        "weight_decay": "Not applied to biases and normalization layers",
        "nesterov": "Evaluates the gradient ahead along the momentum",
        "pct_start": "Share of all steps during which the learning rate rises",
        "div_factor": "The learning rate starts at max_lr / div_factor",
        "final_div_factor": "The learning rate ends at max_lr / div_factor / final_div_factor",
        "anneal_strategy": "Shape of the rise and fall",
        "cycle_momentum": "Momentum (beta1 of AdamW) falls while the learning rate rises, and the reverse",
        "base_momentum": "Lowest momentum, at the highest learning rate",
        "max_momentum": "Highest momentum, at the start and the end",
        "three_phase": "Rise, fall back to the start value, then fall to the end value",
        "warmup_epochs": "Epochs of linear rise, such as 0.5",
        "gradient_clip": "`gradient_clip_val`: gradients are scaled down to this norm over all layers. "
        "Empty: no clipping",
        "accumulate": "`accumulate_grad_batches`: batches whose mean gradient makes one step of the optimizer; "
        "4 batches of 16 act like one of 64. At the end of an epoch, the mean of the batches that are left",
        "early_stopping": "`patience` of EarlyStopping: the run ends after so many epochs without a better monitor or "
        "a lower validation loss. Empty: never",
        "monitor": "best.ckpt is the epoch in which this was best; of equal epochs, the one with the lower validation "
        "loss",
        "mixing": "MixUp blends two images and their labels. CutMix pastes a box of one image into another.",
        "mix_alpha": "The mixing share is sampled from Beta(alpha, alpha): mostly near 0 or 1 below 1, uniform at 1",
        "mix_probability": "1 mixes every batch",
        "gpus": "Several GPUs train together (ddp), each on its part of every batch. Empty: one GPU is selected",
        "precision": "bf16-mixed and 16-mixed use 16 bits where this is safe",
        "workers": "Processes that augment images in parallel. 0: none. Empty: selected automatically",
        "threads": "Processor threads for torch. Empty: selected automatically",
        "kept_as": "Whole images keep their borders until the pipeline has seen them, and the square is cut at "
        "the end. Middle squares are cut before the pipeline, as all runs did before",
        "cache_size": "Pixels of the short side that decoded images are kept at, before augmentation",
        "loggers": "Lightning loggers, in addition to the records of this app. They do not change the training.",
        "seed": "The same seed gives the same initial weights and the same augmented images",
        "dataset_seed": "Seed of generated images and of the validation split. Empty: same as run seed",
    }
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
    MIXING: ClassVar = {
        "none": "None",
        "mixup": "MixUp",
        "cutmix": "CutMix",
        "both": "MixUp or CutMix, chosen per batch",
    }
    LOGGERS: ClassVar = {"csv": "CSV", "tensorboard": "TensorBoard", "mlflow": "MLflow"}
    KEPT_SHAPES: ClassVar = {"whole": "Whole", "squares": "Middle squares"}
    KEPT: ClassVar = {"": "Automatic", "256": "256 px", "320": "320 px", "0": "None"}
    KEPT_OTHER = "{size} px"
    YES_NO: ClassVar = {True: "on", False: "off"}
    AUTO = "Auto"
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
    CHOICES: ClassVar = {
        "gpus": "a GPU",
        **dict.fromkeys(("depth_low", "depth_high"), "a range"),
        **dict.fromkeys(("depth_center", "depth_width"), "a window"),
        "weights_file": "a file of weights",
        "unfreeze_epoch": "head only",
        "backbone_lr_factor": "an epoch to unfreeze",
        "drop_connect": "an EfficientNet",
        "pos_weight": "BCE with logits",
        "threshold": "BCE with logits",
        "class_weights": "cross entropy or focal loss",
        "focal_gamma": "focal loss",
        "momentum": "SGD",
        "nesterov": "SGD",
        "warmup_epochs": "the cosine schedule",
        "base_momentum": "cycle_momentum",
        "max_momentum": "cycle_momentum",
        "mix_alpha": "a way of mixing",
        "mix_probability": "a way of mixing",
        **dict.fromkeys(
            ("pct_start", "div_factor", "final_div_factor", "anneal_strategy", "cycle_momentum", "three_phase"),
            "OneCycleLR",
        ),
    }
