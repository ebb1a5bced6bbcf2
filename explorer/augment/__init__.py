"""Albumentations lives in this room, and only here."""

import os
import sys
import warnings

# Its import asks the network for a newer version otherwise.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
# A pipeline of color changes on a sample with boxes is in order; albumentations warns of it each time.
warnings.filterwarnings("ignore", message="Got processor for (bboxes|keypoints), but no transform to process it")

# Albumentations imports torch if it is installed, for ToTensorV2 alone, which the catalog leaves out. That costs a
# second and 190 MB in each process that draws, so torch is out of sight for the length of the import.
if "torch" not in sys.modules:
    sys.modules["torch"] = None  # type: ignore[assignment]  # how Python marks a module that must not be imported
    try:
        import albumentations  # noqa: F401
    finally:
        del sys.modules["torch"]
