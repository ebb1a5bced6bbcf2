"""Albumentations lives in this room, and only here."""

import os
import sys
import warnings

# Its import asks the network for a newer version otherwise.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
# A pipeline of color changes on a sample with boxes is in order; albumentations warns of it each time.
warnings.filterwarnings("ignore", message="Got processor for (bboxes|keypoints), but no transform to process it")

# Albumentations imports torch if it is installed, for ToTensorV2 alone, which the catalog leaves out, and the client of
# Hugging Face, to which nothing is sent. That costs more than a second and 190 MB in each process that draws, so they
# are out of sight for the length of the import.
_hidden = [name for name in ("torch", "huggingface_hub") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # type: ignore[arg-type]  # None marks a module that must not be imported
try:
    import albumentations  # noqa: F401
finally:
    for name in _hidden:
        del sys.modules[name]
