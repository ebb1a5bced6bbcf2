"""Every word that the interface shows, a module and a class for each page, ready to be translated.

A text with `{names}` is filled in by `str.format`. What albumentations says about its own transforms, and the reasons
that errors of the core carry, come from there.
"""

from explorer.ui.texts.app import App
from explorer.ui.texts.augment import Augment
from explorer.ui.texts.charts import Charts
from explorer.ui.texts.files import Files
from explorer.ui.texts.help import Help
from explorer.ui.texts.idioms import ThenAndNow
from explorer.ui.texts.lab import Lab
from explorer.ui.texts.probes import Probes
from explorer.ui.texts.run import Run
from explorer.ui.texts.runs import Runs
from explorer.ui.texts.runs_list import RunsList
from explorer.ui.texts.statistics import Statistics
from explorer.ui.texts.train import Train
from explorer.ui.texts.train_fields import TrainFields
from explorer.ui.texts.usage import Usage

__all__ = [
    "App", "Augment", "Charts", "Files", "Help", "Lab", "Probes", "Run", "Runs", "RunsList", "Statistics",
    "ThenAndNow", "Train", "TrainFields", "Usage",
]  # fmt: skip
