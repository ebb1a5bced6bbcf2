"""Every word that the interface shows, a module and a class for each page, ready to be translated.

A text with `{names}` is filled in by `str.format`. What albumentations says about its own transforms, and the reasons
that errors of the core carry, come from there.
"""

from explorer.texts.app import App
from explorer.texts.augment import Augment
from explorer.texts.charts import Charts
from explorer.texts.common import Common
from explorer.texts.compare import Compare
from explorer.texts.evidence import Evidence
from explorer.texts.files import Files
from explorer.texts.help import Help
from explorer.texts.keeping import Keeping
from explorer.texts.lab import Lab
from explorer.texts.matrix import Matrix
from explorer.texts.mistakes import Mistakes
from explorer.texts.pictures import Pictures
from explorer.texts.preview import Preview
from explorer.texts.probes import Probes
from explorer.texts.recorded_images import RecordedImages
from explorer.texts.report import Report
from explorer.texts.run import Run
from explorer.texts.runs import Runs
from explorer.texts.runs_list import RunsList
from explorer.texts.saliency import Saliency
from explorer.texts.scores import Scores
from explorer.texts.serving import Serving
from explorer.texts.statistics import Statistics
from explorer.texts.step_editor import StepEditor
from explorer.texts.targets import Targets
from explorer.texts.then_and_now import ThenAndNow
from explorer.texts.train import Train
from explorer.texts.train_fields import TrainFields
from explorer.texts.usage import Usage

__all__ = [
    "App", "Augment", "Charts", "Common", "Compare", "Evidence", "Files", "Help", "Keeping", "Lab", "Matrix",
    "Mistakes", "Pictures", "Preview", "Probes", "RecordedImages", "Report", "Run", "Runs", "RunsList", "Saliency",
    "Scores", "Serving", "Statistics", "StepEditor", "Targets", "ThenAndNow", "Train", "TrainFields", "Usage",
]  # fmt: skip
