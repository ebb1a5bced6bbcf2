"""The networks that a prediction is started with: of a run, of the folds of a study, or of several runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.base.words import counted
from explorer.runs.life.predicting import config_of
from explorer.runs.overview.summary import summarize
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.studies.parts import MEMBER, parts
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.runs.spec.predict import Network
from explorer.texts import Common
from explorer.texts import Predict as T


@dataclass(frozen=True)
class Networks:
    """What predicts.

    Attributes:
        title: Of the dialog.
        name: Of the run, or of the first of several.
        of: Each network, with the best epoch of its weights.
        both: Whether each has weights of the last epoch too.
        of_folds: Whether they were trained on the folds of one data set.
    """

    title: str
    name: str
    of: tuple[Network, ...]
    both: bool
    of_folds: bool = False

    @property
    def key(self) -> str:
        """A word for the keys of widgets."""
        return "+".join(dict.fromkeys(one.run for one in self.of))

    def configs(self) -> tuple[RunConfig, ...]:
        """Return the configs of the runs that trained them. Raises RunNotFound, ConfigError."""
        return tuple(config_of(one) for one in self.of)

    def chosen(self, which: str) -> tuple[Network, ...]:
        """Return the networks with the weights of an epoch, "best" or "last"."""
        return tuple(one.model_copy(update={"which": which}) for one in self.of)


def of_run(paths: RunPaths, config: RunConfig | None) -> Networks | None:
    """Return what can predict of a run or a study; None where there is nothing."""
    name = summarize(paths).name
    if config is not None and isinstance(config.study, FoldsPlan):
        trained = [n for n in parts(paths, MEMBER) if n < config.study.folds and paths.member(n).best.exists()]
        if not trained:
            return None
        networks = tuple(Network(run=paths.id, member=number) for number in trained)
        title = T.TITLE_FOLDS.format(networks=counted(len(networks), *Common.NETWORK), name=name)
        both = all(paths.member(number).last.exists() for number in trained)
        return Networks(title, name, networks, both, of_folds=True)
    if config is None or config.kind != "train" or not paths.best.exists():
        return None
    return Networks(T.TITLE.format(name=name), name, (Network(run=paths.id),), paths.last.exists())


def of_runs(ids: Sequence[str]) -> Networks | None:
    """Return what can predict of several training runs together; None for fewer than two with a checkpoint."""
    found: list[RunPaths] = []
    for run_id in ids:
        try:
            paths = run_paths(run_id)
        except RunNotFound:
            continue
        if paths.best.exists():
            found.append(paths)
    if len(found) < 2:
        return None
    networks = tuple(Network(run=paths.id) for paths in found)
    both = all(paths.last.exists() for paths in found)
    return Networks(T.TITLE_SEVERAL.format(count=len(found)), summarize(found[0]).name, networks, both)


def in_words(chosen: Sequence[Network], titles: Mapping[tuple[str, int | None], str]) -> str:
    """Return what predicts, in words.

    Args:
        chosen: The networks of a plan.
        titles: The name of each run at the time of the prediction, by its id and its number in a study.
    """
    first = chosen[0]
    if len(chosen) > 1 and first.member is not None and {one.run for one in chosen} == {first.run}:
        return T.NETWORKS_OF.format(count=len(chosen), name=_name_of(first.run))
    title = titles.get((first.run, first.member)) or _name_of(first.run)
    return title if len(chosen) == 1 else T.NETWORKS.format(first=title, count=len(chosen) - 1)


def _name_of(run_id: str) -> str:
    try:
        return summarize(run_paths(run_id)).name
    except RunNotFound:
        return run_id
