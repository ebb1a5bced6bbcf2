"""What stands beside pipelines in code and is none: it adds no pipeline, and takes none away."""

from explorer.augment.code import read_code
from tests.augment.code.plain import nodes

FLIP = "import albumentations as A\naug = A.Compose([A.HorizontalFlip(p=1)])\n"
FUNCTIONS = [
    'A.save(aug, "aug.json")',
    'A.save(A.Compose([A.VerticalFlip(p=1)]), "other.json")',
    "record = A.to_dict(aug)\nagain = A.from_dict(record)",
    'saved = A.load("aug.json")',
    "again = A.ReplayCompose.replay(saved, image=image)",
    'other = A.Compose.from_pretrained("someone/pipeline")',
    "from albumentations.augmentations.functional import elastic_transform\nbent = elastic_transform(image)",
    "small = A.functional.resize(image, (4, 4))",
    "from fastai.vision.all import *\nlast = Normalize.from_stats(*imagenet_stats)",
    "from fastai.vision.all import *\nlast = Resize(224)",
    "own = A.Lambda(image=A.Compose([A.VerticalFlip(p=1)]))",
]


def test_functions_of_albumentations_make_no_step_and_hide_no_pipeline() -> None:
    flips = {"aug": [["HorizontalFlip", 1.0, {}]], "line 3": [["VerticalFlip", 1.0, {}]]}
    for code in FUNCTIONS:
        found = {one.title: nodes(one.draft.nodes) for one in read_code(FLIP + code) if one.draft.nodes}
        expected = flips if "VerticalFlip" in code else {"aug": flips["aug"]}
        assert found == expected, code
        assert not any(one.notes for one in read_code(FLIP + code) if one.draft.nodes), code
    # A name that begins with a capital is a step, which 2.0.8 may lack.
    (found,) = read_code("t = A.Compose([A.HorizontalFlip(p=1), A.Unheard(3), A.unheard(3)])")
    assert [note.text for note in found.notes] == [
        "Unheard is set aside. albumentations 2.0.8 has no transform of that name.",
        "A.unheard(3) is set aside. It is not known what it does.",
    ]
