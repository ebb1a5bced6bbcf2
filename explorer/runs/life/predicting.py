"""The config of a prediction, made from that of the run whose network it uses first."""

from typing import Any, Literal

from explorer.base.atomic import read_json_object
from explorer.runs.record.paths import RunPaths, run_paths
from explorer.runs.spec.config import ConfigError, RunConfig, from_values, loads
from explorer.runs.spec.members import runs_of
from explorer.runs.spec.predict import Network, PredictPlan

Which = Literal["best", "last"]

# What a prediction does not take from the run whose network it uses first.
_CHANGES: dict[str, Any] = {
    "kind": "predict",
    "study": None,
    "pair": None,
    "start_from": None,
    "loggers": (),
    "gpus": (),
}


def paths_of(network: Network) -> RunPaths:
    """The folder of the run that has trained a network. Raises RunNotFound where its run is gone."""
    paths = run_paths(network.run)
    return paths if network.member is None else paths.member(network.member)


def networks_of(paths: RunPaths, which: Which = "best") -> tuple[Network, ...]:
    """The networks that a run has trained: its own, or those of a study that has kept their checkpoints.

    Raises ConfigError where there are none.
    """
    try:
        config = loads(paths.config.read_bytes())
    except OSError as error:
        raise ConfigError({"predict.networks": f"{paths.id} has no readable run.json: {error.strerror}."}) from error
    if config.kind == "train":
        found = [Network(run=paths.id, which=which)] if _has(paths, which) else []
    else:
        numbers = range(runs_of(config.study))
        found = [Network(run=paths.id, member=n, which=which) for n in numbers if _has(paths.member(n), which)]
    if not found:
        raise ConfigError({"predict.networks": f"{paths.id} has kept no {which} checkpoint: there is no network."})
    return tuple(found)


def _has(paths: RunPaths, which: Which) -> bool:
    return (paths.best if which == "best" else paths.last).exists()


def config_of(network: Network) -> RunConfig:
    """The config of the run that has trained a network.

    Raises:
        RunNotFound: Its run is gone.
        ConfigError: The run cannot be read, or is no training.
    """
    paths = paths_of(network)
    try:
        config = loads(paths.config.read_bytes())
    except OSError as error:
        said = f"The run {network.run} has no readable run.json: {error.strerror}."
        raise ConfigError({"predict.networks": said}) from error
    if config.kind != "train":
        said = f"{network.run} has trained no network: it is a run of kind {config.kind}."
        raise ConfigError({"predict.networks": said})
    return config


def title_of(network: Network) -> str:
    """What a network is called: by the name of its run, and which one of a study it is, from 1."""
    asked = read_json_object(run_paths(network.run).config) or {}
    name = str(asked.get("name") or network.run)
    return name if network.member is None else f"{name}, run {network.member + 1}"


def prediction(plan: PredictPlan, name: str = "", **changes: Any) -> RunConfig:
    """Make the config of a prediction.

    Args:
        plan: What it predicts, and with which networks.
        name: Of the run; empty for one that names the network.
        changes: Other fields of the config, such as its accelerator.

    Raises:
        RunNotFound: The run of the first network is gone.
        ConfigError: It cannot be read, or the changes are wrong.
    """
    first = config_of(plan.networks[0])
    whole = plan.networks[0].model_copy(update={"member": None})  # the name of a study, not that of one of its runs
    named = name or f"prediction of {title_of(whole)}"[:100]
    return from_values(first.model_dump() | _CHANGES | {"predict": plan.model_dump(), "name": named} | changes)
