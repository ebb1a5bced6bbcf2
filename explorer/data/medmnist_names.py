"""The names of the classes of MedMNIST's flat data sets, which its files lack.

Names and counts of images are those that MedMNIST publishes. A file is known by its name and by
its counts of images for training, validation and testing, which are the same in all sizes.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A data set. counts: images for training, validation and testing. classes: the names, by label."""

    counts: tuple[int, int, int]
    classes: tuple[str, ...]


_ORGANS = (
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver", "lung-left", "lung-right",
    "pancreas", "spleen",
)  # fmt: skip
KNOWN: Mapping[str, Known] = {
    "pathmnist": Known(
        (89_996, 10_004, 7_180),
        (
            "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
            "cancer-associated stroma", "colorectal adenocarcinoma epithelium",
        ),
    ),
    "chestmnist": Known(
        (78_468, 11_219, 22_433),
        (
            "atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia", "pneumothorax",
            "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia",
        ),
    ),
    "dermamnist": Known(
        (7_007, 1_003, 2_005),
        (
            "actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesions",
            "dermatofibroma", "melanoma", "melanocytic nevi", "vascular lesions",
        ),
    ),
    "octmnist": Known(
        (97_477, 10_832, 1_000),
        ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    ),
    "pneumoniamnist": Known((4_708, 524, 624), ("normal", "pneumonia")),
    "breastmnist": Known((546, 78, 156), ("malignant", "normal, benign")),
    "bloodmnist": Known(
        (11_959, 1_712, 3_421),
        (
            "basophil", "eosinophil", "erythroblast", "immature granulocytes", "lymphocyte", "monocyte", "neutrophil",
            "platelet",
        ),
    ),
    "tissuemnist": Known(
        (165_466, 23_640, 47_280),
        (
            "Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule", "Glomerular endothelial cells",
            "Interstitial endothelial cells", "Leukocytes", "Podocytes", "Proximal Tubule Segments",
            "Thick Ascending Limb",
        ),
    ),
    "organamnist": Known((34_581, 6_491, 17_778), _ORGANS),
    "organcmnist": Known((13_000, 2_392, 8_268), _ORGANS),
    "organsmnist": Known((13_940, 2_452, 8_829), _ORGANS),
}  # fmt: skip


def names_of(stem: str, counts: tuple[int, ...], classes: int) -> tuple[str, ...]:
    """The names of the classes of a file; () where it is none of MedMNIST.

    Args:
        stem: the name of the file without suffix, such as pathmnist or pathmnist_64.
        counts: of its images for training, validation and testing.
        classes: how many it has.
    """
    known = KNOWN.get(stem.lower().partition("_")[0])
    fits = known is not None and known.counts == counts and len(known.classes) == classes
    return known.classes if known is not None and fits else ()
