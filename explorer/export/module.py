"""The part of an exported file that Lightning drives: the module, its metrics, and the training itself."""

from explorer.export import optimizing, sources
from explorer.export.facts import Facts
from explorer.export.imports import Setting
from explorer.export.loss import balances
from explorer.export.network import head, takes
from explorer.export.taken import taken
from explorer.runs.spec import ranking
from explorer.runs.spec.config import RunConfig

_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any


def settings(config: RunConfig, facts: Facts) -> list[Setting]:
    """The constants that the code below may use."""
    return [
        Setting("SEED", config.seed),
        Setting("ACCELERATOR", _ACCELERATORS.get(facts.accelerator, facts.accelerator)),
        Setting("PRECISION", facts.precision),
        Setting("THREADS", facts.threads, "another number gives other last digits"),
        Setting("WORKERS", facts.workers),
        Setting("START", str(facts.start or ""), "the run began with the weights of this checkpoint"),
    ]


# Metrics


def metrics(classes: int) -> list[str]:
    """`measured(logits, labels, predicted)`."""
    if classes == 2:
        return [_AREA, _MEASURED.format(auroc=_AUROC_OF_TWO)]
    return [_AREA, _LOG_ODDS, _AUROC, _MEASURED.format(auroc="auroc(logits, labels)")]


_AREA = '''\
def area(scores, mine):
    """AUROC: how often one of `mine` scores above one of the others, ties count half (Mann and Whitney)."""
    positives, negatives = int(mine.sum()), int((~mine).sum())
    above = rankdata(scores)[mine].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives)) if positives and negatives else math.nan
'''

_LOG_ODDS = '''\
def log_odds(logits):
    """(N, C) log(p / (1 - p)) of the probabilities p, which themselves would round to ties near 1."""
    rows, best = np.arange(len(logits)), logits.argmax(axis=1)
    top = logits[rows, best]
    shares = np.exp(logits - top[:, None])
    odds = logits - top[:, None] - np.log(np.maximum(shares.sum(axis=1, keepdims=True) - shares, 1.0))
    others = logits.copy()
    others[rows, best] = -np.inf
    second = others.max(axis=1)
    odds[rows, best] = top - second - np.log(np.exp(others - second[:, None]).sum(axis=1))
    return odds
'''

_AUROC = '''\
def auroc(logits, labels):
    """Mean of each class against the rest, where that is defined."""
    odds = log_odds(logits)
    areas = [area(odds[:, label], labels == label) for label in range(len(CLASSES))]
    defined = [value for value in areas if not math.isnan(value)]
    return float(np.mean(defined)) if defined else math.nan
'''

_AUROC_OF_TWO = "area(logits[:, 1] - logits[:, 0], labels == 1)"

_MEASURED = '''\
def measured(logits, labels, predicted):
    """Metrics of (N, C) float64 logits and (N,) predicted classes."""
    return {{
        "auroc": {auroc},
        "f1_macro": float(f1_score(labels, predicted, average="macro", zero_division=0)),
        "accuracy": float((labels == predicted).mean()),
    }}
'''


# The module


def module(config: RunConfig) -> list[str]:
    """`place_seed` and the class `Classifier`."""
    balanced = balances(config)
    binary = config.loss == "bce"
    text = _MODULE.format(
        takes=takes(config),
        parameter=", loss_weights=None" if balanced else "",
        further="; loss_weights: of `balanced`. Both matter in training only." if balanced else ", for the schedule.",
        keep="        self.loss_weights = loss_weights\n" if balanced else "",
        logits="logits_of(self.network(images).float())" if binary else "self.network(images).float()",
        unfreezing=_UNFREEZING if config.unfreeze_epoch is not None else "",
        step=_step(config),
        weights=_weights(config),
        scores="logits_of(outputs)" if binary else "outputs",
        predicted="(outputs[:, 0] > ODDS).long()" if binary else "outputs.argmax(dim=1)",
        ranked=_ranked(config),
    )
    method = optimizing.method(config, head(config))
    return [_PLACE_SEED, *_ranking(config), *optimizing.sections(config), text + method]


def _ranking(config: RunConfig) -> list[str]:
    """What chooses the best epoch, and says whether the latest brought something; rules 1 leave both to Lightning."""
    if config.rules == 1:
        return []
    if config.early_stopping is None:
        return [taken(ranking.score, ranking.best_epoch)]
    return [taken(ranking.score, ranking.best_epoch, ranking.learned_epoch)]


def _ranked(config: RunConfig) -> str:
    if config.rules == 1:
        return ""
    learned = _LEARNED if config.early_stopping is not None else ""
    return _RANKED.format(monitor=config.monitor) + learned


def _weights(config: RunConfig) -> str:
    return ", self.loss_weights" if balances(config) else ""


_PLACE_SEED = '''\
def place_seed(epoch, batch):
    """A seed for torch that follows from the place in the run, so that dropout depends on nothing else."""
    return int(np.random.SeedSequence([SEED, epoch, batch]).generate_state(1, np.uint64)[0] >> 1)
'''

_MODULE = '''\
class Classifier(pl.LightningModule):
    """steps_per_epoch: of the optimiser{further}"""

    def __init__(self, steps_per_epoch=1{parameter}):
        super().__init__()
        self.network = Network()
        self.steps_per_epoch = steps_per_epoch
{keep}        self.outputs, self.labels, self.history = [], [], []

    def forward(self, images):
        """{takes} -> (N, C) logits."""
        return {logits}
{unfreezing}
    def on_train_batch_start(self, batch, batch_idx):
        torch.manual_seed(place_seed(self.current_epoch, batch_idx))

    def training_step(self, batch, batch_idx):
        images, labels = batch
{step}
    def on_validation_epoch_start(self):
        self.outputs, self.labels = [], []

    def validation_step(self, batch, batch_idx):
        images, labels = batch
        self.outputs.append(self.network(images).float().cpu())
        self.labels.append(labels.cpu())

    def on_validation_epoch_end(self):
        """Metrics are of all images together, not means over batches."""
        outputs, labels = torch.cat(self.outputs), torch.cat(self.labels)
        logits, predicted = {scores}, {predicted}
        values = {{"val_loss": float(loss_of(outputs, labels{weights}))}}
        values |= measured(logits.double().numpy(), labels.numpy(), predicted.numpy())
        self.log_dict(values)
        self.history.append({{"epoch": self.current_epoch, **values}})
{ranked}        told = ", ".join(f"{{name}} {{value:.4f}}" for name, value in values.items())
        print(f"epoch {{self.current_epoch + 1}} of {{EPOCHS}}: {{told}}", flush=True)
'''

_UNFREEZING = """
    def on_train_epoch_start(self):
        if self.current_epoch + 1 == UNFREEZE_EPOCH:
            self.network.freeze(False)
"""


_RANKED = """\
        scores = [score(epoch, "{monitor}") for epoch in self.history]
        losses = [-score(epoch, "val_loss") for epoch in self.history]
        self.log("best_epoch", float(best_epoch(scores, losses)))
"""
_LEARNED = """\
        self.log("learned_epoch", float(learned_epoch(scores, losses)))
"""


def _step(config: RunConfig) -> str:
    weights = _weights(config)
    means = config.accumulate > 1 and config.rules != 1
    share, times = (_SHARE, "share * ") if means else ("", "")
    if config.mixing == "none":
        return f"{share}        return {times}loss_of(self.network(images).float(), labels{weights})\n"
    mixed = "share * (lam * own + (1 - lam) * other)" if means else "lam * own + (1 - lam) * other"
    return f"""\
{share}        mix = mixed(self.current_epoch, batch_idx, images)
        if mix is None:
            return {times}loss_of(self.network(images).float(), labels{weights})
        images, lam, partners = mix
        outputs = self.network(images).float()
        own, other = (loss_of(outputs, truth{weights}) for truth in (labels, labels[partners]))
        return {mixed}
"""


_SHARE = """\
        # A step is the mean of its batches: Lightning divides by ACCUMULATE, also where an epoch ends with fewer.
        share = ACCUMULATE / batches_in_step(batch_idx, self.trainer.num_training_batches, ACCUMULATE)
"""


# The training


def main(config: RunConfig, facts: Facts) -> str:
    """`main`, and the call of it."""
    data = sources.of(config.dataset).argument
    balanced = ", balanced([label for _, label in train])" if balances(config) else ""
    accumulated = config.accumulate > 1
    return _MAIN.format(
        arguments=_ARGUMENTS.format(data=data) if data else _NO_ARGUMENTS,
        data="options.data" if data else "",
        steps="math.ceil(len(loader) / ACCUMULATE)" if accumulated else "len(loader)",
        balanced=balanced,
        pretrained="    load_pretrained(model.network)\n" if config.weights != "none" else "",
        start=_START if facts.start is not None else "",
        devices=list(config.gpus) or 1,
        stopping=_stopping(config),
        stop=", stopping" if config.early_stopping is not None else "",
        saves_by=_watched(config, "best_epoch"),
        accumulate="        accumulate_grad_batches=ACCUMULATE,\n" if accumulated else "",
        clip=f"        gradient_clip_val={config.gradient_clip!r},\n" if config.gradient_clip is not None else "",
    )


def _stopping(config: RunConfig) -> str:
    if config.early_stopping is None:
        return ""
    watched = _watched(config, "learned_epoch")
    return f"    stopping = EarlyStopping({watched}, patience={config.early_stopping}, check_finite=False)\n"


def _watched(config: RunConfig, number: str) -> str:
    """What a callback looks at: the number of an epoch, which rises with a better one; the value itself by rules 1."""
    if config.rules == 1:
        return f'monitor="{config.monitor}", mode="{"min" if config.monitor == "val_loss" else "max"}"'
    return f'monitor="{number}", mode="max"'


_ARGUMENTS = """\
    parser.add_argument("--data", type=Path, default=Path(DATA), help="{data}")
    options = parser.parse_args()
"""
_NO_ARGUMENTS = "    parser.parse_args()\n"
_START = '    model.load_state_dict(torch.load(START, map_location="cpu", weights_only=True)["state_dict"])\n'

_MAIN = '''\
def main():
    """Train; metrics.json and best.ckpt are written beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
{arguments}    here = Path(__file__).resolve().parent
    torch.set_num_threads(THREADS)
    cv2.setNumThreads(0)  # the cores are torch's
    train, val = list_data({data})
    loader = train_loader(train)
    torch.manual_seed(place_seed(2**32 - 1, 0))  # of the new weights; no epoch has this number
    model = Classifier({steps}{balanced})
{pretrained}    model.network.to(memory_format=torch.channels_last)  # nearly twice as fast on a processor
{start}    best = ModelCheckpoint(here, "best", {saves_by}, enable_version_counter=False)
{stopping}    trainer = pl.Trainer(
        accelerator=ACCELERATOR,
        devices={devices},
        precision=PRECISION,
        max_epochs=EPOCHS,
{accumulate}{clip}        callbacks=[best{stop}],
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, loader, val_loader(val))
    (here / "metrics.json").write_text(json.dumps(model.history, indent=2) + "\\n")


if __name__ == "__main__":
    main()
'''
