"""Generated sets of images in which copies are planted: python -m tests.data.findings.planted prints what is found."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.findings.find import find
from explorer.data.findings.finding import Findings
from explorer.data.formats.digits import digit
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.overview import near
from explorer.data.overview.measuring import measure
from explorer.data.overview.sampling import Sampling

Image = NDArray[np.uint8]
TRAIN, VAL = 60, 24  # images before anything is planted


def photographs(seed: int) -> Iterator[Image]:
    """Yield what has the spectrum of photographs: large soft shapes with finer and finer detail, in color."""
    generator = np.random.default_rng(seed)
    while True:
        layers = (
            cv2.resize(generator.normal(size=(size, size, 3)), (160, 120), interpolation=cv2.INTER_CUBIC) / size**0.7
            for size in (3, 6, 12, 24, 48)
        )
        image = np.asarray(sum(layers))
        yield np.clip(128 + 45 * image / image.std(), 0, 255).astype(np.uint8)


def shapes(seed: int) -> Iterator[Image]:
    """Yield pictures of some filled shapes before a plain background, with noise."""
    generator = np.random.default_rng(seed)
    while True:
        image = np.full((128, 128, 3), generator.integers(40, 216, 3), np.uint8)
        for _ in range(4):
            points = generator.integers(0, 128, (int(generator.integers(3, 7)), 2)).astype(np.int32)
            cv2.fillPoly(image, [points], generator.integers(0, 256, 3).tolist())
        noisy = image + generator.normal(0, 6, image.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def digits(seed: int) -> Iterator[Image]:
    """Yield handwritten digits, of which many look alike although each was written by itself."""
    for place in np.random.default_rng(seed).permutation(1_700):
        yield digit(int(place))


SETS: dict[str, Callable[[int], Iterator[Image]]] = {"photographs": photographs, "shapes": shapes, "digits": digits}


def _resized(image: Image) -> Image:
    height, width = image.shape[:2]
    return np.asarray(cv2.resize(image, (width * 7 // 10, height * 7 // 10), interpolation=cv2.INTER_AREA), np.uint8)


def _brightened(image: Image) -> Image:
    return np.clip(image.astype(np.float64) * 1.15 + 8, 0, 255).astype(np.uint8)


def _encoded(image: Image) -> Image:
    _, found = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])
    return np.asarray(cv2.imdecode(found, cv2.IMREAD_UNCHANGED), np.uint8)


COPIES: dict[str, Callable[[Image], Image]] = {
    "same": lambda image: image,
    "resized": _resized,
    "encoded": _encoded,
    "brightened": _brightened,
}
NO_COPIES: dict[str, Callable[[Image], Image]] = {"flipped": lambda image: np.ascontiguousarray(image[:, ::-1])}


@dataclass
class Planted:
    """What was planted into a folder.

    Attributes:
        leaks: the id of each validation image that is a copy -> the id of its origin in training.
        kinds: how each of them was made.
        flipped: validation images that are mirrored ones of training, which are no copies.
        conflicts: ids of images that are the same and have different labels.
    """

    spec: ImageFolderSpec
    leaks: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    flipped: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)


def plant(name: str, folder: Path, each: int = 3, seed: int = 0) -> Planted:
    """Write a set with `each` copies of each kind in validation, and `each` pairs with two labels in training."""
    images = SETS[name](seed)
    planted = Planted(ImageFolderSpec(path=str(folder)))
    written: dict[str, Image] = {}

    def write(one: str, image: Image) -> str:
        place = folder / one
        place.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(place), image)
        written[one] = image
        return one

    for part, count in (("train", TRAIN), ("val", VAL)):
        for number in range(count):
            write(f"{part}/{'ab'[number % 2]}/{number:03}.png", next(images))
    origins = iter([one for one in written if one.startswith("train/")])
    for kind, change in (COPIES | NO_COPIES).items():
        for number in range(each):
            origin = next(origins)
            copy = write(f"val/{origin.split('/')[1]}/{kind}-{number}.png", change(written[origin]))
            if kind in NO_COPIES:
                planted.flipped.add(copy)
            else:
                planted.leaks[copy], planted.kinds[copy] = origin, kind
    for number in range(each):
        origin = next(origins)
        other = "b" if origin.split("/")[1] == "a" else "a"
        planted.conflicts |= {origin, write(f"train/{other}/again-{number}.png", written[origin])}
    return planted


def found_in(planted: Planted) -> tuple[Findings, list[str]]:
    """Return the findings, and the ids that their places stand for."""
    contents = planted.spec.contents()
    measured = measure(contents, Sampling(None))
    return find(contents, measured, near.find(measured, contents.part)), list(contents.ids)


def main() -> None:
    """Print recall and precision of leaks by set and kind, over some seeds."""
    for name in SETS:
        found_right, found_all, planted_all = 0, 0, 0
        recalled = dict.fromkeys(COPIES, 0)
        flipped, conflicts, right_conflicts, conflicts_planted = 0, 0, 0, 0
        seeds, each = 5, 3
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                planted = plant(name, Path(folder), each, seed)
                findings, ids = found_in(planted)
            leaked = {ids[later] for leak in findings.leaks for later, _ in leak.pairs.tolist()}
            found_right += len(leaked & planted.leaks.keys())
            found_all, planted_all = found_all + len(leaked), planted_all + len(planted.leaks)
            flipped += len(leaked & planted.flipped)
            for one in leaked & planted.leaks.keys():
                recalled[planted.kinds[one]] += 1
            conflict = findings.of("conflict_exact")
            seen = set() if conflict is None else {ids[place] for place in conflict.images.tolist()}
            conflicts, right_conflicts = conflicts + len(seen), right_conflicts + len(seen & planted.conflicts)
            conflicts_planted += len(planted.conflicts)
        kinds = ", ".join(f"{kind} {count} of {seeds * each}" for kind, count in recalled.items())
        print(
            f"{name}: leaks recall {found_right}/{planted_all}, precision {found_right}/{found_all} ({kinds}; flipped "
            f"called a copy {flipped}); conflicts recall {right_conflicts}/{conflicts_planted}, precision "
            f"{right_conflicts}/{conflicts}"
        )


if __name__ == "__main__":
    main()
