"""`python -m bench.train.plain JOB MARKS`: plain Lightning that does equal work, written by somebody who knows how.

Images are decoded once and kept whole as uint8, the square comes after augmentation, batches travel as bytes, channels
lie last, a frozen backbone makes no graph, threads do not fight.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytorch_lightning as pl
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchmetrics.classification import MulticlassAUROC

from bench.train.job import Job, Marks, lite0

MEAN, STD = 127.0, 128.0  # the scale that the weights were trained with


def whole(path: str, size: int) -> Any:
    """An image, its short side scaled to `size`."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    height, width = pixels.shape[:2]
    scale = size / min(height, width)
    width, height = max(size, round(width * scale)), max(size, round(height * scale))
    shrinking = height < pixels.shape[0]
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)


def middle(pixels: Any, size: int) -> Any:
    """The middle square of an image whose short side is `size`."""
    height, width = pixels.shape[:2]
    left, top = (width - size) // 2, (height - size) // 2
    return np.ascontiguousarray(pixels[top : top + size, left : left + size])


class Images(Dataset[Any]):
    """Images in memory: whole ones that are augmented, or squares."""

    def __init__(self, files: list[tuple[str, int]], size: int, transform: A.Compose | None) -> None:
        read = [whole(path, size) for path, _ in files]
        self.pixels = read if transform else [middle(pixels, size) for pixels in read]
        self.size = size
        self.labels = [label for _, label in files]
        self.transform = transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Any:
        pixels = self.pixels[index]
        if self.transform:
            pixels = middle(self.transform(image=pixels)["image"], self.size)
        return pixels, self.labels[index]


def collate(items: list[Any]) -> tuple[Tensor, Tensor]:
    """Bytes, channels last."""
    images = torch.from_numpy(np.stack([pixels for pixels, _ in items])).permute(0, 3, 1, 2)
    return images, torch.tensor([label for _, label in items])


class Model(pl.LightningModule):
    """EfficientNet-Lite0 with a head for two classes."""

    def __init__(self, job: Job, steps: int) -> None:
        super().__init__()
        self.job, self.steps = job, steps
        self.net: Any = lite0().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.auroc = MulticlassAUROC(2)
        if job.frozen:
            self.net.requires_grad_(False)
            self.net._fc.requires_grad_(True)

    def train(self, mode: bool = True) -> Any:
        """Frozen layers keep their statistics."""
        super().train(mode)
        if self.job.frozen:
            self.net.eval()
            self.net._dropout.train(mode)
        return self

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 -> (N, 2)."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.job.frozen):
            features = self.net._avg_pooling(self.net.extract_features((images.float() - MEAN) / STD)).flatten(1)
        outputs: Tensor = self.net._fc(self.net._dropout(features))
        return outputs

    def training_step(self, batch: Any) -> Tensor:
        """Cross entropy."""
        return nn.functional.cross_entropy(self(batch[0]).float(), batch[1])

    def validation_step(self, batch: Any) -> None:
        """Collect what AUROC needs."""
        outputs = self(batch[0]).float()
        self.auroc.update(outputs.softmax(1), batch[1])
        self.log("val_loss", nn.functional.cross_entropy(outputs, batch[1]))

    def on_validation_epoch_end(self) -> None:
        """AUROC of all."""
        self.log("val_auroc", self.auroc.compute())
        self.auroc.reset()

    def configure_optimizers(self) -> Any:
        """AdamW and OneCycleLR, which is stepped with each batch."""
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(learning, lr=self.job.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.job.learning_rate, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def main() -> None:
    """Train."""
    job, marks = Job.read(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(job.threads or torch.get_num_threads())
    cv2.setNumThreads(0)
    workers = job.workers or 0
    pinned = job.accelerator == "gpu"
    transform = A.Compose([A.HorizontalFlip(p=0.5), A.RandomBrightnessContrast(p=0.5)])
    train = Images(job.files("train"), job.size, transform)
    val = Images(job.files("val"), job.size, None)
    loaders = (
        DataLoader(
            train, job.batch_size, shuffle=True, collate_fn=collate, num_workers=workers,
            persistent_workers=workers > 0, pin_memory=pinned,
        ),
        DataLoader(val, 32, collate_fn=collate, pin_memory=pinned),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        trainer = pl.Trainer(
            max_epochs=job.epochs,
            accelerator=job.accelerator,
            devices=1,
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
