"""The parts of an exported file that learns masks: how it reads them, its batches, network and metrics."""

from collections.abc import Iterable, Set

from explorer.data.formats.spec import FileSpec
from explorer.export.data import SAMPLER
from explorer.export.glue import filled, literal
from explorer.export.lifting import Part, lift
from explorer.export.mask_facts import MaskFacts
from explorer.export.sources import FOLDER_SETTINGS, SHAPES_SETTINGS, Source, reading
from explorer.metrics.table import LISTED
from explorer.runs.spec.config import RunConfig

# Drawn shapes


def _shapes(_config: RunConfig, _facts: MaskFacts, _having: Set[str]) -> list[Part]:
    return [lift("data.drawn_shapes.picture", "data.drawn_shapes.labels_of"), _SHAPES]


_SHAPES = '''\
def load(key):
    """(SIDE, SIDE, 3) uint8 RGB with a shape, and its (SIDE, SIDE) mask. key: split (0 trains), place in it, shape."""
    split, index, label = key
    image, cover, *_ = picture(np.random.default_rng([DATA_SEED, split, index]), label, SIDE, NOISE)
    return image, np.where(cover >= 0.5, label + 1, 0).astype(np.uint8)


def list_data():
    """Keys of the images for training, and of those for validation."""
    labels = [labels_of(count, SHAPES, IMBALANCE, (DATA_SEED, split)) for split, count in enumerate(IMAGES)]
    return [[(split, i, label) for i, label in enumerate(of.tolist())] for split, of in enumerate(labels)]
'''


# Folders


def _folder(config: RunConfig, facts: MaskFacts, having: Set[str]) -> list[Part]:
    listed = [_rows("TRAIN", map(literal, facts.train)), _rows("VAL", map(literal, facts.val))]
    if facts.kind == "colors":
        listed.append(_rows("COLORS", map(literal, facts.colors)))
    assert isinstance(config.dataset, FileSpec)
    return [*listed, *reading(config.dataset, "load_image"), filled(_FOLDER, having)]


def _rows(name: str, rows: Iterable[str]) -> str:
    """A constant with a row in each line."""
    lines = "".join(f"    {row},\n" for row in rows)
    return f"{_WORDS[name]}\n{name} = [\n{lines}]"


_WORDS = {
    "TRAIN": "# Images and their masks, in the folder of the data: for training.",
    "VAL": "# For validation.",
    "COLORS": "# Colors of masks, and the value of each; pixels of other colors do not count.",
}


_FOLDER = '''\
def load_values(path):  #? not masks of colors
    """(H, W) uint8: the values of a mask, those of a palette as they are."""
    with Image.open(path) as file:
        kind = str(file.tile[0].args).strip("('") if getattr(file, "tile", None) else ""
        image = ImageOps.exif_transpose(file)
    if image.mode not in ("1", "L", "P", "LA", "I;16"):
        raise ValueError(f"{path}: a mask has one channel; got {image.mode}")
    values = np.asarray(image)
    values = values[..., 0] if image.mode == "LA" else values
    if image.mode == "L" and kind in ("L;2", "L;4"):  # Pillow spreads 2 and 4 bits over 0 to 255
        values = values // {"L;2": 85, "L;4": 17}[kind]
    return np.ascontiguousarray(values.astype(np.uint8))


def load(key):
    """(H, W, 3) uint8 RGB of an image, and its (H, W) mask. key: their files."""  #? not masks of files
    """(H, W, 3) uint8 RGB of an image, and its (H, W) mask. key: file; value and file of each."""  #? masks of files
    return load_image(key[0]), load_values(key[1])  #? masks of values
    return load_image(key[0]), (load_values(key[1]) > 127).astype(np.uint8)  #? masks of two
    mask = None  #? masks of files
    for value, path in key[1]:  #? masks of files
        layer = load_values(path)
        if mask is None:
            mask = np.zeros(layer.shape, np.uint8)
        mask[layer > layer.max() / 2] = value
    colors = load_image(key[1])  #? masks of colors
    mask = np.full(colors.shape[:2], 255, np.uint8)  # 255 does not count  #? masks of colors
    for color, value in COLORS:  #? masks of colors
        mask[(colors == color).all(axis=2)] = value
    return load_image(key[0]), mask  #? masks of files
    return load_image(key[0]), mask  #? masks of colors


def placed(folder, image, masks):  #? masks of files
    """The key of an image."""
    return folder / image, tuple((value, folder / mask) for value, mask in masks)


def list_data(folder):
    """Keys of the images for training, and of those for validation."""
    return [[(folder / image, folder / mask) for image, mask in part] for part in (TRAIN, VAL)]  #? not masks of files
    return [[placed(folder, *pair) for pair in part] for part in (TRAIN, VAL)]  #? masks of files
'''

_OF_SHAPES = """\
SHAPES = $num_classes
"""
SOURCES = {
    "shapes": Source(SHAPES_SETTINGS + _OF_SHAPES, _shapes),
    "mask_folder": Source(FOLDER_SETTINGS, _folder, "the folder of images and masks"),
}


# Batches


def data(config: RunConfig, facts: MaskFacts, having: Set[str]) -> list[Part]:
    """`load`, `list_data`, and what makes batches of them."""
    fitting = ["data.mask_classes.UNCOUNTED", "data.prepare.resized"]
    fitting += ["augment.masked_input.letterboxed", "augment.masked_input.letterboxed_mask"]
    fitting += ["data.fit.whole_size"] if "keeps" in having else []
    drawing = ["augment.streams." + ("begin_sample" if "streams" in having else "random_state")]
    drawing += ["augment.order.permutation", "runs.spec.schedules.leaves_one_out"]
    source = SOURCES[config.dataset.kind]
    return [*source.parts(config, facts, having), lift(*fitting, *drawing), filled(_IMAGES, having), SAMPLER, _COLLATE]


_IMAGES = '''\
# The class of each mask value.
TARGETS = np.full(256, UNCOUNTED, np.uint8)
TARGETS[list(VALUES)] = np.arange(len(VALUES))


@lru_cache(maxsize=KEPT_IMAGES)
def whole(key):
    """Image and mask as augmentation gets them, decoded once."""
    return load(key)  #? not keeps
    image, mask = load(key)  #? keeps
    height, width = whole_size(*image.shape[:2], *KEPT_SIZE)  #? keeps
    if mask.shape != (height, width):  #? keeps
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    return resized(image, height, width), mask  #? keeps


@lru_cache(maxsize=KEPT_IMAGES)
def plain(key):
    """Image and classes as the network sees them in validation: whole, between gray stripes that do not count."""
    image, mask = load(key)
    return letterboxed(image, IMAGE_SIZE), TARGETS[letterboxed_mask(mask, IMAGE_SIZE)]


def scaled(image):  #? scales
    """(S, S, 3) float32."""
    return np.ascontiguousarray(scaling(image=image)["image"], np.float32)


def augmented(key, epoch, index):
    """Image and classes as the network sees them in this epoch. Masks keep their own values until they are augmented.

    What is drawn follows from seed, epoch and place; with A.Compose(seed=...) it would depend on the number of workers.
    """
    begin_sample(streams, SEED, epoch, index)  #? streams
    transform.set_random_state(*random_state(SEED, epoch, index))  #? not streams
    image, mask = whole(key)
    found = transform(image=image, mask=mask)
    image = letterboxed(np.ascontiguousarray(found["image"]), IMAGE_SIZE)
    mask = TARGETS[letterboxed_mask(np.ascontiguousarray(found["mask"]), IMAGE_SIZE)]
    return image, mask  #? not scales
    return scaled(image), mask  #? scales


class Images(Dataset):
    """(pixels, classes) by (epoch, index): workers live on, so the epoch travels with the index. None: as it is."""

    def __init__(self, keys):
        self.keys = keys

    def __getitem__(self, place):
        epoch, index = place
        if epoch is not None:
            return augmented(self.keys[index], epoch, index)
        return plain(self.keys[index])  #? not scales
        image, mask = plain(self.keys[index])  #? scales
        return scaled(image), mask  #? scales
'''

_COLLATE = '''\
def collate(items):
    """(N, 3, S, S), channels last in memory, and (N, S, S) classes. Bytes stay bytes until the device."""
    images = torch.from_numpy(np.stack([image for image, _ in items])).permute(0, 3, 1, 2)
    return images, torch.from_numpy(np.stack([mask for _, mask in items])).long()
'''


# Network and metrics


def network(net: str, scale: str, module: str, having: Set[str]) -> list[Part]:
    """`make_network`: a U-Net on the library's network. Its weights are loaded before its decoder is drawn."""
    room = f"training.networks.{module}"
    lifted = [f"{room}.HEAD", f"{room}.features_of", f"{room}.ENCODER", f"training.networks.{scale}"]
    lifted += ["training.networks.network.Network", "training.networks.unet.Segmenter"]
    lifted += ["training.networks.small.SmallCNN"] if module == "small" else []
    return [lift(*lifted), filled(_NETWORK, having, net=net, scale=scale.rpartition(".")[2])]


_NETWORK = '''\
def make_network():
    """A U-Net: the library's network without its last layers, and a decoder."""
    net = $net
    whole = Network(net, features_of, HEAD, $scale, DROPOUT)
    load_pretrained(whole)  #? pretrained
    network = Segmenter(whole.net, ENCODER, NUM_OUTPUTS, $scale, DROPOUT)
    network.mean, network.std = whole.mean, whole.std  #? pretrained
    network.freeze(True)  # only the decoder learns  #? freezes
    return network
'''


def metrics() -> list[Part]:
    """`measured(cells)`: the metrics of the run that follow from counts of pixels."""
    rows, places = [], ["metrics.rates.Margins", "metrics.rates.margins"]
    given = {"counts": "sums", "pixels": "each"}
    for metric in LISTED["segmentation"].values():
        if metric.of in given:
            function = metric.compute
            rows.append(f'        "{metric.key}": float({function.__name__}({given[metric.of]})),')
            places.append(f"{function.__module__.removeprefix('explorer.')}.{function.__name__}")
    return [lift("training.pixel_counts.cells_of", *places), filled(_MEASURED, rows="\n".join(rows))]


_MEASURED = '''\
def measured(cells):
    """Metrics of (N, C, C) counts of the pixels of N images, rows are the truth; nan where one is undefined."""
    sums = margins(cells.sum(axis=0))
    each = Margins(np.diagonal(cells, axis1=1, axis2=2), cells.sum(axis=2), cells.sum(axis=1))
    return {
$rows
    }
'''
