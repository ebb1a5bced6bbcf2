"""What makes a prediction less worth than it looks: images that were trained on, and views that a network never saw."""

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from explorer.augment.unseen import unseen
from explorer.data.dataset import DatasetError, Split
from explorer.data.formats.spec import FileSpec
from explorer.data.inspection import Looking
from explorer.data.specs import DatasetSpec
from explorer.data.stored import ImageError
from explorer.runs.life.predicting import paths_of
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, reason
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.predict import PredictPlan
from explorer.training.predictions.judges import Judge
from explorer.training.predictions.sources import Source

_GLANCED = 200  # images of a run that are looked at for links


def cautions(plan: PredictPlan, judges: Sequence[Judge], source: Source, looking: Looking) -> list[Why]:
    """What a reader of the scores has to know, as codes."""
    return [
        *(reason("predicted_whole", run=one.about.title) for one in judges if one.config.evaluation == "sliding"),
        *_unseen_views(plan, judges),
        *_divided_anew(plan, judges[0], source),
        *_trained_on(plan, judges, source, looking),
    ]


def _unseen_views(plan: PredictPlan, judges: Sequence[Judge]) -> list[Why]:
    if plan.views is None:
        return []
    found: dict[tuple[str, ...], list[str]] = {}
    for judge in judges:
        if steps := unseen(plan.views, judge.config.pipeline):
            found.setdefault(steps, []).append(judge.about.title)
    return [
        reason("views_unseen", steps=", ".join(steps), run=titles[0])
        if len(titles) == 1
        else reason("views_unseen_by_several", steps=", ".join(steps), networks=len(titles))
        for steps, titles in found.items()
    ]


def _divided_anew(plan: PredictPlan, judge: Judge, source: Source) -> list[Why]:
    """A note where the validation part of the first run now has images that it had not when it was trained."""
    if plan.part != "val" or plan.dataset is not None or plan.images is not None:
        return []
    try:
        before = ValidationImages.load(paths_of(plan.networks[0]).validation)
    except ValidationRecordError:
        return []  # runs of earlier versions have no list
    known = set(before.ids)
    new = sum(name not in known for name in source.ids)
    return [reason("divided_anew", run=judge.about.title, images=new, all=len(source))] if new else []


def _trained_on(plan: PredictPlan, judges: Sequence[Judge], source: Source, looking: Looking) -> list[Why]:
    """A note for each network that was trained on some of the images."""
    own = judges[0].config.dataset if plan.dataset is None else plan.dataset
    shown = _Shown(None if plan.images is not None else own, next(iter(source.splits.values())))
    counted: dict[str, int] = {}  # networks of one data set and division share what is found
    found: list[tuple[int, str]] = []  # how many of the images a network was trained on, and its title
    for judge, network in zip(judges, plan.networks, strict=True):
        spec = judge.config.dataset.with_range(judge.depth)
        key = spec.model_dump_json()
        if key not in counted:
            counted[key] = shown.trained_by(spec, paths_of(network), looking)
        found.append((counted[key], judge.about.title))
    found = [(both, title) for both, title in found if both]
    if len(found) > 1:
        most = max(both for both, _ in found)
        return [reason("trained_on_by_several", networks=len(found), images=most, all=len(source))]
    return [reason("trained_on", run=title, images=both, all=len(source)) for both, title in found]


class _Shown:
    """The images of a prediction, compared with those that networks were trained on."""

    def __init__(self, spec: DatasetSpec | None, split: Split) -> None:
        """spec: their data set; None for images of a folder or a table."""
        self._spec, self._split = spec, split

    @cached_property
    def _sources(self) -> list[str]:
        return list(map(_place, map(self._split.source, range(len(self._split)))))

    def trained_by(self, spec: DatasetSpec, paths: RunPaths, looking: Looking) -> int:
        """How many are among the training images of a run with this data set."""
        if not self._may_share(spec, paths):
            return 0
        try:
            train = spec.open(looking).train
        except (DatasetError, ImageError):
            return 0  # the data set of that run is gone or has changed, so that nothing can be told of its images
        if self._is_file_of(spec):
            names = set(train.ids)  # its parts have other names, and no pixels have to be read
            return sum(name in names for name in self._split.ids)
        trained = set(map(_place, map(train.source, range(len(train)))))
        return sum(one in trained for one in self._sources)

    def _is_file_of(self, spec: DatasetSpec) -> bool:
        """Whether both are images of the same file of arrays."""
        own = self._spec
        return (
            isinstance(own, FileSpec) and isinstance(spec, FileSpec) and not own.has_files and own.kind == spec.kind
            and own.root.resolve() == spec.root.resolve()
        )  # fmt: skip

    def _may_share(self, spec: DatasetSpec, paths: RunPaths) -> bool:
        """Whether it is worth listing all images of a data set: a large one takes minutes."""
        own = self._spec
        in_files = isinstance(spec, FileSpec) and spec.has_files
        if own is not None and not (isinstance(own, FileSpec) and own.has_files):
            return own.kind == spec.kind
        if not isinstance(spec, FileSpec) or not in_files:
            return False
        root = spec.images.resolve()
        return any(Path(one).is_relative_to(root) for one in self._sources) or _leads_elsewhere(spec, root, paths)


def _leads_elsewhere(spec: FileSpec, root: Path, paths: RunPaths) -> bool:
    """Whether images of a run lie outside of its folder, by links or by paths; looks at some that it was judged by."""
    try:
        listed = ValidationImages.load(paths.validation).ids
    except ValidationRecordError:
        return True  # of a run of an earlier version nothing is known
    return not all(Path(_place(spec.images / name)).is_relative_to(root) for name in listed[:_GLANCED])


def _place(source: Path | str) -> str:
    """Where a file is, whatever links lead to it; of an image in no file, the words of what it is made of.

    Folders are looked up once each: a million files would take minutes.
    """
    if isinstance(source, str):
        return source
    return str(source.resolve() if source.is_symlink() else _folder(source.parent) / source.name)


@cache
def _folder(path: Path) -> Path:
    return path.resolve()
