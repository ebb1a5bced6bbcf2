"""Words of predictions: the dialog that starts one, and its page."""

from typing import ClassVar

from explorer.texts.common import Common


class Predict:
    START = "Predict"
    START_HELP = (
        "Uses the trained network on images: a part for testing, another data set, a folder, or images that you upload."
    )
    START_FOLDS = "Predict with {networks}"
    START_SEVERAL = "Predict with {count} runs"
    START_SEVERAL_HELP = "The probabilities of all networks are averaged for each image."
    TITLE = "Predict with “{name}”"
    TITLE_FOLDS = "Predict with {networks} of “{name}”"
    TITLE_SEVERAL = "Predict with {count} runs"
    NAME = "{name} on {what}"
    NOT_STARTED = "The prediction could not be started: {reason}"
    CANNOT = "This cannot be predicted: {reason}"

    # The dialog
    WHICH = Common.WEIGHTS
    WHICH_TITLES: ClassVar = {"best": Common.BEST_EPOCH, "last": Common.LAST_EPOCH}
    WHICH_HELP = "Best epoch: by the metric that the run watches. Last epoch: where its training ended."
    IMAGES = "Images"
    IMAGES_TITLES: ClassVar = {
        "test": "Test part", "val": "Validation images", "labeled": "Another data set", "folder": "Folder or table",
        "upload": "Upload",
    }  # fmt: skip
    IMAGES_HELP = (
        "The test part was neither trained nor validated on. A folder or a table of paths needs no labels. With "
        "another data set, whose classes have the same names, the prediction is also judged."
    )
    VAL_NOTE = "The best epoch was chosen by these images, so that scores on them are somewhat too good."
    TEST_COUNT = ("image with a label.", "images with labels.")
    TEST_COUNT_MASKS = ("image with a mask.", "images with masks.")
    NOT_OPENED = "The data set of the run cannot be opened: {reason}"
    LABELED = "Data set"
    LABELED_HELP = "All of its images are predicted and judged. Choose one that was found, or type its path."
    CURATED = (
        "image was left out on the Data page, and is not predicted.",
        "images were left out on the Data page, and are not predicted.",
    )
    NO_DATASET = "{path} is no data set that can be recognized"
    PATH = "Folder or table"
    PATH_HELP = (
        "A folder of images, with the folders in it, or a table (CSV, TSV, Parquet) with a column of paths or ids. "
        "Choose one, or type a path inside the folders that the app may read ({roots})."
    )
    ENCODING = "Encoding of the table"
    PATH_EMPTY = "Choose or type a folder or a table."
    FOUND = "{images}."
    FOUND_LEFT_OUT = "{images}; {left_out:,} that the table names cannot be found."
    SKIP = "Leave out what cannot be used"
    SKIP_HELP = "Images that are damaged or missing get no prediction, and are listed. Otherwise they are an error."
    UPLOADED = "Images"
    UPLOADED_HELP = (
        "Up to {most} images, {size} in all. They stay in the folder of the app, on the computer that it runs on, "
        "as long as a run names them."
    )
    UPLOADS = "uploaded images"
    UPLOADS_COUNTED = ("uploaded image", UPLOADS)
    UPLOADED_EMPTY = "Upload one or more images."
    UPLOADED_MANY = (
        "Upload at most {most} images, {size} in all. For more, put them into a folder that the app may read."
    )

    VIEWS = "Test-time augmentation"
    VIEWS_TITLES: ClassVar = {"none": "None", "mirror": "Mirror image", "open": "The open pipeline"}
    VIEWS_PRESET = "Preset: {name}"
    VIEWS_HELP = (
        "Each image is predicted as it is and in further views, and the probabilities are averaged. Helps most with "
        "changes that the network has learned to ignore."
    )
    COUNT = "Views"
    COUNT_HELP = "Besides the image itself. Each view takes as long as the image itself."
    UNSEEN = (
        "Training never saw {steps}. Such views can make predictions worse: where labels are known, the page shows by "
        "how much."
    )
    UNSEEN_OF_SOME = (
        "Training of {runs} of the {count} networks never saw {steps}. Such views can make predictions worse."
    )
    PIPELINE_WRONG = "The open pipeline has an error: {reason}"
    PIPELINE_EMPTY = "The open pipeline has no step that is on."

    SAMPLE = "Sample submission"
    SAMPLE_NONE = "None"
    SAMPLE_HELP = (
        "A CSV file whose columns, order and ids the submission follows, as competitions give it. Choose one, or type "
        "its path."
    )
    SAMPLE_WRONG = "This sample cannot be used: {reason}"
    SAMPLE_UPLOAD = "Upload a sample"
    NO_FILE = "there is no file {path}"
    COST = "{images} × {networks} = **{passes}**{views}"
    COST_PASSES = ("pass", "passes")
    COST_VIEWS = ", with {views} of each"
    COST_FURTHER = ("further view", "further views")
    TAKES = "About **{takes}**, by the speed of the network on this computer. Views that are slow to draw take longer."
    TAKES_UNKNOWN = "How long it takes is not known: the speed of this network was not measured here yet."
    WILL_WAIT = "{turn} The prediction waits for its turn first."
    BEGIN = "Predict {images}"
    BEGIN_NONE = "Predict"

    # The page
    FACT_IMAGES, FACT_NETWORKS, FACT_VIEWS = "Images", "Networks", "Views"
    PART_OF: ClassVar = {
        "val": "validation part of {name}", "test": "test part of {name}", "train": "training part of {name}",
        "all": "all of {name}",
    }  # fmt: skip
    NO_VIEWS = "the image alone"
    WITH_VIEWS = "the image and {views} by “{name}”"
    VIEWS_COUNTED = ("view", "views")
    PROGRESS = "{done:,} of {images}"
    NONE_YET = "The first predictions appear when the first part is done."
    NONE = "It ended before the first part was done. Resume it to go on."
    ANSWER = ("image is predicted", "images are predicted")
    ANSWER_SO_FAR = "#### :gray-badge[{done:,} of {images}] predicted so far"
    ANSWER_LABELED = "#### Accuracy is {value} on {images}{interval}"
    PARTIAL = "It ended before all images were predicted: shown are {done:,} of {images}. Resume it to go on."
    SOME_LABELED = "Labels are known for {labeled:,} of {images}; scores are computed on these images."
    COUNTS_LINE = "{name} **{count:,}** ({share})"
    COUNTS_MORE = "and {classes}"
    MORE_CLASSES = ("more class", "more classes")
    EACH_ALONE, EACH_NETWORK = "Each network alone", "Network"
    INTERVALS_ARE = (
        "Intervals describe the uncertainty over images: how far a score would differ with others of the same kind."
    )
    GAIN = "What test-time augmentation changes"
    GAIN_HELP = (
        "The same images with and without the views, paired. An interval that excludes 0 says that the views made "
        "a difference on images of this kind."
    )
    GAIN_LINE = "{metric} **{value}**{word} (95% interval {low} to {high})"
    GAIN_NONE = "{metric} **no difference**"
    GAIN_BETTER, GAIN_WORSE = ", better", ", worse"
    GAIN_UNDEFINED = "{metric}: {why}"
    WON = ("wrong answer became right", "wrong answers became right")
    LOST = ("right answer became wrong", "right answers became wrong")
    CHANGED_UNLABELED = "The views change the predicted class of {count:,} of {images}."
    LEFT_OUT = ("image has no prediction", "images have no prediction")
    LEFT_OUT_LINE = "{name}: {why}"
    LEFT_OUT_MORE = "and {count:,} more"
    FIRST_OF = "The first {first:,} of {count:,} images."
    NETWORKS = "{first} and {count} more"
    NETWORKS_OF = "{count} networks of {name}"
    PREPARES = "preparing"
    PICTURES = "Images"
    LISTS: ClassVar = {
        "uncertain": "Most uncertain", "sure": "Most certain", "wrong": "Wrong, the most certain first",
        "won": "Became right", "lost": "Became wrong", "changed": "Changed by the views",
    }  # fmt: skip
    COUNTED = "{title} ({count:,})"
    EVERY_CLASS = "All classes"
    CLASS = "Predicted class"
    NO_LABELS = "no label"
    PICTURE_TITLE = "{predicted} {share}"
    PICTURE_TRUE = "is {true}"
    PICTURE_LABEL = "Label: {true}. {scores}"
    TABLE = "Table"
    TABLE_ID, TABLE_PREDICTED, TABLE_PROBABILITY, TABLE_LABEL = "Image", "Predicted", "Probability", "Label"
    TABLE_AGREE = "Networks that agree"
    PAGE_OF = "{first:,} to {last:,} of {count:,}"
    PREVIOUS, NEXT = "Previous", "Next"
    CSV, PARQUET = "CSV", "Parquet"
    TABLE_HELP = "One row for each image: id, predicted class, and the probability of each class."
    SUBMISSION_HELP = "Columns, order and ids of the sample submission. Files are numbered and never overwritten."
    FILLS = "What its columns take"
    FILLS_TITLES: ClassVar = {
        "": "As its values say", "probabilities": "The probability of each class", "probability": "One probability",
        "label": "The predicted class", "number": "The number of the class, from 0",
    }  # fmt: skip
    FILLS_HELP = (
        "A sample with 0 in each row says nothing about a score that ranks, such as AUROC, which needs a probability."
    )
    FILL = "Fill a sample submission"
    FILL_NOW = "Write the submission"
    FILL_MISSING = "Fill rows whose image is missing"
    FILL_MISSING_HELP = "They get the mean prediction. Otherwise a sample with other ids is refused."
    SUBMISSION_WRONG = "No submission can be written: {reason}"
    FILE = "predictions-{id}"
    SETTINGS = (
        "Settings of the run whose network predicts, or of the first one. The views are named at the top of the page."
    )
