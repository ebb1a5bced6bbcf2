"""The part of an exported file that lists and decodes images, by the format of the data set."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.medmnist import MedMnistSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.formats.spec import FileSpec
from explorer.data.tables import NONE
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
    parts: Callable[..., list[Part]]
    argument: str = ""


# Generated shapes


SHAPES_SETTINGS = """\
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


# What is divided by parts, folds and groups


MOST_NAMED = 2_000  # names of images that the file may hold


def _parts(spec: FileSpec) -> list[Part]:
    """`parted(items, root, ...)`, for files."""
    names = _names(spec)
    having = names | ({"labels"} if spec.task == "labels" else set())
    needed = ["data.parts.decided", *(["data.listing.shown_in"] if names else [])]
    needed += ["data.parts.folds_of_labels"] if "labels" in having else []
    return [lift(*needed), filled(_PARTED, having)]


def _names(spec: FileSpec) -> Set[str]:
    """Whether a person has decided about some images, which are found by their names."""
    return {"names"} if spec.left_out or spec.together else set()


_PARTED = '''\
def parted(items, ids, part=None, given_fold=None, groups=None):
    """(key, label) for training and for validation: by given parts, folds or groups, or a share of each class."""
    labels = np.array([label for _, label in items], np.int64)
    chosen = {"share": VAL_FRACTION, "seed": DATA_SEED, "folds": FOLDS, "fold": FOLD}
    chosen |= {"together": TOGETHER, "left_out": LEFT_OUT}  #? names
    if given_fold is None:  #? labels
        whole = joined(groups, ids, TOGETHER)  #? labels, names
        whole = groups  #? labels, not names
        given_fold = folds_of_labels(labels, part, whole, share=VAL_FRACTION, seed=DATA_SEED, folds=FOLDS)
    found, _ = decided(ids, labels, part, given_fold, groups, **chosen)
    return [[items[i] for i in np.flatnonzero(found == number)] for number in (TRAIN, VAL)]
'''


# Folders of images


_DIVISION = f"""\
DATA = $path
{_SHARE}\
FOLDS = $folds  # parts of which each validates once; None: a share validates
FOLD = $fold  # the one that validates
TOGETHER = $together  # names of images that are never divided
LEFT_OUT = $left_out  # names of images that are not used
"""
FOLDER_SETTINGS = """\
DATA = $path
RANGE = $depth  # the values that become 0 and 255, of images with more than 8 bits
"""
_FILES = f"""\
{_DIVISION}\
RANGE = $depth  # the values that become 0 and 255, of images with more than 8 bits
"""


def _is_simple(spec: FileSpec) -> bool:
    """Whether a share of each class validates, or what is in val/."""
    return spec.folds is None and not spec.left_out and not spec.together


def _folder(spec: ImageFolderSpec) -> list[Part]:
    """Runs of format 1 have the list of files of that time."""
    simple = _is_simple(spec)
    divided = _DIVIDED if simple else _parts(spec)
    suffixes = "data.suffixes.FLAT_SUFFIXES" if spec.listing == "flat" else "data.suffixes.SUFFIXES"
    finding = lift(suffixes, *(["data.class_folders.part_folders"] if spec.listing == "nested" or not simple else []))
    how = "simple" if simple else "chosen"
    having = {spec.listing, how, f"{spec.listing} {how}", *_names(spec)}
    return [*divided, finding, filled(_LISTING, having), *reading(spec)]


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
    if (folder / "train").is_dir() and (folder / "val").is_dir():  #? flat simple
        return list_files(folder / "train"), list_files(folder / "val")
    return divided(list_files(folder))  #? flat simple
    folders = sorted(child for child in folder.iterdir() if child.is_dir())  #? chosen
    parts = part_folders(folders, every=False)  #? flat chosen
    parts = part_folders(folders)  #? nested chosen
    parts = part_folders(sorted(child for child in folder.iterdir() if child.is_dir()))  #? nested simple
    if TRAIN not in parts or len(parts) == 1:  #? nested simple
        return divided(list_files(folder))
    if VAL not in parts:  #? nested simple
        return divided(list_files(parts[TRAIN]))
    return list_files(parts[TRAIN]), list_files(parts[VAL])  #? nested simple
    if TRAIN not in parts or len(parts) == 1:  #? chosen
        parts = {TRAIN: folder}
    listed = [list_files(parts[part]) for part in (TRAIN, VAL) if part in parts]  #? chosen
    part = np.repeat(np.arange(len(listed), dtype=np.int8), [len(each) for each in listed])  #? chosen
    items = [item for each in listed for item in each]  #? chosen
    ids = [shown_in(folder, path) for path, _ in items]  #? chosen, names
    return parted(items, ids, part)  #? chosen, names
    return parted(items, range(len(items)), part)  #? chosen, not names
'''


# Tables


_TABLE = f"""\
{_FILES}\
FOLDER = $folder  # where paths begin, if not at the table
COLUMNS = $columns  # of paths, labels, parts, folds, groups; empty: usual names
BETWEEN = $several  # the labels of a cell
ENCODING = $encoding  # of the table; empty for UTF-8, or UTF-16 that says so
"""


def _table(spec: CsvSpec) -> list[Part]:
    """Runs of format 3 and before had the paths and labels alone, in the order of their letters."""
    kind = "parquet" if spec.is_parquet else "text"
    read = ["data.tables.parquet_of"] if spec.is_parquet else ["base.tables.decoded", "data.tables.table_of"]
    found = ["data.tables.rows_of", "data.finder.Finder", "data.table_files.classes_of"]
    several = spec.several != "no"
    simple = not several and _is_simple(spec) and (spec.rules == 1 or set(spec.columns[2:]) == {NONE})
    found += [] if simple else ["data.table_files.read_columns", "data.table_files.given_by"]
    having = {kind, f"rules {spec.rules}", "simple" if simple else "chosen", *_names(spec)}
    if several:
        found.remove("data.table_files.classes_of")
        having.add("in columns" if spec.several == "columns" else "in cells")
        in_columns = ["base.names.plain", "data.several_labels.TRUTH", "data.several_labels.with_column"]
        found += in_columns if spec.several == "columns" else ["data.several_labels.labels_in"]
    else:
        having.add("one label")
    divided = _DIVIDED if simple else _parts(spec)
    return [*divided, lift(*read, *found), filled(_ROWS, having), *reading(spec)]


_ROWS = '''\
def list_data(table):
    """(path, label) for training and for validation: the rows of a table."""  #? one label
    """(path, labels) for training and for validation, 0 or 1: the rows of a table."""  #? not one label
    folder = Path(FOLDER) if FOLDER else table.parent
    found = table_of(decoded(table.read_bytes(), ENCODING))  #? text
    names = ParquetFile(table).schema_arrow.names  #? parquet
    found = parquet_of(table, named_columns(names, COLUMNS))  #? parquet, not in columns
    found = parquet_of(table, [*named_columns(names, COLUMNS), *names])  #? parquet, in columns
    rows = rows_of(found, COLUMNS, 1)  #? rules 1, not in columns
    rows = rows_of(found, COLUMNS)  #? rules 2, not in columns
    rows = rows_of(with_column(found), (COLUMNS[0], COLUMN, *COLUMNS[2:]))  #? in columns
    finder = Finder(folder, search=False)  #? rules 1
    finder = Finder(folder)  #? rules 2
    names, words = read_columns(found.header, COLUMNS, rows), ("train", "val", "test")  #? chosen
    files = {}
    for row in rows:  # one that repeats an image counts once
        part = words[PART_WORDS[row.split.casefold()]] if names[2] else ""  #? chosen
        files.setdefault(finder.find(row.path, part), row)  #? chosen
        files.setdefault(finder.find(row.path), row)  #? simple
    of_label = classes_of([row.label for row in files.values()], numeric=False)[1]  #? rules 1, one label
    of_label = classes_of([row.label for row in files.values()], numeric=True)[1]  #? rules 2, one label
    items = [(Path(path), of_label[row.label]) for path, row in files.items()]  #? one label
    items = []  #? not one label
    for path, row in files.items():  #? in cells
        named = labels_in(row.label, BETWEEN)
        items.append((Path(path), [int(name in named) for name in CLASSES]))
    header = list(map(plain, found.header))  #? in columns
    cells = [found.columns[header.index(name)] for name in CLASSES]  #? in columns
    place = {row: number for number, row in enumerate(rows)}  #? in columns
    for path, row in files.items():  #? in columns
        values = [column[place[row]].casefold() for column in cells]
        items.append((Path(path), [int(TRUTH.get(value, False)) for value in values]))
    return divided(items)  #? simple
    given = given_by(list(files.values()), names)  #? chosen
    ids = [shown_in(folder, path) for path, _ in items]  #? chosen, names
    ids = range(len(items))  #? chosen, not names
    return parted(items, ids, given.part, given.fold, given.group)  #? chosen
'''


# Arrays


def _arrays(spec: MedMnistSpec) -> list[Part]:
    having = {*_names(spec), *(["one label"] if spec.several == "no" else [])}
    return [*_parts(spec), lift("data.arrays.names_in", "data.arrays.as_rgb"), filled(_ARRAYS, having)]


_ARRAYS = '''\
@lru_cache(maxsize=1)
def read_arrays(file):
    """By part, the images and their labels."""
    with np.load(file, allow_pickle=False) as held:
        return {part: (held[images], held[labels]) for part, (images, labels) in names_in(held.files).items()}


def load(key):
    """(H, W, 3) uint8 RGB of the image at this place. key: file, part, place in it."""
    file, part, index = key
    return as_rgb(read_arrays(file)[part][0][index])


def list_data(file):
    """(key, label) for training and for validation: the parts of the file, or a share of each class."""  #? one label
    """(key, labels) for training and for validation, 0 or 1: the parts of the file, or a share."""  #? not one label
    held = {part: arrays for part, arrays in read_arrays(file).items() if part != "test"}
    items = [
        ((file, part, index), int(label))  #? one label
        ((file, part, index), list(map(int, label)))  #? not one label
        for part, (_, labels) in held.items()
        for index, label in enumerate(labels.reshape(-1).tolist())  #? one label
        for index, label in enumerate(labels.tolist())  #? not one label
        if 0 <= label == int(label)  #? one label
        if set(label) <= {0, 1}  #? not one label
    ]
    part = np.array([key[1] == "val" for key, _ in items], np.int8)
    ids = [f"{key[1]}/{key[2]}" for key, _ in items]  #? names
    ids = range(len(items))  #? not names
    return parted(items, ids, part if part.any() else None)
'''


# Files


def reading(spec: FileSpec, name: str = "load") -> list[Part]:
    """A function of this name that reads an image. The depth is decided; that of runs of format 1 is "by_image"."""
    if spec.depth == "by_image":
        return [lift("data.depth.by_image"), filled(_READING, {"by image"}, name=name)]
    return [lift("data.depth.on_white", "data.stored.turned"), filled(_READING, {"by range"}, name=name)]


# Glue, for most of what the app does to read a file is to refuse what is damaged or would be too large.
_READING = '''\
def $name(path):
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
    "shapes": Source(SHAPES_SETTINGS, _shapes),
    "digits": Source(_SHARE, _digits),
    "csv": Source(_TABLE, _table, "the table of labels"),
    "medmnist": Source(_DIVISION, _arrays, "the file of arrays"),
    "image_folder": Source(_FILES, _folder, "the folder of images"),
}


def kept_side(config: RunConfig) -> int | None:
    """The side in px of the squares that are augmented; None for images that are augmented whole or at any size."""
    kept, side = config.kept, config.dataset.known.image_side
    if kept is not None and (kept.square or side is not None):
        return kept.size(side or kept.most, side or kept.most)[0]
    return None
