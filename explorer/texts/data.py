"""Words of the Data page."""

from typing import ClassVar

from explorer.texts.common import Common


class Data:
    TITLE = "Data"
    PROMISE = "What a data set holds, what is wrong with it, and what to do about it."

    # The choice
    SET = "Data set"
    SET_HELP = (
        "The embedded data sets, and those in the folders that this app may read. You can also type the path of a "
        "folder or file inside them. For other folders, start the app with make run DATA=/your/folder."
    )
    SET_PLACEHOLDER = "Choose a data set, or type a path"
    FORMAT = "Format"
    FORMAT_HELP = "The format that was recognized. Open to correct it."
    FORMAT_NOTE = "The format was recognized by the names of files. Choose another one if it was understood wrongly."
    USUAL = "as recognized"
    RECOGNIZED = "recognized: {name}"
    NO_COLUMN = "none"
    COLUMNS = "How the table is read"
    READ_DAMAGED = (
        "The address is damaged where it says how the table is read. What could not be understood of it is not used."
    )
    AUGMENT = "Open in Augment"
    AUGMENT_USUAL = "The Augment page reads tables by their usual columns."
    TRAIN = "Train on this"
    NOT_TRAINABLE = "It cannot be trained on: {reason}"
    OUTLINES = (
        "Networks are trained for classes of images or of pixels. “Draw masks to train on” draws its outlines as "
        "masks, which are classes of pixels."
    )
    AS_RECOGNIZED = "Read it as {format}, as recognized"
    LISTING = "Listing the files"
    NOT_READ = "This data set cannot be read as {format}. {reason}"

    # What was understood
    ANSWER = "{images}{classes}: {parts}. {left_out}"
    ANSWER_ONE_PART = "{images}{classes}. {left_out}"
    IN_CLASSES = " in {classes}"
    WITH_LABELS = " with {labels}, of which an image can have several"
    LABELS: ClassVar = ("label", "labels")
    WITH = " with {marks} of {classes}"
    MARKS: ClassVar = {"boxes": ("box", "boxes"), "keypoints": ("keypoint", "keypoints")}
    WITH_MASKS = " with masks"
    REFUSED = "It cannot be trained on. {reason}"
    WITH_MASKS_OF = " with masks of {classes}"
    WITH_MASKS_AND_ONE = " with masks of {classes} and 1 value that does not count"
    ANNOTATED_CLASSES: ClassVar = {
        "boxes": "Boxes of each class", "keypoints": "Keypoints of each class", "masks": "Classes of the masks",
    }  # fmt: skip
    ANNOTATED_AXIS: ClassVar = {"boxes": "Boxes", "keypoints": "Keypoints"}
    ANNOTATED_READ = "Counted in {count:,} of {total:,} images, drawn at random."
    PICKED_ANNOTATED = "Images with {name}"
    NO_NAMES = "The classes have no names."
    IN_PART = "{count:,} in {part}"
    NOTHING_LEFT_OUT = "Nothing was left out."
    ENTRIES_LEFT_OUT = ("row or file cannot be used.", "rows or files cannot be used.")
    BY_YOU = " ({count:,} left out by you)"
    # Columns of a table: paths, labels, parts, folds and groups
    COLUMNS_READ: ClassVar = (
        "Images by {name}", "labels by {name}", "parts by {name}", "folds by {name}", "kept together by {name}{groups}"
    )  # fmt: skip
    OF_GROUPS = " ({groups})"
    IS_SPLIT = "The data set itself says which images train and which validate."
    NOT_SPLIT = (
        "The data set does not say which images validate: each run takes {share:.0%} of each class or label, chosen by "
        "its data seed. The Train page sets this."
    )
    NOT_SPLIT_MASKS = (
        "The data set does not say which images validate: each run draws {share:.0%} of the images by its data seed, "
        "whatever classes their masks have. The Train page sets this."
    )
    GENERATED = "Generated for training and validation by a seed, so nothing is on disk."
    GROUPED = "Its images belong to {groups}."
    WITHOUT_CLASS = ("image has no class.", "images have no class.")
    WITHOUT_LABEL = ("image has no label.", "images have no label.")
    LEFT_OUT_TITLE = "Cannot be used: {count:,}"
    LEAVE_OUT = "Leave them out of runs"
    LEAVE_OUT_HELP = "The same as “Leave out what cannot be used” on the Train page."
    LEAVE_OUT_NOTE = "A run leaves them out only if you say so. Otherwise it refuses to start."
    LEFT_OUT_COLUMNS: ClassVar = ("Name", "Reason")
    LEFT_OUT_CUT = Common.LIST_CUT
    LEFT_OUT_SAVE = Common.LIST_SAVE
    LEFT_OUT_FILE = "left-out.csv"
    CSV = "text/csv"
    TABLE = "Counts as a table"
    CLASS_COLUMN = "Class"
    LABEL_COLUMN = "Label"
    ALL_COLUMN = "All"
    NOTES = "Notes: {count}"
    NO_CLASS = "no class"
    NO_LABEL = "no label"
    SAMPLES = "Samples"
    BALANCE = "Images of each class"
    BALANCE_LABELS = "Images with each label"
    BALANCE_PARTS = "Images of each part"
    CLICK = "Click a bar to see its images. With the keyboard: arrow keys, then Enter."

    # Images
    IMAGE = "The image"
    ANNOTATED = "With its annotations"
    NO_BOXES = "no box"
    NO_KEYPOINTS = "no keypoint"
    NO_MASK = "no mask"
    MASK_OTHER_SIZE = "Its mask is not drawn, because it has another size: {width} × {height} px."
    NONE_DECODES = "None of the images that were tried can be decoded."
    IMAGE_GONE = "This image is no longer where it was when the data set was listed. Reload the page."

    # Charts
    COUNT_AXIS = "Images"
    HOVER_BALANCE = "%{y}<br>%{x:,} images in {part}<extra></extra>"
    OTHERS = "The {shown} largest of {count:,} classes. The table has all."

    # The wall
    WALL = "Images"
    WALL_ALL = "All images"
    CLASS = "Class"
    PART = "Part"
    ALL_CLASSES = "all classes"
    ALL_LABELS = "all labels"
    ALL_PARTS = "all parts"
    SORT = "Order"
    SORTS: ClassVar = {"listed": "as listed", "random": "random"}
    SHOW_ALL = "Show all images"
    PICKED_PART = "{class_name}, {part}"
