"""The part of an exported file that finds, draws and decodes images: a data set by its format."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.base.names import expanded
from explorer.data import drawn_shapes as shapes
from explorer.data.dataset import stratified_split
from explorer.data.depth import ValueRange, full_alpha, on_white, to_pixels
from explorer.data.formats.csv_file import CsvSpec, column_of, rows_of
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.formats.spec import FileSpec, Spec
from explorer.data.stored import turned
from explorer.data.suffixes import FLAT_SUFFIXES, SUFFIXES
from explorer.export.imports import Setting
from explorer.export.taken import WIDTH, taken


@dataclass(frozen=True)
class Source:
    """How the file gets at a data set of one format.

    settings: spec -> the constants that the code may use. sections: spec -> `load(key)` and `list_data`.
    argument: what the option --data says, where `list_data` takes the place of the data.
    """

    settings: Callable[[Any], list[Setting]]
    sections: Callable[[Any], list[str]]
    argument: str = ""


def of(spec: Spec) -> Source:
    """How the file gets at the data set of a spec."""
    return SOURCES[spec.kind]


def _share(spec: Any) -> Setting:
    return Setting("VAL_FRACTION", spec.val_fraction)


def _shapes_settings(spec: ShapesSpec) -> list[Setting]:
    return [
        Setting("IMAGES", (spec.train_images, spec.val_images), "for training, for validation"),
        Setting("SIDE", spec.image_size, "px, of a drawn image"),
        Setting("IMBALANCE", spec.imbalance, "largest class to smallest"),
        Setting("NOISE", spec.noise, "0 clean to 1 hard to see"),
    ]


def _file_settings(spec: FileSpec) -> list[Setting]:
    found = [Setting("DATA", str(expanded(spec.path)))]
    if isinstance(spec.depth, ValueRange):
        found.append(Setting("LOW", spec.depth.low, "the value that becomes 0, of images with more than 8 bits"))
        found.append(Setting("HIGH", spec.depth.high, "the value that becomes 255"))
    return [*found, _share(spec)]


def _folder(spec: ImageFolderSpec) -> list[str]:
    """The depth is decided; runs of format 1 have "by_image", with the list of files of that time."""
    flat = spec.listing == "flat"
    quoted = ", ".join(f'"{suffix}"' for suffix in sorted(FLAT_SUFFIXES if flat else SUFFIXES))
    suffixes = textwrap.fill(f"{quoted},", WIDTH, initial_indent="    ", subsequent_indent="    ")
    listing = (_LIST_FLAT_FOLDER if flat else _LIST_FOLDER).format(suffixes=suffixes)
    return [taken(stratified_split), listing, _LIST_PARTS, *_reading(spec)]


def _table_settings(spec: CsvSpec) -> list[Setting]:
    return [
        *_file_settings(spec),
        Setting("FOLDER", str(expanded(spec.folder)) if spec.folder else "", "where paths begin, if not at the table"),
        Setting("COLUMNS", (spec.image_column, spec.label_column), "of paths and of labels; empty for the usual names"),
    ]


def _table(spec: CsvSpec) -> list[str]:
    return [taken(stratified_split), taken(rows_of, column_of), _LIST_TABLE, *_reading(spec)]


def _reading(spec: FileSpec) -> list[str]:
    """`load(path)`."""
    if spec.depth == "by_image":
        return [_READ_BY_IMAGE]
    return [taken(to_pixels, full_alpha, on_white, turned), _READ_IMAGE]


def _shapes(spec: ShapesSpec) -> list[str]:
    outlines = ("ring_of(48)", "ring_of(4)", "ring_of(3)", "ring_of(10, (1.0, 0.45))", "plus()", "ring_of(6)")
    chosen = ", ".join(outlines[: spec.num_classes])
    cross = [shapes._plus] if spec.num_classes > 4 else []
    drawing = taken(
        shapes._ring_of,
        *cross,
        shapes._placed,
        shapes._cover,
        shapes._colours,
        shapes._background,
    )
    constants = f"SHIFT = {shapes._SHIFT}  # cv2 takes corners in 1/16 px"
    return [constants, drawing.replace("_SHIFT", "SHIFT"), f"OUTLINES = ({chosen})", _DRAW_SHAPE, _LIST_SHAPES]


_DRAW_SHAPE = '''\
def load(key):
    """(SIDE, SIDE, 3) uint8 RGB with the shape of a class. key: split (0 trains, 1 validates), place in it, class."""
    split, index, label = key
    generator = np.random.default_rng([DATA_SEED, split, index])
    radius = generator.uniform(0.22, 0.4) * SIDE
    centre = generator.uniform(radius * 0.9, SIDE - radius * 0.9, 2)
    corners = placed(OUTLINES[label], centre, radius, generator.uniform(0, 2 * np.pi))
    share = cover(corners, SIDE)
    ground, colour = colours(generator, NOISE)
    image = background(generator, ground, SIDE, NOISE)
    image += share[:, :, None] * (colour - image)
    image += generator.normal(0, 6 + 60 * NOISE, image.shape)
    return image.clip(0, 255).astype(np.uint8)
'''

_LIST_SHAPES = '''\
def list_images(split):
    """(key, label) of the images of a split, shuffled; class sizes fall from the first to the last by IMBALANCE."""
    weights = IMBALANCE ** -np.linspace(0, 1, len(CLASSES))
    ends = np.rint(np.cumsum(weights / weights.sum()) * IMAGES[split]).astype(int)
    labels = np.searchsorted(ends, np.arange(IMAGES[split]), side="right")
    labels = np.random.default_rng([DATA_SEED, split]).permutation(labels).tolist()
    return [((split, index, label), label) for index, label in enumerate(labels)]


def list_data():
    """(key, label) of the images for training, and of those for validation."""
    return list_images(0), list_images(1)
'''

_LIST_DIGITS = '''\
@lru_cache(maxsize=1)
def digits():
    """(1797, 8, 8) uint8 of scikit-learn, and their labels."""
    bunch = load_digits()
    return np.rint(bunch.images * (255 / 16)).astype(np.uint8), bunch.target


def load(key):
    """(64, 64, 3) uint8 of the digit at this place."""
    grey = cv2.resize(digits()[0][key], (64, 64), interpolation=cv2.INTER_CUBIC)
    return np.repeat(grey[:, :, None], 3, axis=2)


def list_data():
    """(key, label) of the images for training, and of those for validation."""
    labels = digits()[1]
    train, val = stratified_split(labels, VAL_FRACTION, DATA_SEED)
    return [(int(i), int(labels[i])) for i in train], [(int(i), int(labels[i])) for i in val]
'''

_LIST_FOLDER = '''\
SUFFIXES = {{
{suffixes}
}}  # fmt: skip


def files_of(folder):
    """All images in a folder and in the folders in it, sorted."""
    found = []
    for place, inner, names in os.walk(folder, followlinks=True):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES)


def list_files(folder):
    """(path, label) of all images of the classes. A name is the same in both of its Unicode forms (NFC, NFD)."""
    folders = sorted(child for child in folder.iterdir() if child.is_dir())
    return [
        (path, label)
        for label, name in enumerate(CLASSES)
        for child in folders
        if unicodedata.normalize("NFC", child.name) == name
        for path in files_of(child)
    ]
'''

_LIST_FLAT_FOLDER = '''\
SUFFIXES = {{
{suffixes}
}}  # fmt: skip


def list_files(folder):
    """(path, label) of all images in the folders of the classes, by their names."""
    return [
        (path, label)
        for label, name in enumerate(CLASSES)
        if (folder / name).is_dir()
        for path in sorted((folder / name).iterdir())
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
'''

_LIST_PARTS = '''\
def list_data(folder):
    """(path, label) for training and for validation: of train/ and val/, or of one folder, split class by class."""
    if (folder / "train").is_dir() and (folder / "val").is_dir():
        return list_files(folder / "train"), list_files(folder / "val")
    files = list_files(folder)
    train, val = stratified_split(np.array([label for _, label in files]), VAL_FRACTION, DATA_SEED)
    return [files[i] for i in train], [files[i] for i in val]
'''

_LIST_TABLE = '''\
def list_data(table):
    """(path, label) for training and for validation: the rows of a table, split class by class."""
    folder = Path(FOLDER) if FOLDER else table.parent
    rows = rows_of(table.read_text(encoding="utf-8-sig"), *COLUMNS)
    files = [(folder / path, CLASSES.index(unicodedata.normalize("NFC", label))) for _, path, label in rows]
    files = list(dict(files).items())  # a row that repeats an image counts once
    train, val = stratified_split(np.array([label for _, label in files]), VAL_FRACTION, DATA_SEED)
    return [files[i] for i in train], [files[i] for i in val]
'''

_READ_IMAGE = '''\
def load(path):
    """(H, W, 3) uint8 RGB: turned as the camera says, transparency laid on white, more than 8 bits scaled to 8."""
    try:
        file = Image.open(path)
    except UnidentifiedImageError:  # colors with fractions, which Pillow does not read
        return on_white(deep_colors(path, 4), LOW, HIGH)
    with file:
        kind = str(file.tile[0].args).strip("('") if getattr(file, "tile", None) else ""
        if file.format in ("PNG", "TIFF") and re.match("(RGB|RGBA|RGBX|LA);16", kind):
            values = deep_colors(path, 3 if kind.startswith("RGBX") else 4)
            orientation = 1 if file.format == "TIFF" else file.getexif().get(0x0112, 1)
            return on_white(turned(values, orientation), LOW, HIGH)
        image = ImageOps.exif_transpose(file)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return on_white(np.asarray(image), LOW, HIGH)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))


def deep_colors(path, most):
    """(H, W, 3) or (H, W, 4), at most so many channels: all bits of colors, of which Pillow reads the upper 8."""
    values = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    return values[..., [2, 1, 0, 3][: min(values.shape[2], most)]]
'''

_READ_BY_IMAGE = '''\
def load(path):
    """(H, W, 3) uint8 RGB: turned as the camera says, transparency laid on white, deep greys brought to 8 bits."""
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        return grey_to_rgb(np.asarray(image).astype(np.float64), image.mode)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))


def grey_to_rgb(values, mode):
    """16 bits by their range; floats and larger numbers from darkest to brightest."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if mode != "F" and low >= 0 and high <= 65535:
        grey = values / 257.0
    else:
        grey = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
    return np.repeat(np.rint(grey).astype(np.uint8)[:, :, None], 3, axis=2)
'''

SOURCES: dict[str, Source] = {
    "shapes": Source(_shapes_settings, _shapes),
    "digits": Source(lambda spec: [_share(spec)], lambda spec: [taken(stratified_split), _LIST_DIGITS]),
    "csv": Source(_table_settings, _table, "the table of labels"),
    "image_folder": Source(_file_settings, _folder, "the folder of images"),
}
