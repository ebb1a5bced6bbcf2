"""Each request gives in a worker what it gives in this process, and travels there and back unharmed."""

import io
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.augment.pipeline import Pipeline, Step
from explorer.data import references
from explorer.data.cache.contents import contents_of, joined_digest
from explorer.data.stored import ImageError
from explorer.draw import listing, requests, training_images
from explorer.draw.data_images import DataImage
from explorer.draw.drawing import Request
from explorer.draw.encoding import Classes
from explorer.draw.pictures import NoPicture, Photograph, SetSample, Subject, Typed, Uploaded
from explorer.draw.pool import Pool
from explorer.draw.preview import Shown
from explorer.draw.recorded import Recorded
from explorer.draw.training_images import partner_of
from explorer.runs.spec.config import from_values
from tests.draw.breaking import Hoards, Says
from tests.draw.conftest import drawn, gone
from tests.runs.conftest import wait_for

SUBJECT = Subject(Photograph("coffee"), 128)
PIPELINE = Pipeline(
    nodes=(
        Step(id="flip", transform="HorizontalFlip", p=0.5),
        Step(id="turn", transform="Rotate", p=0.5),
    )
)
CLASSES = Classes(("cup",), ((255, 0, 0), (0, 0, 255)))
CONFIG = from_values(
    {
        "dataset": {"kind": "shapes", "num_classes": 3, "train_images": 20, "val_images": 4, "image_size": 32},
        "pipeline": PIPELINE.model_dump(),
        "image_size": 32,
        "batch_size": 6,
        "mixing": "mixup",
    }
)

MASKED_CONFIG = from_values(
    {
        "dataset": {"kind": "shapes", "learn": "masks", "num_classes": 3, "train_images": 20, "image_size": 32},
        "pipeline": PIPELINE.model_dump(),
        "image_size": 32,
    }
)


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


RGB = png(np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8))
COLORS = np.zeros((12, 16, 3), np.uint8)
COLORS[:6] = (200, 0, 0)
INDICES = png((COLORS[..., 0] > 0).astype(np.uint8))
TRAIN = CONFIG.dataset.open().train
MADE = DataImage(TRAIN.ids[2], spec=CONFIG.dataset, index=2)
CONTENTS = contents_of(TRAIN, None, 1, lambda done: None)
VERSIONS = tuple((name, version(name)) for name in ("albumentations", "opencv-python-headless"))


def recorded(index: int) -> Recorded:
    return Recorded(CONFIG.dataset, "train", index, TRAIN.ids[index], CONTENTS[index].hex())


MASKS = from_values(
    {
        "dataset": {"kind": "shapes", "learn": "masks", "train_images": 8, "val_images": 4, "image_size": 32},
        "pipeline": PIPELINE.model_dump(),
        "image_size": 32,
    }
)
MASKED = requests.MaskedInput(Recorded(MASKS.dataset, "val", 1, MASKS.dataset.open().val.ids[1], ""), 32)
SEEN = requests.NetworkInput(recorded(4), CONFIG, 1, VERSIONS)
CELL = requests.Cell(SUBJECT, PIPELINE, 3, CLASSES, 64)
EXAMPLES: dict[str, Callable[[], Request[Any]]] = {
    "Both": lambda: requests.Both(CELL, requests.Cell(SUBJECT, Pipeline(), 3, CLASSES, 64)),
    "Cell": lambda: CELL,
    "ListTraining": lambda: requests.ListTraining(CONFIG, TRAIN.listing(CONFIG.kept), joined_digest(CONTENTS)),
    "NetworkInput": lambda: SEEN,
    "RecordedPicture": lambda: requests.RecordedPicture(recorded(4), 64),
    "TrainingInput": lambda: requests.TrainingInput(SEEN, recorded(partner_of(CONFIG, 20, 1, 4) or 0), 20),
    "ListValidation": lambda: requests.ListValidation(CONFIG.dataset, 32),
    "Checked": lambda: requests.Checked(RGB, INDICES, "leaf.png"),
    "ColorsOf": lambda: requests.ColorsOf(png(COLORS), INDICES),
    "DataPicture": lambda: requests.DataPicture(MADE, CLASSES),
    "Describe": lambda: requests.Describe(Subject(SetSample("shapes", "train", 3), typed=Typed(boxes="1 2 3"))),
    "Draws": lambda: requests.Draws((SUBJECT,), PIPELINE, 0, 2, 6, 10),
    "FirstBatch": lambda: requests.FirstBatch(CONFIG, 1),
    "KeepReference": lambda: requests.KeepReference(RGB, "leaf.png"),
    "MaskOf": lambda: requests.MaskOf(png(COLORS)),
    "MaskThumbnail": lambda: requests.MaskThumbnail(MASKED, None, CLASSES.colors, (False, False), (255, 0, 0)),
    "MaskedInput": lambda: MASKED,
    "MeasureFew": lambda: requests.MeasureFew((MADE,)),
    "OneClassViews": lambda: requests.OneClassViews(MASKS, (0, 3)),
    "PairPicture": lambda: requests.PairPicture(
        requests.DataPicture(MADE, CLASSES), requests.DataPicture(MADE, CLASSES, annotated=False)
    ),
    "PredictedPicture": lambda: requests.PredictedPicture(recorded(4), 64),
    "PresetPicture": lambda: requests.PresetPicture("flips"),
    "Preview": lambda: requests.Preview(SUBJECT, PIPELINE, 3, CLASSES, shown_side=64),
    "Recolored": lambda: requests.Recolored(png(COLORS), (((0, 0, 0), 0), ((200, 0, 0), 7))),
    "ReferencePicture": lambda: requests.ReferencePicture("photograph/coffee", 64),
    "SeedFor": lambda: requests.SeedFor(SUBJECT, PIPELINE, tuple(range(20)), 60.0, "turn"),
    "Trial": lambda: requests.Trial(CONFIG, (0, 5)),
    "TurnedMask": lambda: requests.TurnedMask(MASKED_CONFIG, "INTER_LINEAR", 0, 3, ((255, 0, 0), (0, 0, 255))),
}


def without_times(result: Any) -> Any:
    """The result but for what differs from one time to the next."""
    if isinstance(result, Shown):
        return result.full
    if isinstance(result, listing.Listed | training_images.Listed):  # which are equal only to themselves
        return {name: np.asarray(value).tolist() for name, value in vars(result).items()}
    if isinstance(result, float):  # seconds
        return result > 0
    if isinstance(result, dict):
        return {name: without_times(value) for name, value in result.items() if "seconds" not in name}
    return result


def test_there_is_an_example_of_each() -> None:
    assert set(EXAMPLES) == set(requests.__all__)


def test_a_worker_gives_what_this_process_gives(pool: Pool) -> None:
    wrong = []
    for name, make in EXAMPLES.items():
        request = make()
        there, here = drawn(pool, request), request.read(list(request.draw()))
        if type(there) is not type(here) or without_times(there) != without_times(here):
            wrong.append(name)
    assert wrong == []


def test_what_a_worker_keeps_lies_in_the_home_of_the_one_who_asks(pool: Pool, home: Path) -> None:
    name = drawn(pool, EXAMPLES["KeepReference"]())
    assert any(name.split("/")[1] in file.name for file in home.rglob("*"))
    references.require(name)


@pytest.mark.parametrize(
    ("request_", "error", "words"),
    [
        (requests.Checked(b"text", None, "leaf.png"), ImageError, "leaf.png"),
        (requests.MaskOf(RGB), ImageError, "one plain color"),
        (requests.Describe(Subject(Uploaded("/no/such/file", None))), NoPicture, "Upload an image"),
        (requests.Describe(Subject(SetSample("shapes", "train", 10**9))), NoPicture, "no image"),
        (requests.ReferencePicture("upload/" + "0" * 24, 64), references.ReferenceMissing, "not kept here"),
    ],
    ids=["no image", "a photograph as a mask", "no upload", "beyond the set", "no reference"],
)
def test_what_cannot_be_read_says_why(pool: Pool, request_: Request[Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        drawn(pool, request_)


def test_a_worker_that_keeps_much_memory_makes_room_for_another(pool: Pool) -> None:
    (hoarder,) = drawn(pool, Hoards())
    assert hoarder != drawn(pool, Says())[0][0]
    wait_for(lambda: gone(hoarder), "the end of the worker")
