"""The part of an exported file that changes weights: the optimiser, and the schedule of its rate."""

from collections.abc import Callable, Mapping

from explorer.export.imports import Setting, literal
from explorer.export.taken import taken
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import batches_in_step, cosine_share


def settings(config: RunConfig) -> list[Setting]:
    """The constants that the code below may use."""
    return [
        Setting("EPOCHS", config.epochs),
        Setting("ACCUMULATE", config.accumulate, "batches to one step of the optimizer"),
        Setting("LEARNING_RATE", config.learning_rate),
        Setting("BACKBONE_RATE", config.learning_rate * config.backbone_lr_factor),
        Setting("WEIGHT_DECAY", config.weight_decay),
        Setting("WARMUP_EPOCHS", config.warmup_epochs),
    ]


def sections(config: RunConfig) -> list[str]:
    """What `method` needs."""
    means = config.accumulate > 1 and config.rules != 1
    return [
        *([taken(batches_in_step)] if means else []),
        *([taken(cosine_share)] if config.schedule == "cosine" else []),
        _GROUPS,
    ]


def method(config: RunConfig, head: str) -> str:
    """The method `configure_optimizers`. head: the name of the last layer."""
    learns = not config.frozen or config.unfreeze_epoch is not None
    backbone = _BACKBONE_GROUP if learns else ""
    return _OPTIMIZERS.format(
        head=head,
        backbone=backbone,
        last=_SCHEDULES[config.schedule](config, _optimizer(config)),
    )


_OPTIMIZERS = '''
    def configure_optimizers(self):
        """Weight decay is for the weights of layers: it would shrink biases and norms for nothing."""
        head = list(self.network.net.{head}.parameters())
        groups = parameter_groups(head, LEARNING_RATE)
{backbone}{last}'''

_BACKBONE_GROUP = """\
        ours = {id(parameter) for parameter in head}
        backbone = [parameter for parameter in self.network.net.parameters() if id(parameter) not in ours]
        groups += parameter_groups(backbone, BACKBONE_RATE)
"""

_GROUPS = '''\
def parameter_groups(parameters, rate):
    """Those that decay, and those that do not."""
    decaying = [parameter for parameter in parameters if parameter.ndim > 1]
    rest = [parameter for parameter in parameters if parameter.ndim <= 1]
    groups = [
        {"params": decaying, "lr": rate, "weight_decay": WEIGHT_DECAY},
        {"params": rest, "lr": rate, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
'''


def _optimizer(config: RunConfig) -> str:
    if config.optimizer == "adamw":
        return "torch.optim.AdamW(groups, lr=LEARNING_RATE)"
    nesterov = ", nesterov=True" if config.nesterov else ""
    return f"torch.optim.SGD(groups, lr=LEARNING_RATE, momentum={config.momentum!r}{nesterov})"


_TOTAL = "        total = EPOCHS * self.steps_per_epoch\n"
_RETURN = """\
        # Stepped after each step of the optimizer, not after each epoch.
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
"""


def _constant(_config: RunConfig, optimizer: str) -> str:
    return f"        return {optimizer}\n"


def _cosine(_config: RunConfig, optimizer: str) -> str:
    return f"""\
        optimizer = {optimizer}
{_TOTAL}        warmup = round(WARMUP_EPOCHS * self.steps_per_epoch)
        schedule = LambdaLR(optimizer, lambda step: cosine_share(step, total, warmup))
{_RETURN}"""


_ONECYCLE_DEFAULTS = {
    "pct_start": 0.3,
    "anneal_strategy": "cos",
    "cycle_momentum": True,
    "base_momentum": 0.85,
    "max_momentum": 0.95,
    "div_factor": 25.0,
    "final_div_factor": 1e4,
    "three_phase": False,
}


def _onecycle(config: RunConfig, optimizer: str) -> str:
    """With only those arguments that are not PyTorch's defaults."""
    chosen = {name: getattr(config, name) for name in _ONECYCLE_DEFAULTS}
    changed = {name: value for name, value in chosen.items() if value != _ONECYCLE_DEFAULTS[name]}
    arguments = "".join(f"            {name}={literal(value)},\n" for name, value in changed.items())
    rates = '[group["lr"] for group in groups]'
    if not arguments:
        schedule = f"        schedule = OneCycleLR(optimizer, {rates}, total_steps=total)\n"
        return f"        optimizer = {optimizer}\n{_TOTAL}{schedule}{_RETURN}"
    return f"""\
        optimizer = {optimizer}
{_TOTAL}        schedule = OneCycleLR(
            optimizer,
            {rates},
            total_steps=total,
{arguments}        )
{_RETURN}"""


_SCHEDULES: Mapping[str, Callable[[RunConfig, str], str]] = {
    "constant": _constant,
    "cosine": _cosine,
    "onecycle": _onecycle,
}
