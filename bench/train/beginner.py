"""`python -m bench.train.beginner JOB MARKS`: the same training as most people write it.

Every JPEG is decoded in each epoch, batches are float32 with channels first, a frozen backbone still makes its graph,
and threads of the loader and of torch share the cores as they like.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import albumentations as A
import cv2
import pytorch_lightning as pl
import torch
from albumentations.pytorch import ToTensorV2
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchmetrics.classification import MulticlassAUROC

from bench.train.job import Job, Marks, lite0

WORKERS = 2


class Images(Dataset[Any]):
    """Files, decoded when they are asked for."""

    def __init__(self, files: list[tuple[str, int]], transform: A.Compose) -> None:
        self.files = files
        self.transform = transform

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Any:
        path, label = self.files[index]
        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        return self.transform(image=image)["image"], label


class Model(pl.LightningModule):
    """EfficientNet-Lite0 with a head for two classes."""

    def __init__(self, job: Job, steps: int) -> None:
        super().__init__()
        self.job, self.steps = job, steps
        self.net: Any = lite0()
        self.auroc = MulticlassAUROC(2)
        if job.frozen:
            for parameter in self.net.parameters():
                parameter.requires_grad = False
            head: Any = self.net._fc
            for parameter in head.parameters():
                parameter.requires_grad = True

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) float32 -> (N, 2)."""
        outputs: Tensor = self.net(images)
        return outputs

    def training_step(self, batch: Any) -> Tensor:
        """Cross entropy."""
        loss = nn.functional.cross_entropy(self(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any) -> None:
        """Loss and AUROC."""
        outputs = self(batch[0])
        self.auroc.update(outputs.float().softmax(1), batch[1])
        self.log("val_loss", nn.functional.cross_entropy(outputs, batch[1]))
        self.log("val_auroc", self.auroc)

    def configure_optimizers(self) -> Any:
        """AdamW and OneCycleLR."""
        optimizer = torch.optim.AdamW(self.parameters(), lr=self.job.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.job.learning_rate, total_steps=self.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def main() -> None:
    """Train."""
    job, marks = Job.read(sys.argv[1]), Path(sys.argv[2])
    square = [A.SmallestMaxSize(job.size), A.CenterCrop(job.size, job.size)]
    tensor = [A.Normalize(), ToTensorV2()]
    train = Images(
        job.files("train"), A.Compose([*square, A.HorizontalFlip(p=0.5), A.RandomBrightnessContrast(p=0.5), *tensor])
    )
    val = Images(job.files("val"), A.Compose([*square, *tensor]))
    loaders = (
        DataLoader(train, job.batch_size, shuffle=True, num_workers=WORKERS),
        DataLoader(val, job.batch_size, num_workers=WORKERS),
    )
    with tempfile.TemporaryDirectory() as scratch:
        trainer = pl.Trainer(
            max_epochs=job.epochs,
            accelerator="cpu",
            precision=job.precision,
            callbacks=[Marks(marks)],
            default_root_dir=scratch,
        )
        trainer.fit(Model(job, len(loaders[0]) * job.epochs), *loaders)


if __name__ == "__main__":
    main()
