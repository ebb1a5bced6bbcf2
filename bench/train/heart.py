"""`python -m bench overfit`: every encoder learns one batch of shapes by heart. `python -m bench overfit 300`: steps.

Four pictures of 64 px (32 px for the large encoders, whose steps are slow), random weights, AdamW, the default loss of
masks, no dropout. Asked for is a mean Dice of 0.99 in training mode, and the steps that it takes are printed.
"""

import time
from typing import Any

import torch
from torch import Tensor

from explorer.data.prepare import load
from explorer.runs.spec.config import from_values
from explorer.training.networks import BACKBONES, Network, build
from explorer.training.tasks.segmentation import SEGMENTATION, count

STEPS, EVERY = 300, 10
ASKED = 0.99
LARGE = 12e6  # parameters
_DATA = {"kind": "shapes", "learn": "masks", "num_classes": 3, "train_images": 4, "val_images": 2, "noise": 0.1}


def main(steps: int = STEPS) -> None:
    """Train and print. Exits with 1 where an encoder does not get there."""
    print(f"{'encoder':20}{'parameters':>12}{'px':>5}{'steps':>7}{'Dice':>7}{'s':>7}")
    missed = []
    for name, backbone in BACKBONES.items():
        if backbone.encoder is None:
            print(f"{name:20}{backbone.parameters:12,}  is no encoder", flush=True)
            continue
        begun = time.perf_counter()
        size = 32 if backbone.parameters > LARGE else 64
        done, reached = _learn(name, size, steps)
        took = time.perf_counter() - begun
        print(f"{name:20}{backbone.parameters:12,}{size:5}{done:7}{reached:7.3f}{took:7.1f}", flush=True)
        if reached < ASKED:
            missed.append(name)
    if missed:
        raise SystemExit(f"Below a Dice of {ASKED} after {steps} steps: {', '.join(missed)}.")


def _learn(name: str, size: int, steps: int) -> tuple[int, float]:
    """The steps until it is there, or all; and the mean Dice."""
    network, objective, images, masks = _made(name, size)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    reached = 0.0
    for step in range(1, steps + 1):
        outputs = network(images)
        if step % EVERY == 0:
            reached = _dice(objective.predict(outputs), masks, objective.num_outputs)
            if reached >= ASKED:
                return step, reached
        optimizer.zero_grad()
        objective.loss(outputs, masks).backward()
        optimizer.step()
    return steps, reached


def _made(name: str, size: int) -> tuple[Network, Any, Tensor, Tensor]:
    config = from_values(
        {
            "dataset": _DATA | {"image_size": size},
            "pipeline": {},
            "backbone": name,
            "weights": "none",
            "frozen": False,
            "image_size": size,
            "dropout": 0.0,
        }
        | ({} if name == "small-cnn" else {"drop_connect": 0.0})
    )
    data = config.dataset.open()
    images_of = [load(data.train, place, SEGMENTATION.fit(config)) for place in range(4)]
    items = [SEGMENTATION.item(image, data.train, config, None, place) for place, image in enumerate(images_of)]
    masks = SEGMENTATION.stack([mask for _, mask in items])
    classes = len(data.classes)
    objective = SEGMENTATION.objective(config, torch.bincount(masks.flatten(), minlength=classes).numpy())
    images = torch.stack([torch.from_numpy(pixels) for pixels, _ in items]).permute(0, 3, 1, 2)
    torch.manual_seed(0)
    return build(config, classes, None, config.task).train(), objective, images, masks


def _dice(predicted: Tensor, masks: Tensor, classes: int) -> float:
    cells = count(masks, predicted, classes).double()
    sizes = cells.sum(0) + cells.sum(1)
    return float((2 * cells.diag() / sizes)[sizes > 0].mean())
