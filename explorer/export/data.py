"""The part of an exported file that augments and batches images."""

from collections.abc import Sequence, Set

from explorer.augment.code.writing import WIDTH, to_python
from explorer.augment.pipeline import Node, Pipeline, made_ids, scaling_step
from explorer.augment.targets import TargetRules
from explorer.export.glue import filled
from explorer.export.lifting import Part, lift
from explorer.export.sources import SOURCES
from explorer.runs.spec.config import RunConfig


def pipeline(config: RunConfig) -> list[Part]:
    """`transform = A.Compose(...)`, for images alone, and `scaling` where the pipeline ends with a step that scales.

    Where each node has its own stream of random numbers, `streams` comes with `transform`.
    """
    last = scaling_step(config.pipeline)
    nodes = tuple(node for node in config.pipeline.nodes if node is not last)
    rules = TargetRules(mask_interpolation=config.pipeline.targets.mask_interpolation)
    parts: list[Part] = [_compose("transform", nodes, rules if config.task == "segmentation" else TargetRules())]
    if config.pipeline.streams == 2:
        parts = [lift("augment.streams.give_streams"), *parts, _streams(made_ids(nodes))]
    if last is not None:
        parts.append(
            "# No augmentation: it comes last, and in validation too.\n" + _compose("scaling", (last,), TargetRules())
        )
    return parts


def _streams(ids: Sequence[str]) -> str:
    """The streams of the nodes of `transform`."""
    names = [f'"{one}"' for one in ids]
    text = f"streams = give_streams(transform, [{', '.join(names)}])"
    if len(text) > WIDTH:
        lines = "".join(f"        {name},\n" for name in names)
        text = f"streams = give_streams(\n    transform,\n    [\n{lines}    ],\n)"
    return f"# A stream of random numbers for each step: it depends on the id that the step had in the app.\n{text}"


def _compose(name: str, nodes: tuple[Node, ...], rules: TargetRules) -> str:
    plain = Pipeline(nodes=nodes, targets=rules)
    text = to_python(plain, bboxes=False, keypoints=False)
    return name + text[text.index(" = ") :]


def parts(config: RunConfig, having: Set[str]) -> list[Part]:
    """Definitions in their order: `load`, `list_data`, and what makes batches of them."""
    fitting = ["data.prepare.resized"] if "stays square" in having else ["data.prepare.square_of"]
    fitting += ["data.fit.whole_size"] if "keeps whole" in having else []
    drawing = ["augment.streams." + ("begin_sample" if "streams" in having else "random_state")]
    drawing += ["augment.order.permutation", "runs.spec.schedules.leaves_one_out"]
    images = lift(*fitting, *drawing), filled(_IMAGES, having), SAMPLER, _COLLATE
    return [*SOURCES[config.dataset.kind].parts(config.dataset), *images]


_IMAGES = '''\
@lru_cache(maxsize=KEPT_IMAGES)
def square(key, size):
    """The middle of an image, decoded once."""  #? not given squares
    """An image at another size, made once."""  #? given squares
    return square_of(load(key), size)  #? not given squares
    return resized(load(key), size, size)  #? given squares


@lru_cache(maxsize=KEPT_IMAGES)  #? keeps whole
def whole(key):  #? keeps whole
    """An image with all its borders, as augmentation gets it, decoded once."""
    image = load(key)
    return resized(image, *whole_size(*image.shape[:2], *KEPT_SIZE))


def scaled(image):  #? scales
    """(S, S, 3) float32."""
    return np.ascontiguousarray(scaling(image=image)["image"], np.float32)


def augmented(key, epoch, index):
    """The image as the network sees it in this epoch, (IMAGE_SIZE, IMAGE_SIZE, 3).

    What is drawn follows from seed, epoch and place; with A.Compose(seed=...) it would depend on the number of workers.
    """
    begin_sample(streams, SEED, epoch, index)  #? streams
    transform.set_random_state(*random_state(SEED, epoch, index))  #? not streams
    image = whole(key)  #? keeps whole
    image = square(key, KEPT_SIDE)  #? keeps squares
    image = load(key)  #? not keeps whole, not keeps squares
    image = transform(image=image)["image"]
    image = resized(image, IMAGE_SIZE, IMAGE_SIZE)  #? stays square, scales
    return resized(image, IMAGE_SIZE, IMAGE_SIZE)  #? stays square, not scales
    image = square_of(image, IMAGE_SIZE)  #? not stays square, scales
    return square_of(image, IMAGE_SIZE)  #? not stays square, not scales
    return scaled(image)  #? scales


class Images(Dataset):
    """(pixels, label) by (epoch, index): workers live on, so the epoch travels with the index. None: not augmented."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, place):
        epoch, index = place
        key, label = self.items[index]
        if epoch is not None:
            return augmented(key, epoch, index), label
        return square(key, IMAGE_SIZE), label  #? not scales
        return scaled(square(key, IMAGE_SIZE)), label  #? scales
'''

SAMPLER = '''\
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
        return iter([(self.epoch, index) for index in permutation(SEED, self.epoch, self.size)])
'''

_COLLATE = '''\
def collate(items):
    """(N, 3, S, S), channels last in memory, and their labels. Bytes stay bytes until the device: less to carry."""
    images = torch.from_numpy(np.stack([image for image, _ in items])).permute(0, 3, 1, 2)
    return images, torch.tensor([label for _, label in items])
'''


def mixing(having: Set[str]) -> list[Part]:
    """`mix_of`, `mixed` and `partners_of`; nothing where batches are not mixed."""
    if "mixes" not in having:
        return []
    answers = "pasted" if "masks" in having else "partners_of"
    return [lift("augment.mixing.plan", "training.mixing.mixed", f"training.mixing.{answers}"), _MIX_OF]


_MIX_OF = '''\
def mix_of(epoch, batch, images):
    """How a batch is mixed, which follows from its place in the run; None where it is not."""
    place, size = (SEED, epoch, batch), images.shape[2:]
    return plan(MIXING, alpha=MIX_ALPHA, probability=MIX_PROBABILITY, place=place, size=size, count=len(images))
'''
