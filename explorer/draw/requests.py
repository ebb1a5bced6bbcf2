"""Everything that a worker can be asked for."""

from explorer.draw.batch import FirstBatch, Trial
from explorer.draw.cells import Both, Cell
from explorer.draw.counting import Draws
from explorer.draw.presets import PresetPicture
from explorer.draw.preview import Preview
from explorer.draw.seeds import SeedFor
from explorer.draw.sources import Describe
from explorer.draw.uploads import Checked, ColorsOf, KeepReference, MaskOf, Recolored, ReferencePicture

__all__ = [
    "Both", "Cell", "Checked", "ColorsOf", "Describe", "Draws", "FirstBatch", "KeepReference", "MaskOf",
    "PresetPicture", "Preview", "Recolored", "ReferencePicture", "SeedFor", "Trial",
]  # fmt: skip
