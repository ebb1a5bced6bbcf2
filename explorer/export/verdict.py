"""A study as one Python file that computes its verdict again from the stored answers."""

from pathlib import Path
from pprint import pformat

from explorer.metrics.verdicts.decision import smallest_that_matters
from explorer.metrics.verdicts.measured import judged
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, EffectsPlan, variants_of

_EMPTY = "STUDY: dict[str, Any] = {}\n"


def verdict_script(config: RunConfig) -> str:
    """Return the text of the file. Raises ValueError for a run that is no study of effects."""
    if not isinstance(config.study, EffectsPlan):
        raise ValueError("Only a study of effects has a verdict to compute again.")
    metric, variants = judged(config.monitor), variants_of(config.study, config.pipeline)
    others = [variant for variant in variants if variant.name not in (PIPELINE, NOTHING)]
    values = {
        "name": config.name,
        "metric": metric,
        "smallest": config.study.smallest or smallest_that_matters(metric),
        "planned": config.study.repeats,
        "gate": [PIPELINE, NOTHING] if len(others) < len(variants) - 1 else None,
        "contrasts": [[PIPELINE, variant.name] for variant in others],
        "titles": [variant.label for variant in others],
    }
    text = (Path(__file__).parent / "recomputed.py").read_text(encoding="utf-8")
    assert _EMPTY in text
    return text.replace(_EMPTY, f"STUDY: dict[str, Any] = {pformat(values, sort_dicts=False)}\n")
