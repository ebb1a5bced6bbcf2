"""Words about the picture that is looked at: where it comes from, and how it is read."""

from typing import ClassVar


class Pictures:
    PICTURE = "Image"
    UPLOADED_NAME = "your image"
    UPLOAD_CHOICE = "Your own image"
    UPLOAD = "Image (JPEG, PNG, TIFF, WebP, BMP)"
    UPLOAD_MASK = "Mask of the same size (optional): a class index per pixel, or a color per class"
    UPLOAD_AGAIN = "Change the image or its mask"
    UPLOAD_HINT = "Upload an image to preview the pipeline on it."
    COLOR_CLASSES = "The colors of the mask are classes: {classes}"
    COLOR_CLASS = "{square} {number}"
    COLOR_CLASSES_HELP = "Class index of each color in the mask. 0 is the background. Colors may share a class."
    COLOR_LABEL = "{square} {color}, {share} of the image"
    COLOR_INPUT = "Class of the color {color}"
    TOO_MANY_NAMES = "{count} names were given, but a mask has at most {most} values. Remove some lines."
    NAME_WRONG = "Line {line} is not a name. Write 1 to {most} printable characters per line."
    NOT_KEPT = "The file could not be saved on the server: {reason}. Free some space and upload it again."
    DATA_SET_CHOICE = "A sample of a data set"
    SET = "Data set"
    SET_HELP = (
        "Generated shapes, digits, and the data sets in the folders that this app may read: image folders, and image "
        "folders next to mask folders (images/ and masks/, train/ and trainannot/). You can also type the path of a "
        "folder inside them. For other folders, start the app with make run DATA=/your/folder."
    )
    SPLIT = "Part"
    SPLIT_NAMES: ClassVar = {"train": "training", "val": "validation", "test": "test", "all": "all"}
    INDEX = "Sample, of {count}"
    INDEX_TRAINED = "Sample, of {count} that train"
    INDEX_HELP = "The number of the sample in the data set, from 0. Step through them with the arrow keys."
    SET_PLACEHOLDER = "Choose a data set, or type the path of a folder"
    SET_NOTES = "About this data set ({count})"
    UNUSABLE = "Other folders here that are not usable ({count:,})"
    UNTRAINABLE = "Other data sets here that cannot be trained ({count:,})"
    UNUSABLE_ONE = "{folder} is not usable, because {reason}"
    NOT_ALL_FOUND = "There are too many folders to search them all. Type the path of one that is not in the list."
    MASK_VALUES = "Mask values: {names}"
    MASK_VALUE = "{value} {name}"
    NAMES_FROM = "Mask value of the first name"
    NAMES_FROM_HELP = "The masks do not show which value the first name in the class file belongs to."
    AS_TRAINED = "As in training"
    AS_TRAINED_HELP = (
        "Shows exactly what training sees of this sample in epoch 1 with this seed, at the sizes set on the Train "
        "page: the size at which images are kept, and the square image at the end. MixUp and CutMix are left out, "
        "because they mix whole batches. Steps are shown before the image is made square. Off: the sample as it is."
    )
    AS_TRAINED_NOTE = "As in training: {width} × {height} px before the pipeline, a square of {size} px at the end."
    NOT_AS_TRAINED = "Shown as stored until you fix what is marked red in the pipeline or on the Train page."
    NOT_TRAINABLE = "Shown as stored: {reason}"
    NO_PICTURE = "{reason} Showing the sample photo until then."
    MASK_GONE = "The mask file no longer has colors. Upload it again."
    READING_ENDED: ClassVar = {
        "memory": "This needs more than the {limit} GB of memory that a drawing may take. Use a smaller image.",
        "time": "This was stopped after {limit} s. Use a smaller image.",
        "crashed": "This crashed the process that reads and draws images. Use another image.",
        "killed": "Something outside the app keeps ending the process that draws. Try again.",
    }
    LISTING_ENDED: ClassVar = {
        "memory": "Listing the images needs more than the {limit} GB of memory that it may take.",
        "time": "Listing the images was stopped after {limit} s. Open this page again in a minute to try again.",
        "crashed": "This crashed the process that lists the images. Open this page again in a minute to try again.",
        "killed": "Something outside the app keeps ending the process that lists the images. Try again in a minute.",
    }
    UPLOAD_MASK_NAME = "the mask"
    SHRUNK = (
        "This image of {width} × {height} px is previewed as a copy of {side} px. Values in pixels act more strongly "
        "on the copy. “Full resolution” shows what they do to the image itself."
    )
