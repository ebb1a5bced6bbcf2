"""`python -m bench.train.plain_masks JOB MARKS`: a U-Net in plain Lightning that does equal work, written by hand.

Images and masks are decoded and scaled to the long side once, then augmented and padded. Batches travel as bytes,
channels lie last, a frozen encoder makes no graph. The mean IoU of each validation goes into the file that the job
names.
"""

import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import albumentations as A
import cv2
import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate, one_hot
from torch.utils.data import DataLoader, Dataset

from bench.train.job import Marks, lite0

UNCOUNTED = 255
BLOCKS = (0, 2, 4, 10, 15)  # of EfficientNet-Lite0: the last at each size
CHANNELS = (16, 24, 40, 112, 320)
WIDTHS = (256, 128, 64, 32, 16)
GRAY = (124, 116, 104)


@dataclass(frozen=True)
class MaskJob:
    """train, val: paths of images and of their masks. ignored: the last mask value, which does not count.

    results: the file that gets the mean IoU of each validation, a line each.
    """

    train: list[list[str]]
    val: list[list[str]]
    classes: int
    ignored: int
    size: int
    batch_size: int
    epochs: int
    frozen: bool
    precision: Any
    learning_rate: float
    seed: int
    threads: int
    workers: int
    results: str

    @classmethod
    def read(cls, text: str) -> Self:
        """From `dumps`."""
        return cls(**json.loads(text))

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


class Images(Dataset[Any]):
    """Images with masks in memory."""

    def __init__(self, files: list[list[str]], job: MaskJob, transform: A.Compose | None) -> None:
        self.pairs: list[tuple[Any, Any]] = [
            (cv2.cvtColor(cv2.imread(image), cv2.COLOR_BGR2RGB), cv2.imread(mask, cv2.IMREAD_GRAYSCALE))
            for image, mask in files
        ]
        self.pairs = [scaled(*pair, job.size) for pair in self.pairs]
        if transform is None:
            self.pairs = [squared(*pair, job.size) for pair in self.pairs]
        self.job, self.transform = job, transform

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> Any:
        image, mask = self.pairs[index]
        if self.transform is not None:
            found = self.transform(image=image, mask=mask)
            image, mask = squared(found["image"], found["mask"], self.job.size)
        return image, np.where(mask == self.job.ignored, UNCOUNTED, mask)


def scaled(image: Any, mask: Any, size: int) -> tuple[Any, Any]:
    """The long side at `size`."""
    scale = size / max(mask.shape)
    if scale == 1:
        return image, mask
    to = round(mask.shape[1] * scale), round(mask.shape[0] * scale)
    image = cv2.resize(image, to, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return image, cv2.resize(mask, to, interpolation=cv2.INTER_NEAREST_EXACT)


def squared(image: Any, mask: Any, size: int) -> tuple[Any, Any]:
    """The long side at `size`, the rest padded."""
    image, mask = scaled(image, mask, size)
    height, width = mask.shape
    top, left = (size - height) // 2, (size - width) // 2
    border = (top, size - height - top, left, size - width - left, cv2.BORDER_CONSTANT)
    return cv2.copyMakeBorder(image, *border, value=GRAY), cv2.copyMakeBorder(mask, *border, value=UNCOUNTED)


def collate(items: list[Any]) -> tuple[Tensor, Tensor]:
    """Bytes, channels last."""
    images = torch.from_numpy(np.stack([image for image, _ in items])).permute(0, 3, 1, 2)
    return images, torch.from_numpy(np.stack([mask for _, mask in items])).long()


class UNet(nn.Module):
    """A decoder on EfficientNet-Lite0."""

    def __init__(self, classes: int, frozen: bool) -> None:
        super().__init__()
        self.frozen = frozen
        self.encoder: Any = lite0()
        for name in ("_conv_head", "_bn1", "_fc"):
            setattr(self.encoder, name, nn.Identity())
        self.encoder.requires_grad_(not frozen)
        self.up = nn.ModuleList()
        before = CHANNELS[-1]
        for skip, width in zip([*reversed(CHANNELS[:-1]), 0], WIDTHS, strict=True):
            self.up.append(nn.Sequential(*_convolved(before + skip, width), *_convolved(width, width)))
            before = width
        self.dropout = nn.Dropout2d(0.2)
        self.last = nn.Conv2d(before, classes, 1)

    def train(self, mode: bool = True) -> Any:
        """A frozen encoder keeps its statistics."""
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 -> (N, C, S, S)."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            *skips, found = self._encoded((images.float() - 127.0) / 128.0)
        for block in self.up:
            skip = skips.pop() if skips else None
            size = images.shape[2:] if skip is None else skip.shape[2:]
            found = interpolate(found, size=size, mode="nearest")
            found = block(found if skip is None else torch.cat([found, skip], 1))
        outputs: Tensor = self.last(self.dropout(found))
        return outputs

    def _encoded(self, images: Tensor) -> list[Tensor]:
        net, kept = self.encoder, []
        found = net._swish(net._bn0(net._conv_stem(images)))
        for number, block in enumerate(net._blocks):
            found = block(found, drop_connect_rate=0.2 * number / len(net._blocks))
            if number in BLOCKS:
                kept.append(found)
        return kept


def _convolved(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]


def loss_of(outputs: Tensor, masks: Tensor) -> Tensor:
    """Cross entropy and 1 - soft Dice of the classes that occur."""
    counts = masks != UNCOUNTED
    truth = one_hot(masks * counts, outputs.shape[1]).permute(0, 3, 1, 2) * counts[:, None]
    found = outputs.softmax(1) * counts[:, None]
    over = (0, 2, 3)
    dice = 2 * (found * truth).sum(over) / (found.sum(over) + truth.sum(over)).clamp(min=1e-6)
    return cross_entropy(outputs, masks, ignore_index=UNCOUNTED) + 1 - dice[truth.sum(over) > 0].mean()


class Model(pl.LightningModule):
    """The network with its loss and optimizer."""

    def __init__(self, job: MaskJob, steps: int) -> None:
        super().__init__()
        self.job, self.steps = job, steps
        network: Any = UNet(job.classes, job.frozen)
        self.net = network.to(memory_format=torch.channels_last)
        self.cells = torch.zeros(job.classes, job.classes, dtype=torch.int64)

    def training_step(self, batch: Any) -> Tensor:
        """The loss."""
        return loss_of(self.net(batch[0]).float(), batch[1])

    def validation_step(self, batch: Any) -> None:
        """Loss, and counts of pixels."""
        outputs = self.net(batch[0]).float()
        self.log("val_loss", loss_of(outputs, batch[1]))
        counts = batch[1] != UNCOUNTED
        places = batch[1][counts] * self.job.classes + outputs.argmax(1)[counts]
        self.cells += torch.bincount(places, minlength=self.job.classes**2).view_as(self.cells)

    def on_validation_epoch_end(self) -> None:
        """Mean IoU of the classes that occur, in truth or in predictions."""
        right = self.cells.diag()
        union = self.cells.sum(0) + self.cells.sum(1) - right
        value = float((right / union)[union > 0].mean())
        self.cells.zero_()
        with Path(self.job.results).open("a") as file:
            file.write(f"{value}\n")

    def configure_optimizers(self) -> Any:
        """AdamW and OneCycleLR, which is stepped with each batch; norms and biases do not decay."""
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        groups = [
            {"params": [parameter for parameter in learning if parameter.ndim > 1], "weight_decay": 0.01},
            {"params": [parameter for parameter in learning if parameter.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=self.job.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.job.learning_rate, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def main() -> None:
    """Train."""
    job, marks = MaskJob.read(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(job.threads)
    cv2.setNumThreads(0)
    pl.seed_everything(job.seed, verbose=False)
    train = Images(job.train, job, A.Compose([A.HorizontalFlip(p=0.5)]))
    val = Images(job.val, job, None)
    workers = {"num_workers": job.workers, "persistent_workers": job.workers > 0}
    loaders = (
        DataLoader(train, job.batch_size, shuffle=True, collate_fn=collate, **workers),  # type: ignore[arg-type]
        DataLoader(val, job.batch_size, collate_fn=collate),
    )
    with tempfile.TemporaryDirectory() as scratch:
        trainer = pl.Trainer(
            max_epochs=job.epochs,
            accelerator="cpu",
            precision=job.precision,
            callbacks=[Marks(marks)],
            default_root_dir=scratch,
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )
        trainer.fit(Model(job, len(loaders[0]) * job.epochs), *loaders)


if __name__ == "__main__":
    main()
