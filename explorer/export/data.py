"""The part of an exported file that augments and batches images."""

import ast

from explorer.augment.code.writing import to_python
from explorer.augment.pipeline import Node, Pipeline, scaling_step
from explorer.augment.targets import TargetRules
from explorer.data.fit import FARTHEST, LONGEST
from explorer.export import sources
from explorer.export.imports import Setting
from explorer.runs.spec.config import RunConfig

_KEPT_BYTES = 2_000_000_000


def pipeline(config: RunConfig) -> list[str]:
    """`transform = A.Compose(...)`, for images alone, and `scaling` where the pipeline ends with a step that scales."""
    last = scaling_step(config.pipeline)
    augmenting = _compose("transform", tuple(node for node in config.pipeline.nodes if node is not last))
    if last is None:
        return [augmenting]
    return [augmenting, f"{_SCALING}{_compose('scaling', (last,))}"]


_SCALING = "# No augmentation: it comes last, and in validation too.\n"


def _compose(name: str, nodes: tuple[Node, ...]) -> str:
    plain = Pipeline(nodes=nodes, targets=TargetRules())
    text = to_python(plain, bboxes=False, keypoints=False)
    written = ast.get_source_segment(text, ast.parse(text).body[-1])
    assert written is not None
    return f"{name} = {written.partition(' = ')[2]}"


def settings(config: RunConfig) -> list[Setting]:
    """The constants that the code below may use."""
    kept = config.kept
    side = kept.most if kept else config.image_size
    size = kept and (kept.most if kept.square else (kept.least, kept.most))
    about = "px, what is augmented" if kept and kept.square else "px of the short side, at least and at most"
    return [
        Setting("IMAGE_SIZE", config.image_size, "px, what the network sees"),
        Setting("KEPT_SIZE", size, about),
        Setting("KEPT_IMAGES", _KEPT_BYTES // (3 * side * side), "in memory: up to 2 GB"),
        Setting("DATA_SEED", config.dataset.seed),
        Setting("BATCH_SIZE", config.batch_size),
        *sources.of(config.dataset).settings(config.dataset),
    ]


def sections(config: RunConfig, workers: int) -> list[str]:
    """Definitions in their order; the last ones are `train_loader` and `val_loader`."""
    drop = _DROP if config.batch_size > 1 else ""
    loaders = _LOADERS.format(
        alone=drop,
        drop_last="        drop_last=alone,\n" if drop else "",
        workers="        num_workers=WORKERS,\n        persistent_workers=True,\n" if workers else "",
    )
    return [
        *sources.of(config.dataset).sections(config.dataset),
        _SQUARE,
        *_whole(config),
        *_images(config),
        _BATCHES,
        loaders,
    ]


def _whole(config: RunConfig) -> list[str]:
    """`whole`, where images keep their borders until they are augmented."""
    kept = config.kept
    return [] if kept is None or kept.square else [_WHOLE]


def _images(config: RunConfig) -> list[str]:
    """`augmented` and the two data sets."""
    scaling = scaling_step(config.pipeline) is not None
    kept = config.kept
    given = "load(key)" if kept is None else "square(key, KEPT_SIZE)" if kept.square else "whole(key)"
    train, val = 'fit_square(transform(image=image)["image"], IMAGE_SIZE)', "square(key, IMAGE_SIZE)"
    if scaling:
        train, val = f"scaled({train})", f"scaled({val})"
    kind = "float32" if scaling else "uint8"
    return [
        *([_SCALED] if scaling else []),
        _AUGMENTED.format(kind=kind, given=given, seen=train),
        _DATASETS.format(seen=val),
    ]


_SQUARE = '''\
def fit_square(image, size):
    """The middle of an image, (size, size, 3): its short side is scaled to `size`, its long side cut evenly."""
    height, width = image.shape[:2]
    reach = 4 * min(height, width)  # of a very long image only what lies near its middle is scaled
    if max(height, width) > reach:
        left, top = max(0, (width - reach) // 2), max(0, (height - reach) // 2)
        image = np.ascontiguousarray(image[top : top + reach, left : left + reach])
        height, width = image.shape[:2]
    scale = size / min(height, width)
    new_width, new_height = max(size, round(width * scale)), max(size, round(height * scale))
    left, top = (new_width - size) // 2, (new_height - size) // 2
    method = cv2.INTER_AREA if new_height < height else cv2.INTER_LINEAR
    image = cv2.resize(image, (new_width, new_height), interpolation=method)
    return np.ascontiguousarray(image[top : top + size, left : left + size])


@lru_cache(maxsize=KEPT_IMAGES)
def square(key, size):
    """An image as a square, decoded once."""
    return fit_square(load(key), size)
'''

_WHOLE = f'''\
def fit_whole(image, least, most):
    """An image with all its borders, (H, W, 3): its short side has `least` to `most` px, its long side fewer than
    {LONGEST:_}. One that is very long for its height is enlarged less."""
    height, width = image.shape[:2]
    short, long = min(height, width), max(height, width)
    scale = min(most, max(short, least)) / short
    if scale > 1:
        scale = max(1.0, min(scale, {FARTHEST} * least / long))
    scale = min(scale, {LONGEST:_} / long)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    if (new_height, new_width) == (height, width):
        return image
    method = cv2.INTER_AREA if new_height < height else cv2.INTER_LINEAR
    return cv2.resize(image, (new_width, new_height), interpolation=method)


@lru_cache(maxsize=KEPT_IMAGES)
def whole(key):
    """An image as augmentation gets it, decoded once."""
    return fit_whole(load(key), *KEPT_SIZE)
'''

_SCALED = '''\
def scaled(image):
    """(S, S, 3) float32."""
    return np.ascontiguousarray(scaling(image=image)["image"], np.float32)
'''

_AUGMENTED = '''\
def augmented(key, epoch, index):
    """The image as the network sees it in this epoch, (IMAGE_SIZE, IMAGE_SIZE, 3) {kind}.

    What the pipeline draws follows from seed, epoch and place, not from what was drawn before: so it is the same with
    any number of workers. A.Compose(seed=...) would not do: with it two steps of p = 0.5 fire together or not at all.
    """
    generator = np.random.default_rng([SEED, epoch, index])
    transform.set_random_state(generator, random.Random(int(generator.integers(2**63))))
    image = {given}
    return {seen}
'''

_DATASETS = '''\
class TrainImages(Dataset):
    """Augmented images by (epoch, index): the epoch travels with the index, also into workers that live on."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        epoch, index = place
        key, label = self.items[index]
        return augmented(key, epoch, index), label


class ValImages(Dataset):
    """Images as they are."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        key, label = self.items[index]
        return {seen}, label
'''

_BATCHES = '''\
class EpochSampler(Sampler):
    """Every image once, in an order of its own for each epoch."""

    def __init__(self, size):
        self.size, self.epoch = size, 0

    def set_epoch(self, epoch):
        """Lightning calls this before each epoch."""
        self.epoch = epoch

    def __len__(self):
        return self.size

    def __iter__(self):
        order = np.random.default_rng([SEED, self.epoch, self.size]).permutation(self.size)
        return iter([(self.epoch, index) for index in order.tolist()])


def collate(items):
    """(N, 3, S, S), channels last in memory, and (N,) labels. Bytes stay bytes until the device: less to carry."""
    images = torch.from_numpy(np.stack([image for image, _ in items])).permute(0, 3, 1, 2)
    return images, torch.tensor([label for _, label in items])
'''

_DROP = "    alone = len(items) % BATCH_SIZE == 1  # a batch norm learns nothing from a batch of one\n"
_LOADERS = '''\
def train_loader(items):
    """Batches of augmented images."""
{alone}    return DataLoader(
        TrainImages(items),
        BATCH_SIZE,
        sampler=EpochSampler(len(items)),
        collate_fn=collate,
{drop_last}{workers}    )


def val_loader(items):
    """Batches in the order of the list."""
    return DataLoader(ValImages(items), max(BATCH_SIZE, 32), collate_fn=collate)
'''
