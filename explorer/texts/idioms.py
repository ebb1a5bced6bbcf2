"""Words of the page that puts training code for Lightning 1.x beside today's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Idiom:
    """One entry. key: its anchor in the address. then, now: Python. field: of the form that does it, "" for none."""

    key: str
    title: str
    then: str
    now: str
    why: str
    field: str = ""


class ThenAndNow:
    TITLE = "Then and now"
    INTRO = (
        "Training code written for Lightning 1.x does not run today, or runs and does something else. "
        "Here is each habit beside what it is now, and the field of the form that does it. "
        "Written for Lightning 2.6, PyTorch 2.13, torchmetrics 1.9 and albumentations 2.0.8."
    )
    THEN = "Then, Lightning 1.x"
    NOW = "Today"
    TO_FIELD = "In the form: {label}"
    NOTHING = "Nothing to set: every run does it."


IDIOMS: tuple[Idiom, ...] = (
    Idiom(
        "metrics",
        "Metrics have a package of their own",
        """
from pytorch_lightning.metrics import Accuracy

accuracy = Accuracy()
""",
        """
from torchmetrics.classification import MulticlassAccuracy

accuracy = MulticlassAccuracy(num_classes=5, average="micro")
""",
        "The metrics moved to torchmetrics: `pytorch_lightning.metrics` was deprecated in Lightning 1.3 and removed in "
        "1.5. The class says the task; its default average is the mean of the classes, so `micro` gives the plain "
        "share of right answers.",
        "monitor",
    ),
    Idiom(
        "auroc",
        "AUROC needs its task",
        """
auroc = AUROC(num_classes=2)
auroc(logits.softmax(dim=1), labels)
""",
        """
from torchmetrics.classification import BinaryAUROC

auroc = BinaryAUROC(thresholds=None)
auroc(logits.softmax(dim=1)[:, 1], labels)
""",
        "`num_classes` alone no longer chooses between binary and multiclass. The binary one takes one score for each "
        "image: the probability of class 1, or the only logit of a network. `thresholds=None` is exact; with a "
        "number of thresholds it is fast on a GPU and an estimate. Several classes: `MulticlassAUROC(num_classes=5)`, "
        "which is the mean of each class against the rest.",
        "monitor",
    ),
    Idiom(
        "validation-epoch-end",
        "Outputs are no longer collected for you",
        """
def validation_epoch_end(self, outputs):
    loss = torch.stack([x["loss"] for x in outputs]).mean()
    self.log("val_loss", loss)
""",
        """
def validation_step(self, batch, batch_idx):
    images, labels = batch
    logits = self(images)
    self.log("val_loss", self.loss(logits, labels), on_epoch=True, batch_size=len(labels))
    self.auroc.update(logits.softmax(dim=1)[:, 1], labels)


def on_validation_epoch_end(self):
    self.log("val_auroc", self.auroc.compute())
    self.auroc.reset()
""",
        "The hook with all outputs kept every batch in memory, and its mean over batches was wrong where the last one "
        "is smaller. Now a metric adds up as it goes; `on_validation_epoch_end` takes no outputs.",
    ),
    Idiom(
        "training-epoch-end",
        "The same for training",
        """
def training_epoch_end(self, outputs):
    self.log("train_acc", self.accuracy.compute())
""",
        """
def on_train_epoch_end(self):
    self.log("train_acc", self.accuracy.compute())
    self.accuracy.reset()
""",
        "It now comes after the validation of the epoch. A metric that is computed by hand has to be reset by hand.",
    ),
    Idiom(
        "gpus",
        "Devices",
        """
trainer = pl.Trainer(gpus=1)
trainer = pl.Trainer(tpu_cores=8)
""",
        """
trainer = pl.Trainer(accelerator="gpu", devices=1)
trainer = pl.Trainer(accelerator="auto", devices="auto")
""",
        "Which kind and how many are two questions. `devices=[0, 2]` names GPUs by number.",
        "accelerator",
    ),
    Idiom(
        "strategy",
        "Several GPUs",
        """
trainer = pl.Trainer(gpus=2, distributed_backend="ddp")
""",
        """
trainer = pl.Trainer(accelerator="gpu", devices=2, strategy="ddp")
""",
        "`distributed_backend` was removed in Lightning 1.5. The batch size is that of each GPU: two of them see twice "
        "as many images in a step, and the learning rate may have to follow.",
        "gpus",
    ),
    Idiom(
        "precision",
        "16 bits",
        """
trainer = pl.Trainer(precision=16)
""",
        """
trainer = pl.Trainer(precision="16-mixed")
trainer = pl.Trainer(precision="bf16-mixed")
""",
        "The name says that weights stay in 32 bits. bf16 has the range of 32 bits and needs no loss scaling: choose "
        "it where the device computes it.",
        "precision",
    ),
    Idiom(
        "amp-backend",
        "Apex is gone",
        """
trainer = pl.Trainer(amp_backend="apex", amp_level="O2", precision=16)
""",
        """
trainer = pl.Trainer(precision="16-mixed")
""",
        "Mixed precision is part of PyTorch. There is nothing to install and no level to choose.",
        "precision",
    ),
    Idiom(
        "checkpoint-callback",
        "Checkpoints are a callback like any other",
        """
saving = ModelCheckpoint(monitor="val_auc", mode="max")
trainer = pl.Trainer(checkpoint_callback=saving)
""",
        """
from pytorch_lightning.callbacks import ModelCheckpoint

saving = ModelCheckpoint(monitor="val_auroc", mode="max", save_top_k=1)
trainer = pl.Trainer(callbacks=[saving])
""",
        "`checkpoint_callback` was removed in Lightning 1.7. `mode` is min unless you say otherwise: without it a run "
        "keeps the checkpoint with the worst AUROC. Of equal values Lightning keeps the first epoch; a run here keeps "
        "the one with the lower validation loss.",
        "monitor",
    ),
    Idiom(
        "early-stopping",
        "Early stopping needs a monitor",
        """
trainer = pl.Trainer(callbacks=[EarlyStopping(patience=3)])
""",
        """
from pytorch_lightning.callbacks import EarlyStopping

stopping = EarlyStopping(monitor="val_auroc", mode="max", patience=3)
trainer = pl.Trainer(callbacks=[stopping])
""",
        "`monitor` has no default any more. Watch what you choose the best checkpoint by, with the same `mode`. A run "
        "here also goes on while its validation loss falls: an AUROC of 1 cannot rise, and the network still learns.",
        "early_stopping",
    ),
    Idiom(
        "onecycle",
        "OneCycleLR, stepped once an epoch",
        """
def configure_optimizers(self):
    optimizer = AdamW(self.parameters(), lr=1e-3)
    scheduler = OneCycleLR(optimizer, max_lr=1e-2, total_steps=steps)
    return [optimizer], [scheduler]
""",
        """
def configure_optimizers(self):
    optimizer = torch.optim.AdamW(self.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1e-2, total_steps=self.trainer.estimated_stepping_batches, pct_start=0.3
    )
    return {
        "optimizer": optimizer,
        "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
    }
""",
        "Without `interval` Lightning steps a schedule once an epoch: of a cycle of 1,000 steps, 10 epochs saw the "
        "first 10, all of them warm-up. It raised no error. The form draws the cycle while you fill it in.",
        "schedule",
    ),
    Idiom(
        "lr-find",
        "The learning rate finder",
        """
trainer = pl.Trainer(auto_lr_find=True)
trainer.tune(model)
""",
        """
from pytorch_lightning.tuner import Tuner

tuner = Tuner(trainer)
found = tuner.lr_find(model, datamodule=data)
model.lr = found.suggestion()
""",
        "It is a tool of its own now. Here it runs in the background: “Find learning rate” on the Train page, with its "
        "curve.",
        "learning_rate",
    ),
    Idiom(
        "advprop",
        "EfficientNet with advprop weights",
        """
net = EfficientNet.from_pretrained("efficientnet-b0", advprop=True)
net._fc = nn.Linear(net._fc.in_features, 5)
normalize = A.Normalize()
""",
        """
from efficientnet_pytorch import EfficientNet

net = EfficientNet.from_pretrained("efficientnet-b0", advprop=True, num_classes=5)
images = images / 127.5 - 1.0
""",
        "Weights trained with advprop expect -1 to 1, all others the mean and deviation of ImageNet. `A.Normalize()` "
        "gives the latter, which costs accuracy without an error.",
        "weights",
    ),
    Idiom(
        "normalize",
        "Normalizing in the pipeline",
        """
A.Compose([A.RandomResizedCrop(224, 224), A.HorizontalFlip(), A.Normalize(), ToTensorV2()])
""",
        """
import albumentations as A

pipeline = A.Compose([A.RandomResizedCrop(size=(224, 224)), A.HorizontalFlip(p=0.5)])
""",
        "Pixels travel as bytes, a quarter of the memory, and are scaled on the device as the weights expect. "
        "A pipeline that normalizes is accepted: then choose “none” here, or it happens twice. Sizes are one argument "
        "now, and a wrong name only warns.",
        "normalise",
    ),
    Idiom(
        "label-smoothing",
        "Label smoothing",
        """
smooth = labels * (1 - 0.1) + 0.1 / num_classes
loss = -(smooth * F.log_softmax(logits, dim=1)).sum(dim=1).mean()
""",
        """
import torch

loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
""",
        "Built in since PyTorch 1.10. The validation loss is reported with it too; metrics do not feel it.",
        "label_smoothing",
    ),
    Idiom(
        "pos-weight",
        "Weight of the positive class",
        """
weights = torch.where(labels == 1, 3.0, 1.0)
loss = F.binary_cross_entropy(torch.sigmoid(logits), labels, weight=weights)
""",
        """
import torch

loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))
""",
        "Logits go in as they are: the sigmoid of a large one is exactly 1 in 32 bits, and its logarithm is lost. "
        "“balanced” is negatives over positives, counted in the training split.",
        "pos_weight",
    ),
    Idiom(
        "seed",
        "The same numbers again",
        """
pl.seed_everything(42)
trainer = pl.Trainer(deterministic=True)
""",
        """
import pytorch_lightning as pl

pl.seed_everything(42, workers=True)
trainer = pl.Trainer(deterministic="warn")
""",
        "Each forked worker holds a copy of the pipeline's own generator: with albumentations 2.0.8 two workers draw "
        "the same augmentations, whatever is seeded. Here each image is drawn from (seed, epoch, index), so that "
        "neither workers nor a resume change it.",
        "seed",
    ),
    Idiom(
        "workers",
        "Loader workers",
        """
DataLoader(data, batch_size=16, shuffle=True, num_workers=8)
""",
        """
from torch.utils.data import DataLoader

DataLoader(data, batch_size=16, shuffle=True, num_workers=2, persistent_workers=True)
""",
        "More workers than cores take turns. Each also starts OpenCV's own threads, unless `cv2.setNumThreads(0)` says "
        "otherwise. Empty lets the trainer choose: on two cores often none is fastest.",
        "workers",
    ),
    Idiom(
        "accumulate",
        "Large batches on small memory",
        """
trainer = pl.Trainer(accumulate_grad_batches={0: 4}, gradient_clip_val=1.0)
""",
        """
import pytorch_lightning as pl

trainer = pl.Trainer(accumulate_grad_batches=4, gradient_clip_val=1.0)
""",
        "The dictionary by epoch is a callback now, GradientAccumulationScheduler. Lightning divides by the full "
        "number also where an epoch ends with fewer batches, so its last step is too small; a run here takes the mean "
        "of the batches that are left. Clipping looks at that mean, and a schedule is stepped with each step of the "
        "optimizer, not with each batch.",
        "accumulate",
    ),
    Idiom(
        "progress-bar",
        "The progress bar",
        """
trainer = pl.Trainer(progress_bar_refresh_rate=20)
""",
        """
from pytorch_lightning.callbacks import TQDMProgressBar

trainer = pl.Trainer(callbacks=[TQDMProgressBar(refresh_rate=20)])
""",
        "It is a callback, and `enable_progress_bar=False` leaves it out. A run here has a page instead.",
    ),
    Idiom(
        "averaging",
        "Averaging of weights",
        """
trainer = pl.Trainer(stochastic_weight_avg=True)
""",
        """
from pytorch_lightning.callbacks import StochasticWeightAveraging

trainer = pl.Trainer(callbacks=[StochasticWeightAveraging(swa_lrs=1e-2)])
""",
        "It replaces the schedule of the last epochs by one of its own, so it does not go together with OneCycleLR. "
        "It is left out here; a schedule that ends near 0 does much of the same.",
        "schedule",
    ),
    Idiom(
        "fast-dev-run",
        "Trying it out before a long run",
        """
trainer = pl.Trainer(fast_dev_run=True)
trainer.fit(model, data)
""",
        """
trainer = pl.Trainer(fast_dev_run=3, accelerator="auto")
trainer.fit(model, datamodule=data)
""",
        "It still exists, but saves no checkpoint and so cannot find out that saving fails. “Quick check” on the Train "
        "page also saves, loads, and says how long the run will take.",
        "batch_size",
    ),
    Idiom(
        "resume",
        "Going on from a checkpoint",
        """
trainer = pl.Trainer(resume_from_checkpoint="last.ckpt")
trainer.fit(model)
""",
        """
trainer = pl.Trainer(max_epochs=8)
trainer.fit(model, datamodule=data, ckpt_path="last.ckpt")
""",
        "The path belongs to the fit. In the middle of an epoch Lightning alone sees other batches after a resume; a "
        "run here ends with the same weights as one that nobody stopped.",
    ),
    Idiom(
        "load",
        "Loading weights from other people",
        """
state = torch.load("model.ckpt")
net.load_state_dict(state["state_dict"])
""",
        """
import torch

state = torch.load("model.ckpt", map_location="cpu", weights_only=True)
net.load_state_dict(state["state_dict"])
""",
        "A checkpoint is a pickle: loading it could run any code that its author put in. `weights_only=True` takes "
        "tensors and plain values; it is the default since PyTorch 2.6. safetensors cannot hold code at all.",
        "weights_file",
    ),
)
