"""What the pool is asked for: previews and cells of those pipelines, on small and on large photographs."""

import random
from collections.abc import Iterator

from bench.fuzz.drafts import Checked, pipelines
from explorer.augment.pipeline import Pipeline
from explorer.data.photographs import photographs
from explorer.draw.encoding import Classes
from explorer.draw.pictures import Photograph, Subject
from explorer.draw.requests import Cell, Preview

Asked = Preview | Cell
SIDES = (64, 64, 64, 128, 128, 512)  # px of the longer side: mostly small, for the number of requests
_CELLS = 0.3  # the share of requests that are cells of the laboratory
_COLORS = ((230, 159, 0), (0, 114, 178), (0, 158, 115), (204, 121, 167))


def requests(seed: int, checked: Checked) -> Iterator[Asked]:
    """Without end; the same for the same seed."""
    chance = random.Random(seed)
    known = list(photographs().values())
    for pipeline in pipelines(chance, checked):
        photograph = chance.choice(known)
        subject = Subject(Photograph(photograph.name), chance.choice(SIDES))
        yield _one(pipeline, subject, Classes(photograph.classes, _COLORS), chance)


def _one(pipeline: Pipeline, subject: Subject, classes: Classes, chance: random.Random) -> Asked:
    seed = chance.randrange(2**31)
    if chance.random() < _CELLS:
        return Cell(subject, pipeline, seed, classes)
    return Preview(subject, pipeline, seed, classes, difference=chance.random() < 0.1)
