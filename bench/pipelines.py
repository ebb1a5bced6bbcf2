"""The pipelines that are measured."""

import json
from pathlib import Path
from typing import Any

from explorer.augment.files import dumps_draft
from explorer.augment.pipeline import Draft, Group, Pipeline, Step

DRAFT_ID = "bench-nested-pipeline"
AFFINE = "affine"


def _step(node_id: str, transform: str, **params: Any) -> Step:
    return Step(id=node_id, transform=transform, p=1.0, params=params)


def nested_ten() -> Draft:
    """Ten steps in composers, of which three fire: a flip, a change of color, Affine. `pages/plain.py` is the same."""
    flips = tuple(_step(f"f{n}", name) for n, name in enumerate(("HorizontalFlip", "VerticalFlip", "Transpose")))
    names = ("RandomBrightnessContrast", "HueSaturationValue", "RandomGamma")
    colors = tuple(_step(f"c{n}", name) for n, name in enumerate(names))
    blurs = tuple(_step(f"b{n}", name) for n, name in enumerate(("Blur", "MedianBlur", "GaussianBlur")))
    affine = _step(AFFINE, "Affine", rotate=[-15.0, 15.0], scale=[0.9, 1.2], keep_ratio=True)
    return Draft(
        nodes=(
            Group(kind="OneOf", id="flip", p=1.0, children=flips),
            Group(kind="SomeOf", id="color", p=1.0, children=colors),
            Group(
                kind="Sequential", id="place", p=1.0,
                children=(affine, Group(kind="OneOf", id="blur", p=0.0, children=blurs)),
            ),
        )
    )  # fmt: skip


def six_steps() -> Pipeline:
    """Six cheap steps that all fire."""
    names = (
        "HorizontalFlip", "VerticalFlip", "RandomBrightnessContrast", "RandomGamma", "Transpose", "HueSaturationValue",
    )  # fmt: skip
    return Pipeline(nodes=tuple(_step(f"n{number}", name) for number, name in enumerate(names)))


def keep(home: Path, draft: Draft, selected: str, draft_id: str = DRAFT_ID, seed: int = 0) -> str:
    """Lay a draft into a home, as the app itself would; return the query that opens it."""
    folder = home / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    view = {"selected": selected, "seed": seed}
    record = {"version": 1, "past": [], "present": dumps_draft(draft), "future": [], "view": view}
    (folder / f"{draft_id}.json").write_text(json.dumps(record))
    return f"?draft={draft_id}"
