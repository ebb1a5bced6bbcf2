"""What folds, learning curves and searches have found, as text and as values for JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.runs.overview.studies.folds import FoldsFound
    from explorer.runs.overview.studies.search import SearchFound
    from explorer.runs.overview.studies.worth import WorthFound
    from explorer.runs.record.paths import RunPaths
    from explorer.runs.spec.config import RunConfig

Answer = tuple[str, dict[str, Any]]

_WORTH = {"worth": "worth", "costs": "costs", "unknown": "cannot be said"}
_SEARCH = {
    "beats": "what was chosen beats TrivialAugment",
    "not better": "nothing beats TrivialAugment",
    "equal": "nothing beats TrivialAugment by a difference that matters",
    "unknown": "cannot tell yet whether anything beats TrivialAugment",
    None: "no verdict before the planned repeats are done",
}


def answer(paths: "RunPaths", config: "RunConfig") -> Answer | None:
    """Return what was found; None before the first results, and for other studies. Raises StudyRecordError."""
    from explorer.runs.overview.studies import folds, search, worth

    if (of_folds := folds.read(paths, config)) is not None:
        return _of_folds(paths, of_folds) if of_folds.done else None
    if (curves := worth.read(paths, config)) is not None:
        return _of_curves(paths, curves)
    found = search.read(paths, config)
    return None if found is None else _of_search(paths, found)


def _of_curves(paths: "RunPaths", found: "WorthFound") -> Answer:
    worth = found.worth
    verdict = _WORTH[worth.code] if found.speaks else "no verdict before the planned repeats are done"
    if worth.photographs is None:
        said = f"undefined: {worth.why}"
    else:
        low, high = ("beyond " if worth.low_open else "") + f"{worth.low:.0f}", f"{worth.high:.0f}"
        high = f"more than {high}" if worth.high_open else high
        said = f"{worth.photographs:.0f} photographs, 95% interval {low} to {high}: {verdict}"
    lines = [f"{found.images:,} images, {found.done} of {found.plan.repeats} repeats, {found.metric}.", "", said]
    if worth.plus is not None and worth.minus is not None:
        curves = zip(worth.sizes, worth.plus.values, worth.minus.values, strict=True)
        lines += ["", "images  with   without", *(f"{size:6}  {plus:.3f}  {minus:.3f}" for size, plus, minus in curves)]
    value = {"id": paths.id, "repeats": found.done, "planned": found.plan.repeats, "worth": asdict(worth)}
    return "\n".join(lines), value


def _of_folds(paths: "RunPaths", found: "FoldsFound") -> Answer:
    scores, spread = found.scores["last"], {key: found.spread("last", key) for key in found.scores["last"]}
    assert found.answers is not None
    images = len(found.answers.known)
    head = f"{found.done} of {found.plan.folds} folds, {images:,} images, each judged by the run that has not seen it."
    lines = [head, "", "last epoch  score   95% interval    single folds"]
    for key, score in scores.items():
        if score.value is None:
            lines.append(f"{key:10}  undefined: {score.why}")
            continue
        ends = "-" if score.low is None or score.high is None else f"{score.low:.4f} to {score.high:.4f}"
        single = spread[key]
        between = "-" if single is None else f"{single[0]:.4f} to {single[1]:.4f}"
        lines.append(f"{key:10}  {score.value:.4f}  {ends}  {between}")
    value = {
        "id": paths.id,
        "folds": found.done,
        "planned": found.plan.folds,
        "images": images,
        "scores": {which: {key: asdict(score) for key, score in by.items()} for which, by in found.scores.items()},
        "single": [{"fold": one.fold + 1, "scores": one.scores} for one in found.folds if one.scores],
    }
    return "\n".join(lines), value


def _of_search(paths: "RunPaths", found: "SearchFound") -> Answer:
    titles = [one.label for one in found.offered]
    total = found.plan.repeats * found.plan.folds
    lines = [
        f"{found.images:,} images, {len(found.outer)} of {total} outer folds, chosen among {len(titles)} steps.",
        "",
        _SEARCH[found.verdict],
    ]
    for effect in found.effects.main if found.effects else ():
        if effect.effect is not None:
            lines.append(f"against {effect.minus}: {effect.effect:+.4f} [{effect.low:+.4f}, {effect.high:+.4f}]")
    chosen = None if found.whole is None else [titles[place] for place in found.whole.chosen]
    if chosen is not None:
        lines += ["", f"Chosen on all images: {', '.join(chosen) or 'no step'}."]
    counts = dict(zip(titles, found.counts.tolist(), strict=True))
    lines += [f"{title}: chosen in {count}" for title, count in counts.items() if count]
    value = {
        "id": paths.id,
        "outer": len(found.outer),
        "planned": total,
        "verdict": found.verdict,
        "effects": asdict(found.effects) if found.effects else None,
        "chosen": chosen,
        "counts": counts,
    }
    return "\n".join(lines), value
