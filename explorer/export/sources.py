"""The part of an exported file that lists and decodes images, by the format of the data set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.formats.spec import FileSpec
from explorer.export.glue import filled
from explorer.export.lifting import Part, lift
from explorer.runs.spec.config import RunConfig


@dataclass(frozen=True)
class Source:
    """How the file gets at a data set of one format.

    Attributes:
        settings: The constants that the code may use, with the values of a spec.
        parts: From a spec: `load(key)` gives the pixels of an image, `list_data` gives (key, label) of the images for
            training and of those for validation. Where the data are files, `list_data` takes their place.
        argument: What the option --data is, for help.
    """

    settings: str
    parts: Callable[[Any], list[Part]]
    argument: str = ""


# Generated shapes


_SHAPES_SETTINGS = """\
DATA_SEED = $seed
IMAGES = ($train_images, $val_images)  # for training, for validation
SIDE = $image_size  # px, of a drawn image
IMBALANCE = $imbalance  # largest class to smallest
NOISE = $noise  # 0 clean to 1 hard to see
"""


def _shapes(_spec: ShapesSpec) -> list[Part]:
    return [lift("data.drawn_shapes.picture", "data.drawn_shapes.labels_of"), _SHAPES]


_SHAPES = '''\
def load(key):
    """(SIDE, SIDE, 3) uint8 RGB with the shape of a class. key: split (0 trains, 1 validates), place in it, class."""
    split, index, label = key
    return picture(np.random.default_rng([DATA_SEED, split, index]), label, SIDE, NOISE)[0]


def list_data():
    """(key, label) of the images for training, and of those for validation."""
    labels = [labels_of(count, len(CLASSES), IMBALANCE, (DATA_SEED, split)) for split, count in enumerate(IMAGES)]
    return [[((split, i, label), label) for i, label in enumerate(of.tolist())] for split, of in enumerate(labels)]
'''


# What is divided class by class


_SHARE = """\
DATA_SEED = $seed
VAL_FRACTION = $val_fraction
"""
_DIVIDED = (
    lift("data.dataset.stratified_split"),
    '''\
def divided(items):
    """(key, label) for training and for validation: each class gives its share to both."""
    train, val = stratified_split(np.array([label for _, label in items]), VAL_FRACTION, DATA_SEED)
    return [items[i] for i in train], [items[i] for i in val]
''',
)


# Digits


def _digits(_spec: DigitsSpec) -> list[Part]:
    return [*_DIVIDED, lift("data.formats.digits.digit"), _DIGITS]


_DIGITS = '''\
def load(key):
    """(64, 64, 3) uint8 of the digit at this place."""
    return np.repeat(digit(key)[:, :, None], 3, axis=2)


def list_data():
    """(key, label) of the images for training, and of those for validation."""
    return divided(list(enumerate(_digits()[1].tolist())))
'''


# Folders of images


_FILES = f"""\
DATA = $path
{_SHARE}\
RANGE = $depth  # the values that become 0 and 255, of images with more than 8 bits
"""


def _folder(spec: ImageFolderSpec) -> list[Part]:
    """Runs of format 1 have the list of files of that time."""
    suffixes = lift("data.suffixes.FLAT_SUFFIXES" if spec.listing == "flat" else "data.suffixes.SUFFIXES")
    return [*_DIVIDED, suffixes, filled(_LISTING, {spec.listing}), *_reading(spec)]


_LISTING = '''\
def files_of(folder):
    """All images in a folder and in the folders in it, sorted."""  #? nested
    """All images in a folder, sorted."""  #? flat
    found = []  #? nested
    for place, inner, names in os.walk(folder, followlinks=True):  #? nested
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place, name) for name in names]
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES and path.name[0] != ".")  #? nested
    found = folder.iterdir()  #? flat
    return sorted(path for path in found if path.suffix.lower() in FLAT_SUFFIXES and path.name[0] != ".")  #? flat


def list_files(folder):
    """(path, label) of all images in the folders of the classes."""
    folders = sorted(child for child in folder.iterdir() if child.is_dir())
    return [
        (path, label)
        for label, name in enumerate(CLASSES)
        for child in folders
        if child.name == name  #? flat
        if unicodedata.normalize("NFC", child.name) == name  # one of two forms that Unicode has  #? nested
        for path in files_of(child)
    ]


def list_data(folder):
    """(path, label) for training and for validation: of train/ and val/, or of one folder, split class by class."""
    if (folder / "train").is_dir() and (folder / "val").is_dir():
        return list_files(folder / "train"), list_files(folder / "val")
    return divided(list_files(folder))
'''


# Tables


_TABLE = f"""\
{_FILES}\
FOLDER = $folder  # where paths begin, if not at the table
COLUMNS = ($image_column, $label_column)  # of paths and of labels; empty for the usual names
"""


def _table(spec: CsvSpec) -> list[Part]:
    return [*_DIVIDED, lift("data.formats.csv_file.rows_of"), _ROWS, *_reading(spec)]


_ROWS = '''\
def list_data(table):
    """(path, label) for training and for validation: the rows of a table, split class by class."""
    folder = Path(FOLDER) if FOLDER else table.parent
    rows = rows_of(table.read_text(encoding="utf-8-sig"), *COLUMNS)
    files = [(folder / path, CLASSES.index(unicodedata.normalize("NFC", label))) for _, path, label in rows]
    return divided(list(dict(files).items()))  # a row that repeats an image counts once
'''


# Files


def _reading(spec: FileSpec) -> list[Part]:
    """`load(path)`. The depth is decided; that of runs of format 1 is "by_image"."""
    if spec.depth == "by_image":
        return [lift("data.depth.by_image"), filled(_READING, {"by image"})]
    return [lift("data.depth.on_white", "data.stored.turned"), filled(_READING, {"by range"})]


# Glue, for most of what the app does to read a file is to refuse what is damaged or would be too large.
_READING = '''\
def load(path):
    """(H, W, 3) uint8 RGB: turned as the camera says, transparency laid on white, more than 8 bits brought to 8."""
    try:  #? by range
        file = Image.open(path)
    except UnidentifiedImageError:  # colors with fractions, which Pillow does not read  #? by range
        return on_white(deep_colors(path, 4), *RANGE)  #? by range
    with file:  #? by range
        kind = str(file.tile[0].args).strip("('") if getattr(file, "tile", None) else ""
        if file.format in ("PNG", "TIFF") and re.match("(RGB|RGBA|RGBX|LA);16", kind):
            values = deep_colors(path, 3 if kind.startswith("RGBX") else 4)
            orientation = 1 if file.format == "TIFF" else file.getexif().get(0x0112, 1)
            return on_white(turned(values, orientation), *RANGE)
        image = ImageOps.exif_transpose(file)
    with Image.open(path) as file:  #? by image
        image = ImageOps.exif_transpose(file)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return on_white(np.asarray(image), *RANGE)  #? by range
        return by_image(np.asarray(image), image.mode == "F")  #? by image
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))
  #? by range
  #? by range
def deep_colors(path, most):  #? by range
    """(H, W, 3) or (H, W, 4), at most so many channels: all bits, of which Pillow reads the upper 8."""
    values = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    return values[..., [2, 1, 0, 3][: min(values.shape[2], most)]]
'''

SOURCES: Mapping[str, Source] = {  # by format
    "shapes": Source(_SHAPES_SETTINGS, _shapes),
    "digits": Source(_SHARE, _digits),
    "csv": Source(_TABLE, _table, "the table of labels"),
    "image_folder": Source(_FILES, _folder, "the folder of images"),
}


def kept_side(config: RunConfig) -> int | None:
    """The side in px of the squares that are augmented; None for images that are augmented whole or at any size."""
    kept, side = config.kept, config.dataset.known.image_side
    if kept is not None and (kept.square or side is not None):
        return kept.size(side or kept.most, side or kept.most)[0]
    return None
