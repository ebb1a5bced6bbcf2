"""Words of model cards, in Markdown, and of the command that writes model packages."""

from typing import ClassVar


class Card:
    # The command
    COMMAND = "write a run's model as one zip: weights, model card, preprocessing, golden images, and ONNX if installed"
    OUTPUT = "the file to write"
    FORCE = "replace the file if it exists"
    FOLD = "of a study of folds: which of its networks, from 1"
    NO_FOLD = "There is no trained network of fold {fold} in {id}."
    ENDING = "A package is written as .zip; {file} has another ending."
    EXISTS = "{file} exists already. Give another name, or --force to replace it."
    NOT_TRAINED = "{id} is not a training run, so it has no model to take away."
    FAILED = "The package cannot be written: {reason}"
    WRITTEN = "{file}: {size}, epoch {epoch}. {onnx}"
    WITH_ONNX = "The ONNX file gives the probabilities of PyTorch within {difference:.1g} on {images} images."
    WITHOUT_ONNX = "Without ONNX: {reason}."

    # The page
    TITLE = "Model package"
    WHAT = (
        "One zip: weights, a model card with data, pipeline and metrics, the evaluation transform as albumentations "
        "code, images with their probabilities to check your own code, and an ONNX file if `onnx` is installed."
    )
    WHICH_FOLD = "Network of fold"
    FOLD_NUMBER = "Fold {number}"
    WRITE = "Prepare package (.zip)"
    WRITING = "Preparing the package"
    DOWNLOAD = "Model package (.zip)"
    PAGE_FAILED = "The package could not be prepared: {reason}"

    # The card
    HEADING = "# {name}"
    LEAD = (
        "{backbone} that tells {count} classes apart, {size} × {size} px. Trained by run `{id}`; "
        "these are the weights of epoch {epoch}."
    )
    LEAD_MASKS = (
        "A U-Net on {backbone} that gives each pixel one of {count} classes, {size} × {size} px. Trained by run "
        "`{id}`; these are the weights of epoch {epoch}."
    )
    LEAD_LABELS = (
        "{backbone} that says of {count} labels which ones an image has, several or none, {size} × {size} px. Trained "
        "by run `{id}`; these are the weights of epoch {epoch}."
    )
    FILES = "## Files"
    FILES_TABLE = ("file", "what it is")
    FILE_WORDS: ClassVar = {
        "model.safetensors": "the weights, with the parameter names of the network's own library",
        "model.onnx": "the network with its preprocessing and softmax: pixels in, probabilities out",
        "preprocess.py": "the evaluation transform as albumentations code",
        "golden.npz": "images with the probabilities that the run's own network gives, to check your code with",
    }
    FILE_WORDS_MASKS: ClassVar = {
        "model.safetensors": "the weights of the encoder, with the names of its library, of `decoder` and of `top`",
        "model.onnx": "the network with its preprocessing and softmax: pixels in, probabilities of each pixel out",
        "preprocess.py": "the evaluation transform, and the way back to a mask of the size of the image",
        "golden.npz": "images with true masks, and the classes that the run's own network predicts, to check your code",
    }
    FILE_WORDS_LABELS: ClassVar = {
        "model.onnx": "the network with its preprocessing and sigmoid: pixels in, a probability of each label out",
        "preprocess.py": "the evaluation transform as albumentations code, and the threshold of each label",
    }
    NO_ONNX = "There is no ONNX file: {reason}."
    ONNX_CHECKED = (
        "ONNX Runtime was compared with PyTorch on {images} validation images: no probability differs by more than "
        "{difference:.1g}."
    )
    USE = "## Use"
    USE_ONNX = "The ONNX file needs no PyTorch:"
    USE_WEIGHTS = "The weights, with PyTorch:"
    CLASSES = "Classes in the order of the outputs: {names}."
    MASK_VALUES = "The value of each class in masks: {values}. 255, and values that are not listed, do not count."
    THRESHOLDS = (
        "An image has a label whose probability reaches its threshold: {values}. They were chosen on the validation "
        "images, or are that of the recipe."
    )
    UNET_WEIGHTS = (
        "The weights fit the U-Net of the code that the app exports of this run, which is one file of PyTorch: names "
        "begin with `decoder` and `top` for its own layers, all others are those of the encoder's library."
    )
    ONE_OUTPUT = "The network has one output, the log odds of {positive}: use `sigmoid` instead of `softmax`."
    METRICS = "## Metrics"
    METRICS_OF = (
        "On {images} validation images at epoch {epoch}, with 95 % intervals over images. The epoch was chosen by "
        "{monitor} on the same images, so the numbers flatter a little. They say nothing about "
        "images of another origin."
    )
    METRICS_TABLE = ("metric", "value", "95 % interval")
    CLASS_TABLES: ClassVar = {  # by task
        "classification": ("class", "images", "precision", "recall", "F1", "AUROC"),
        "segmentation": ("class", "images with it", "pixels", "IoU", "Dice", "precision", "recall"),
        "labels": ("class", "images", "precision", "recall", "F1", "AUROC"),
    }
    NO_METRICS = "The counts of this epoch are not stored, so there are no metrics."
    DATA = "## Data"
    DATA_LINE = "{name}: {train} images for training, {val} for validation."
    DATA_HASH = "Hash of the contents of all images: `{digest}`."
    PIPELINE = "## Augmentation"
    NO_STEPS = "None: the network has seen the images as they are."
    SETTINGS = "## Settings"
    SETTINGS_TABLE = ("field", "value")
    VERSIONS = "## Versions"
    VERSIONS_TABLE = ("package", "version")
    UNDEFINED = "undefined ({why})"
    NONE = "–"
