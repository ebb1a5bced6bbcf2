"""Lightning's own loggers, beside the run's record: files for the tools that people already use.

logged/csv/attempt-1/metrics.csv    logged/tensorboard/attempt-1/events.out...    logged/mlflow.db
"""

import os
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from pytorch_lightning.loggers import CSVLogger, Logger, MLFlowLogger, TensorBoardLogger

from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError, RunConfig

_FLUSH_S = 5  # what a killed run may lose of its curves
_TRACKING = "MLFLOW_TRACKING_URI"  # MLflow's own variable with the address of its server


def offered() -> dict[str, str]:
    """Name of each logger in a config -> why it cannot be used here; "" if it can."""
    return {name: _why_not(_PACKAGES[name]) for name in _MAKE}


def make(config: RunConfig, paths: RunPaths, attempt: int) -> list[Logger]:
    """Make the loggers that a config asks for, with its values as hyperparameters.

    Each attempt has its own files: CSVLogger would delete those of the attempt before, and steps that are repeated
    after a kill would appear twice in a curve.

    Raises:
        ConfigError: The package of a logger is not installed.
    """
    missing = {name: reason for name, reason in offered().items() if name in config.loggers and reason}
    if missing:
        raise ConfigError({"loggers": " ".join(missing.values())})
    loggers = [_MAKE[name](paths, f"attempt-{attempt}") for name in dict.fromkeys(config.loggers)]
    for logger in loggers:
        logger.log_hyperparams(_flat(config.model_dump(mode="json", exclude={"pipeline"})))
    return loggers


def _csv(paths: RunPaths, attempt: str) -> Logger:
    # There is at most one row a second, so each can be written at once.
    return CSVLogger(paths.logged, name="csv", version=attempt, flush_logs_every_n_steps=1)


def _tensorboard(paths: RunPaths, attempt: str) -> Logger:
    return TensorBoardLogger(
        paths.logged, name="tensorboard", version=attempt, default_hp_metric=False, flush_secs=_FLUSH_S
    )


def _mlflow(paths: RunPaths, attempt: str) -> Logger:
    # A database, since MLflow 3 no longer writes plain files.
    address = os.environ.get(_TRACKING) or f"sqlite:///{paths.logged / 'mlflow.db'}"
    paths.logged.mkdir(exist_ok=True)
    return MLFlowLogger("augmentation-explorer", run_name=f"{paths.id} {attempt}", tracking_uri=address)


_MAKE: Mapping[str, Callable[[RunPaths, str], Logger]] = {
    "csv": _csv,
    "tensorboard": _tensorboard,
    "mlflow": _mlflow,
}
# Logger -> the package that it needs besides Lightning.
_PACKAGES = {"csv": "", "tensorboard": "tensorboard", "mlflow": "mlflow"}


def _why_not(package: str) -> str:
    if not package or find_spec(package) is not None:
        return ""
    return f"{package} is not installed here. Install it (pip install {package}), or choose another logger."


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values by names such as "dataset.kind": loggers show a flat table."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
