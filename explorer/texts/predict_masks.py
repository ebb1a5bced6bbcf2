"""Words of predicted masks."""


class PredictMasks:
    ANSWER = "#### Masks of {images}"
    ANSWER_KNOWN = "#### Mean IoU is {value} on {images}{interval}"
    INTERVALS = (
        "Of all pixels with a true mask together, at the size of the images. Intervals are 95%, of a bootstrap over "
        "images: pixels of one image are no independent cases."
    )
    SHARE = "{name} {share:.1%}"
    SHARES_HELP = "The mean share of the pixels of an image that is predicted as each class."
    GAIN_HELP = (
        "The probabilities of views are put back onto the image and averaged. Compared on the images whose true mask "
        "is known, with the 95% interval of the difference over images."
    )
    ZIP = "Masks (.zip)"
    ZIP_HELP = (
        "A PNG for each image, of its size: pixels are mask values, with a palette to look at. With masks.csv (the "
        "share of each class) and values.txt (the name of each value)."
    )
    LARGE_ZIP = "The zip of all masks has {size}, too much to download here. This command writes it:"
    ZIP_COMMAND = "python -m explorer predict {id} --out masks-{id}.zip"
    NO_FILES = "The folder of the masks cannot be read: {reason}."
    FILL_MISSING_HELP = "They get a blank mask. Otherwise a sample with other ids is refused."
    TABLE_HELP = (
        "One row for each image: id, the file of its mask in the zip, its mean Dice where its true mask is known, and "
        "the share of its pixels by class."
    )
    ORDER = "Images"
    ORDER_HELP = "The order in which the images are shown."
    IN_ORDER = "in their order"
    WORST = "lowest Dice first"
    DICE = "Dice {dice:.3f}"
    NO_DICE = "no true mask"
    TABLE_DICE = "Dice"
    TABLE_SHARE = "{name} (share)"
    MOST_OF = "most of {name} first"
    FIRST = "The first {most:,} of {images} are shown; all masks are in the zip."
    WALL = "Images under their predicted masks"
    NO_MASK = "Its mask cannot be read."
    OTHER_SIZE = "The image has another size than when its mask was predicted."
