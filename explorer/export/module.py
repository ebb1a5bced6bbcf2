"""The part of an exported file that Lightning drives: the module, and the training itself."""

from collections.abc import Set

from explorer.export import loss, masks
from explorer.export.glue import filled, literal
from explorer.export.lifting import Part, lift
from explorer.export.sources import SOURCES
from explorer.metrics.table import EVERY
from explorer.runs.spec.config import RunConfig

_ONECYCLE = (  # the recipe has PyTorch's defaults
    "pct_start", "anneal_strategy", "cycle_momentum", "base_momentum", "max_momentum", "div_factor",
    "final_div_factor", "three_phase",
)  # fmt: skip
_LIFTED = {  # trait -> what it needs
    "shares": ["runs.spec.schedules.batches_in_step"],
    "ranks": ["runs.spec.ranking.score", "runs.spec.ranking.best_epoch"],
    "learned": ["runs.spec.ranking.learned_epoch"],
    "cosine": ["runs.spec.schedules.cosine_share"],
}


def parts(config: RunConfig, having: Set[str]) -> list[Part]:
    """The class `Classifier`, and `main` with its call."""
    places = ["training.module.BUILD", "training.module.batch_seed", "training.optimizers.parameter_groups"]
    places += [place for trait, needed in _LIFTED.items() if trait in having for place in needed]
    module = filled(
        _MODULE,
        having,
        monitor=config.monitor,
        better=EVERY[config.monitor].better,
        optimizer=_optimizer(config),
        onecycle=_onecycle(config),
    )
    main = filled(
        _MAIN,
        having,
        workers=", **workers" if "has workers" in having else "",
        data=(masks.SOURCES if "masks" in having else SOURCES)[config.dataset.kind].argument,
        loss=loss.expression(config),
        steps="math.ceil(len(loader) / ACCUMULATE)" if "accumulates" in having else "len(loader)",
        devices=list(config.gpus) or 1,
        best=_watched(config, "best_epoch"),
        learned=_watched(config, "learned_epoch"),
        patience=config.early_stopping,
        clip=repr(config.gradient_clip),
        callbacks="best, stopping" if "stops early" in having else "best",
    )
    return [lift(*places), module, main]


def _watched(config: RunConfig, number: str) -> str:
    """What a callback monitors: the number of the best epoch so far, or by rules 1 the value itself."""
    if config.rules == 1:
        return f'monitor="{config.monitor}", mode="{"min" if EVERY[config.monitor].better == "lower" else "max"}"'
    return f'monitor="{number}", mode="max"'


def _optimizer(config: RunConfig) -> str:
    """The optimizer of `groups`, as an expression."""
    if config.optimizer == "adamw":
        return "torch.optim.AdamW(groups, lr=LEARNING_RATE)"
    nesterov = ", nesterov=True" if config.nesterov else ""
    return f"torch.optim.SGD(groups, lr=LEARNING_RATE, momentum={config.momentum!r}{nesterov})"


def _onecycle(config: RunConfig) -> str:
    """The arguments of OneCycleLR that are not its defaults."""
    chosen = {name: getattr(config, name) for name in _ONECYCLE}
    fields = RunConfig.model_fields
    changed = [f"{name}={literal(value)}" for name, value in chosen.items() if value != fields[name].default]
    arguments = ["optimizer", "rates", "total_steps=total", *changed]
    return "\n            " + ",\n            ".join(arguments) + ",\n        " if changed else ", ".join(arguments)


_MODULE = '''\
class Classifier(pl.LightningModule):
    """loss: of outputs and labels. steps_per_epoch: of the optimizer. Both matter in training only."""

    def __init__(self, loss=None, steps_per_epoch=1):
        super().__init__()
        self.network = make_network()
        self.loss, self.steps_per_epoch = loss, steps_per_epoch
        self.outputs, self.labels, self.history = [], [], []  #? not masks
        self.losses, self.cells, self.history = [], [], []  #? masks

    def forward(self, images):
        """Images as `Network` takes them -> (N, C) logits."""  #? not masks, not labels
        """Images as `Network` takes them -> (N, L) log odds of each label."""  #? labels
        """Images as `Network` takes them -> (N, C, S, S) logits."""  #? masks
        return self.network(images).float()  #? not binary
        return two_logits(self.network(images).float())  #? binary

    def on_train_epoch_start(self):  #? unfreezes
        if self.current_epoch + 1 == UNFREEZE_EPOCH:
            self.network.freeze(False)

    def on_train_batch_start(self, batch, batch_idx):
        torch.manual_seed(batch_seed(SEED, self.current_epoch, batch_idx))

    def training_step(self, batch, batch_idx):
        images, labels = batch
        mix = mix_of(self.current_epoch, batch_idx, images)  #? mixes
        if mix is None:  #? mixes
            loss = self.loss(self.network(images).float(), labels)
        else:  #? mixes
            outputs = self.network(mixed(images, mix)).float()
            own, other = (self.loss(outputs, truth) for truth in (labels, partners_of(labels, mix)))  #? not masks
            loss = mix.lam * own + (1 - mix.lam) * other  #? not masks
            loss = self.loss(outputs, pasted(labels, mix))  #? masks
        loss = self.loss(self.network(images).float(), labels)  #? shares, not mixes
        # Lightning divides by ACCUMULATE, also at the end of an epoch, where a step may have fewer batches.  #? shares
        return ACCUMULATE / batches_in_step(batch_idx, self.trainer.num_training_batches, ACCUMULATE) * loss  #? shares
        return loss  #? mixes, not shares
        return self.loss(self.network(images).float(), labels)  #? not mixes, not shares

    def validation_step(self, batch, batch_idx):
        images, labels = batch
        outputs = self.network(images).float()  #? masks
        self.losses.append(float(self.loss(outputs, labels)) * len(outputs))  #? masks
        self.cells.append(cells_of(labels, outputs.argmax(dim=1), len(CLASSES)).cpu().numpy())  #? masks
        self.outputs.append(self.network(images).float().cpu())  #? not masks
        self.labels.append(labels.cpu())  #? not masks

    def on_validation_epoch_end(self):
        """Metrics are of all images together, not means over batches."""
        cells, losses = np.concatenate(self.cells), self.losses  #? masks
        self.cells, self.losses = [], []  #? masks
        values = {"val_loss": sum(losses) / len(cells)} | measured(cells)  #? masks
        outputs, labels = torch.cat(self.outputs), torch.cat(self.labels)  #? not masks
        self.outputs, self.labels = [], []  #? not masks
        logits, predicted = outputs, outputs.argmax(dim=1)  #? not binary, not masks, not labels
        logits, predicted = outputs, (outputs > ODDS).long()  #? labels
        logits, predicted = two_logits(outputs), (outputs[:, 0] > ODDS).long()  #? binary
        values = {"val_loss": float(self.loss(outputs, labels))}  #? not masks
        values |= measured(logits.numpy(), labels.numpy(), predicted.numpy())  #? not masks
        self.log_dict(values)
        known = {name: None if math.isnan(value) else value for name, value in values.items()}
        self.history.append({"epoch": self.current_epoch, **known})
        scores = [score(epoch["$monitor"], "$better") for epoch in self.history]  #? ranks
        losses = [-score(epoch["val_loss"], "lower") for epoch in self.history]  #? ranks
        self.log("best_epoch", float(best_epoch(scores, losses)))  #? ranks
        self.log("learned_epoch", float(learned_epoch(scores, losses)))  #? learned
        text = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
        print(f"epoch {self.current_epoch + 1} of {EPOCHS}: {text}", flush=True)

    def configure_optimizers(self):
        backbone, head = self.network.parts()  #? learns all
        groups = parameter_groups(head, LEARNING_RATE, WEIGHT_DECAY)  #? learns all
        groups = parameter_groups(self.network.parts()[1], LEARNING_RATE, WEIGHT_DECAY)  #? not learns all
        groups += parameter_groups(backbone, BACKBONE_RATE, WEIGHT_DECAY)  #? learns all
        return $optimizer  #? constant
        optimizer = $optimizer  #? not constant
        total = EPOCHS * self.steps_per_epoch  #? not constant
        warmup = round(WARMUP_EPOCHS * self.steps_per_epoch)  #? cosine
        schedule = LambdaLR(optimizer, lambda step: cosine_share(step, total, warmup, MIN_LR_RATIO))  #? cosine
        rates = [group["lr"] for group in groups]  #? onecycle
        schedule = OneCycleLR($onecycle)  #? onecycle
        # Stepped after each step of the optimizer, not after each epoch.  #? not constant
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}  #? not constant
'''

_MAIN = '''\
def main():
    """Train; metrics.json and best.ckpt are written beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(DATA), help="$data")  #? reads files
    options = parser.parse_args()  #? reads files
    parser.parse_args()  #? not reads files
    here = Path(__file__).resolve().parent
    torch.set_num_threads(THREADS)
    cv2.setNumThreads(0)  # the cores are torch's
    train, val = list_data(options.data)  #? reads files
    train, val = list_data()  #? not reads files
    sampler, alone = EpochSampler(len(train)), leaves_one_out(len(train), BATCH_SIZE)
    workers = {"num_workers": WORKERS, "persistent_workers": True}  #? has workers
    loader = DataLoader(Images(train), BATCH_SIZE, sampler=sampler, collate_fn=collate, drop_last=alone$workers)
    places = [(None, index) for index in range(len(val))]
    val_loader = DataLoader(Images(val), max(BATCH_SIZE, 32), sampler=places, collate_fn=collate)  #? not masks
    val_loader = DataLoader(Images(val), BATCH_SIZE, sampler=places, collate_fn=collate)  #? masks
    counts = np.bincount([label for _, label in train], minlength=len(CLASSES))  #? balances, not masks, not labels
    having = np.array([labels for _, labels in train]).sum(axis=0)  #? balances, labels
    counts = np.stack([len(train) - having, having], axis=1)  #? balances, labels
    counts = sum(np.bincount(TARGETS[whole(key)[1]].ravel(), minlength=256) for key in train)  #? balances, masks
    counts = counts[: len(CLASSES)]  #? balances, masks
    loss = $loss
    torch.manual_seed(batch_seed(SEED, BUILD, 0))
    model = Classifier(loss, $steps)
    load_pretrained(model.network)  #? pretrained, not masks
    model.network.to(memory_format=torch.channels_last)  # nearly twice as fast on a processor
    model.load_state_dict(torch.load(START, map_location="cpu", weights_only=True)["state_dict"])  #? starts
    best = ModelCheckpoint(here, "best", $best, enable_version_counter=False)
    stopping = EarlyStopping($learned, patience=$patience, check_finite=False)  #? stops early
    trainer = pl.Trainer(
        accelerator=ACCELERATOR,
        devices=$devices,
        precision=PRECISION,
        max_epochs=EPOCHS,
        accumulate_grad_batches=ACCUMULATE,  #? accumulates
        gradient_clip_val=$clip,  #? clips
        callbacks=[$callbacks],
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, loader, val_loader)
    (here / "metrics.json").write_text(json.dumps(model.history, indent=2) + "\\n")


if __name__ == "__main__":
    main()
'''
