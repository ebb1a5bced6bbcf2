"""Every word that the interface shows, a module and a class for each page, ready to be translated.

A text with `{names}` is filled in by `str.format`. What albumentations says about its own transforms, and the reasons
that errors of the core carry, come from there.
"""

from explorer.texts.app import App
from explorer.texts.augment import Augment
from explorer.texts.card import Card
from explorer.texts.charts import Charts
from explorer.texts.common import Common
from explorer.texts.compare import Compare
from explorer.texts.confirm import Confirm
from explorer.texts.data import Data
from explorer.texts.evidence import Evidence
from explorer.texts.files import Files
from explorer.texts.findings import Findings
from explorer.texts.folds import Folds
from explorer.texts.help import Help
from explorer.texts.immunity import Immunity
from explorer.texts.keeping import Keeping
from explorer.texts.lab import Lab
from explorer.texts.labels import Labels
from explorer.texts.looks import Looks
from explorer.texts.masks import Masks
from explorer.texts.matrix import Matrix
from explorer.texts.measured import Measured
from explorer.texts.mistakes import Mistakes
from explorer.texts.pictures import Pictures
from explorer.texts.predict import Predict
from explorer.texts.predict_masks import PredictMasks
from explorer.texts.preview import Preview
from explorer.texts.probes import Probes
from explorer.texts.recorded_images import RecordedImages
from explorer.texts.report import Report
from explorer.texts.report_masks import ReportMasks
from explorer.texts.run import Run
from explorer.texts.runs import Runs
from explorer.texts.runs_list import RunsList
from explorer.texts.saliency import Saliency
from explorer.texts.scores import Scores, ScoresOfLabels
from explorer.texts.search import Search
from explorer.texts.serving import Serving
from explorer.texts.statistics import Statistics
from explorer.texts.step_editor import StepEditor
from explorer.texts.study import Study
from explorer.texts.targets import Targets
from explorer.texts.then_and_now import ThenAndNow
from explorer.texts.train import Train
from explorer.texts.train_fields import TrainFields
from explorer.texts.uploads import Uploads
from explorer.texts.usage import Usage
from explorer.texts.worth import Worth

__all__ = [
    "App",
    "Augment",
    "Card",
    "Charts",
    "Common",
    "Compare",
    "Confirm",
    "Data",
    "Evidence",
    "Files",
    "Findings",
    "Folds",
    "Help",
    "Immunity",
    "Keeping",
    "Lab",
    "Labels",
    "Looks",
    "Masks",
    "Matrix",
    "Measured",
    "Mistakes",
    "Pictures",
    "Predict",
    "PredictMasks",
    "Preview",
    "Probes",
    "RecordedImages",
    "Report",
    "ReportMasks",
    "Run",
    "Runs",
    "RunsList",
    "Saliency",
    "Scores",
    "ScoresOfLabels",
    "Search",
    "Serving",
    "Statistics",
    "StepEditor",
    "Study",
    "Targets",
    "ThenAndNow",
    "Train",
    "TrainFields",
    "Uploads",
    "Usage",
    "Worth",
]
