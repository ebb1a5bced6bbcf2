"""Albumentations lives in this room, and only here."""

import os
import warnings

# Its import asks the network for a newer version otherwise.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
# A pipeline of colour changes on a sample with boxes is in order; albumentations warns of it each time.
warnings.filterwarnings("ignore", message="Got processor for (bboxes|keypoints), but no transform to process it")
