"""Words about what was measured of a data set."""

from typing import ClassVar


class Measured:
    TITLE = "Overview"
    # Measuring
    START_SAMPLE = "Measure {count:,} of the {total:,} images"
    START_ALL = "Measure all {total:,} images"
    START_HELP = "Decodes each image once, in the background. What was measured is kept, so that it is done once."
    ESTIMATE = "Takes about {time}."
    PROGRESS = "Measured {done:,} of {total:,} images"
    LEFT = "{progress}, about {time} left"
    BUSY = "Another data set is being measured. This one can be measured after it."
    BEGINS = "The measurement begins."
    CANCEL = "Cancel"
    CANCEL_HELP = "What was measured is kept: the next start goes on there."
    FAILED = "The images could not be measured. {reason}"
    AGAIN = "Measure again"
    AGAIN_HELP = "Only images whose files are new or have changed are decoded again."
    SAMPLED = (
        "Measured on {count:,} of {total:,} images, drawn by a seed. Histograms of images are estimates for all "
        "of them, with 95% intervals; other counts are those of the measured images. A share is off by at most "
        "{error:.1f} percentage points."
    )
    NEWER = "{count:,} of the images were not measured yet. Measure again to add them."
    NOT_FILES = "Generated images are not measured."

    # Topics
    TOPIC = "Topic"
    TOPICS: ClassVar = {
        "sizes": "Sizes",
        "light": "Brightness and sharpness",
        "channels": "Channels",
        "masks": "Mask areas",
        "boxes": "Boxes",
        "damaged": "Files that do not decode",
    }
    DAMAGED_TOPIC = "{title} ({count:,})"
    CLICK = "A click on a bar or cell shows its images below. With the keyboard: arrow keys, then Enter."

    # Names of values
    QUANTITIES: ClassVar = {
        "width": "Width (px)",
        "height": "Height (px)",
        "megapixels": "Megapixels",
        "aspect": "Width / height",
        "bytes": "Size of the file (bytes)",
        "brightness": "Brightness (0 to 255)",
        "contrast": "Contrast (0 to 127)",
        "sharpness": "Sharpness",
    }
    QUANTITY_HELP: ClassVar = {
        "brightness": "The mean of the gray values of an image.",
        "contrast": "The standard deviation of the gray values of an image.",
        "sharpness": (
            "The variance of the Laplacian of the gray image at 256 px. Low values mean blurred or flat images; the "
            "scale depends on what is shown, so compare images of one data set only."
        ),
        "aspect": "Above 1 is wider than high.",
    }
    HOVER_BIN = "%{customdata[0]} to %{customdata[1]}<br>%{y:,.0f} images<extra></extra>"
    HOVER_BOX_BIN = "%{customdata[0]} to %{customdata[1]}<br>%{y:,} boxes<extra></extra>"
    HOVER_SIZE = (
        "%{customdata[0]} to %{customdata[1]} px wide<br>%{customdata[2]} to %{customdata[3]} px high<br>"
        "%{customdata[4]:,} images<extra></extra>"
    )
    HOVER_CENTER = "%{customdata[4]:,} boxes with their center here<extra></extra>"
    HOVER_AREA = "%{customdata}<br>%{x:.2f}% of the pixels<extra></extra>"
    HOVER_COUNT = "%{customdata}<br>%{x:,}<extra></extra>"
    HOVER_BOXES = "%{customdata}<br>%{x:,} boxes<extra></extra>"
    PICKED = "{name}: {low} to {high}"
    PICKED_SIZE = "{low} to {high} px wide, {bottom} to {top} px high"
    PICKED_MASK = "{name} in the mask, largest area first"
    PICKED_BOX = "Images with a box of {name}"
    PICKED_CENTER = "Images with the center of a box here"
    PICKED_DAMAGED = "Files that do not decode"

    # Answers
    ONE_SIZE = "All images have {width:,} × {height:,} px."
    MANY_SIZES = (
        "{widths} px wide and {heights} px high. The most frequent of {count:,} sizes is {width:,} × {height:,} px, of "
        "{images}."
    )
    SIZE_CHART = "Width and height (px)"
    SIZES_TABLE = "Most frequent sizes"
    SIZE_COLUMNS: ClassVar = ("Width", "Height", "Images")
    MEDIANS = "Medians: brightness {brightness:.0f}, contrast {contrast:.0f}, sharpness {sharpness}."
    CHANNELS = "Mean and standard deviation of all pixels of {images}, from 0 to 1."
    CHANNELS_IMAGES = ("{part} image", "{part} images")
    CHANNELS_SAMPLED = "The means are off by at most {error:.4f} (95%)."
    CHANNELS_LARGE = (
        "{large:,} large JPEGs were measured at a part of their size, and {drawn:,} of them also in full: what the "
        "deviations lose is added to all."
    )
    CHANNEL_COLUMNS: ClassVar = (
        "Channel", "Mean", "Standard deviation", "ImageNet mean", "ImageNet standard deviation",
    )  # fmt: skip
    CHANNEL_NAMES: ClassVar = ("red", "green", "blue")
    IMAGENET: ClassVar = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    NORMALIZE = "Put into Normalize"
    NORMALIZE_HELP = (
        "Adds a Normalize step with these values at the end of the open pipeline, or fills the one that is there."
    )
    NORMALIZE_WHEN = (
        "Without a Normalize step a run scales images as its weights expect, which is right for pretrained weights. "
        "Own values suit a network that starts from random weights."
    )
    NORMALIZED = "The open pipeline now ends with Normalize and these values."
    NO_CHANNELS = "No image of this part could be measured."
    MASKS = "Mean share of an image that each class takes, over {images} with a mask."
    MASK_AXIS = "Share of the pixels (%)"
    MASK_CLASS = "Class"
    MASK_SHARE = "Pixels (%)"
    MASK_PART = "In {part} (%)"
    MASK_IMAGES = "Images"
    MASK_TROUBLE = ("mask cannot be used", "masks cannot be used")
    BOXES = "{boxes} in {images}: {per:.1f} in an image with boxes, {most:,} at most."
    BOX = ("box", "boxes")
    BOXES_EMPTY = ("has no width or height.", "have no width or height.")
    BOXES_OUTSIDE = ("extends beyond its image.", "extend beyond their images.")
    CENTERS = "Centers of boxes"
    CENTER_AXES = ("left to right (%)", "top to bottom (%)")
    BOX_SIZE = "Side of a box, as a share of the image (%)"
    BOX_SIZE_HELP = "The square root of the share of the image's area that a box takes."
    BOX_COUNTS = "Boxes of each class"
    BOX_AXIS = "Boxes"
    DAMAGED = (
        "of {total:,} measured files does not decode. A run refuses it until it is left out.",
        "of {total:,} measured files do not decode. A run refuses them until they are left out.",
    )
    DECODES = "All {count:,} images decode."
    ONE_DECODES = "The image decodes."
    MEASURED_DECODE = "All {count:,} that were measured decode."
    SOME_DAMAGED = ("does not decode.", "do not decode.")
    RANGE = "{low:,} to {high:,}"
    DAMAGED_COLUMNS: ClassVar = ("File", "Reason")
    DAMAGED_SHOW = "Show them below"

    # The wall
    SORTS: ClassVar = {
        "dark": "darkest first",
        "bright": "brightest first",
        "blurred": "least sharp first",
        "sharp": "sharpest first",
        "small": "smallest first",
        "large": "largest first",
    }
    ONLY_MEASURED = "Only the {count:,} measured images can be put into this order."
    FACTS = (
        "{width:,} × {height:,} px, {format}, brightness {brightness:.0f}, contrast {contrast:.0f}, "
        "sharpness {sharpness}"
    )
