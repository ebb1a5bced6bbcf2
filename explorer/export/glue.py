"""What an exported file has between the source that is lifted: text whose lines depend on what a run does."""

from collections.abc import Set
from string import Template
from typing import Any

from explorer.augment.pipeline import scaling_step
from explorer.export.facts import Facts
from explorer.runs.spec.config import RunConfig


def traits(config: RunConfig, facts: Facts) -> frozenset[str]:
    """What the config and the facts of a run mean for the lines of its file."""
    kept, learns_late = config.kept, config.frozen and config.unfreeze_epoch is not None
    holds = {
        "scales": scaling_step(config.pipeline) is not None,
        "has workers": facts.workers > 0,
        "keeps squares": kept is not None and kept.square,
        "keeps whole": kept is not None and not kept.square,
        "reads files": not config.dataset.embedded,
        "mixes": config.mixing != "none",
        "freezes": config.frozen,
        "unfreezes": learns_late,
        "learns all": not config.frozen or learns_late,
        "pretrained": config.weights != "none",
        "own scale": config.weights == "file" and config.normalise == "auto",
        "old names": config.backbone.startswith("deit-"),
        "starts": facts.start is not None,
        "accumulates": config.accumulate > 1,
        # By rules 1 Lightning divides by ACCUMULATE and chooses the best epoch.
        "shares": config.accumulate > 1 and config.rules != 1,
        "ranks": config.rules != 1,
        "stops early": config.early_stopping is not None,
        "learned": config.early_stopping is not None and config.rules != 1,
        "clips": config.gradient_clip is not None,
        "balances": "balanced" in (config.pos_weight, config.class_weights),
        "binary": config.loss == "bce",
        config.schedule: True,
    }
    return frozenset(name for name, held in holds.items() if held)


def literal(value: Any) -> str:
    """A value as Python writes it, with double quotes where no text in it has quotes or backslashes."""
    text = repr(value)
    return text if {'"', "\\"} & set(text) else text.replace("'", '"')


def filled(template: str, having: Set[str] = frozenset(), **values: object) -> str:
    """The template with values for its `$names`.

    A line that ends in `#? this, not that` stands for such traits only. One that opens a block stands and falls with
    its whole block and the empty lines after it.
    """
    kept: list[str] = []
    without: int | None = None  # how deep the line is indented whose block is left out
    for line in template.splitlines():
        text, _, condition = line.partition("  #? ")
        indent = len(text) - len(text.lstrip())
        if without is not None and (indent > without or not text):
            continue
        stands = _stands(condition, having)
        without = indent if text.endswith(":") and not stands else None
        kept += [text] if stands else []
    return Template("\n".join(kept)).substitute({name: str(value) for name, value in values.items()})


def _stands(condition: str, having: Set[str]) -> bool:
    wanted = condition.split(", ") if condition else []
    return all((one.removeprefix("not ") in having) is not one.startswith("not ") for one in wanted)
