"""`python -m explorer predict RUN [RUN ...]`: predict images by trained networks, and write what was found."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.runs.cli import table_files
from explorer.runs.cli.commands import begun, naming_mistakes, read_source, wait_for_end
from explorer.runs.cli.exit_codes import USAGE, CommandError
from explorer.runs.cli.predicted import answer
from explorer.runs.cli.run_ids import find
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.devices import DEVICES

if TYPE_CHECKING:
    from explorer.augment.pipeline import Pipeline
    from explorer.runs.spec.predict import Network, PredictPlan


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add what `predict` takes."""
    command.add_argument(
        "id", nargs="+", metavar="RUN",
        help="training runs, or studies whose runs have kept their checkpoints; or one finished prediction, to write "
        "its files",
    )  # fmt: skip
    images = command.add_mutually_exclusive_group()
    images.add_argument(
        "--part", choices=("train", "val", "test", "all"), help="of the data set (default: val; all with --data)",
    )  # fmt: skip
    images.add_argument("--images", metavar="FOLDER|TABLE", help="a folder of images, or a table that names them")
    command.add_argument("--data", metavar="SPEC.json", help="another data set with labels, as in a config")
    command.add_argument("--folder", default="", help="where the names of a table begin (default: its folder)")
    command.add_argument("--column", default="", help="the column of names of a table")
    command.add_argument("--encoding", default="", help="of a CSV table, such as cp949 (default: UTF-8)")
    command.add_argument("--which", choices=("best", "last"), default="best", help="the epoch of the weights")
    command.add_argument(
        "--tta", metavar="PRESET|PIPELINE.json", help="test-time augmentation: a pipeline whose views are averaged"
    )
    command.add_argument("--views", type=int, default=4, metavar="N", help="views besides the image (default 4)")
    command.add_argument("--seed", type=int, default=0, help="of the views (default 0)")
    command.add_argument("--skip-unusable", action="store_true", help="leave out images that cannot be read")
    command.add_argument("--sample", default="", metavar="SAMPLE.csv", help="a sample submission to be filled")
    command.add_argument(
        "--fills", choices=("probabilities", "probability", "label", "number"),
        help="what the columns of the sample take (default: recognized)",
    )  # fmt: skip
    command.add_argument("--fill-missing", action="store_true", help="fill ids without an image with the mean")
    command.add_argument(
        "--out",
        metavar="FILE",
        help="a new file: the filled sample, else a table (.csv or .parquet), or a .zip of masks; waits",
    )
    command.add_argument("--accelerator", choices=("auto", *DEVICES), help="default: that of the first run")
    command.add_argument("--name", default="", help="of the run")
    command.add_argument("--wait", action="store_true", help="wait for its end, and print its scores")


def predict(options: argparse.Namespace) -> int:
    """Start a prediction; with --wait or --out print what it found, and write the file."""
    _check_files(options)
    runs = [find(text) for text in options.id]
    if len(runs) == 1 and _kind(runs[0]) == "predict":
        return answer(options, runs[0])
    # Imported here: a config holds a pipeline, so that it takes seconds to import albumentations.
    from explorer.runs.life.launcher import start
    from explorer.runs.life.predicting import prediction

    with naming_mistakes("It cannot be predicted"):
        changes = {} if options.accelerator is None else {"accelerator": options.accelerator}
        config = prediction(_plan(options, runs), options.name, **changes)
        paths = start(config)
    if not (options.wait or options.out):
        return begun(options, paths)
    code = wait_for_end(options, paths)
    return code or answer(options, paths)


def _check_files(options: argparse.Namespace) -> None:
    if options.sample and not Path(options.sample).is_file():
        raise CommandError(f"There is no file {options.sample}.", USAGE)
    if options.out is None:
        return
    table_files.check(options.out, (*table_files.TABLES, ".zip"))
    if options.sample and not options.out.lower().endswith(".csv"):
        raise CommandError("A filled sample submission is written as .csv.", USAGE)


def _kind(paths: RunPaths) -> str:
    from explorer.base.atomic import read_json_object

    return str((read_json_object(paths.config) or {}).get("kind", "train"))


def _plan(options: argparse.Namespace, runs: list[RunPaths]) -> "PredictPlan":
    from pydantic import TypeAdapter, ValidationError

    from explorer.data.specs import DatasetSpec
    from explorer.runs.spec.config_errors import ConfigError, from_validation
    from explorer.runs.spec.predict import PredictPlan

    values: dict[str, Any] = {
        "networks": [network for paths in runs for network in _networks(paths, options.which)],
        "part": options.part or ("val" if options.data is None else "all"),
        "count": options.views,
        "seed": options.seed,
        "skip_unusable": options.skip_unusable,
        "fill_missing": options.fill_missing,
        "fills": options.fills,
        "sample": str(Path(options.sample).absolute()) if options.sample else "",
        "views": None if options.tta is None else _views(options.tta),
    }
    if options.images is not None:
        folder = str(Path(options.folder).absolute()) if options.folder else ""
        path = str(Path(options.images).absolute())
        values["images"] = {
            "path": path, "folder": folder, "image_column": options.column, "encoding": options.encoding
        }  # fmt: skip
    if options.data is not None:
        text = read_source(options.data)
        try:
            spec: Any = TypeAdapter(DatasetSpec).validate_python(_dataset(json.loads(text)))
        except (ValueError, ValidationError) as error:
            raise CommandError(f"{options.data} is not the spec of a data set: {error}", USAGE) from error
        values["dataset"] = spec.at(Path.cwd())
    try:
        return PredictPlan.model_validate(values)
    except ValidationError as error:
        raise ConfigError(from_validation(error, str).errors) from error


def _dataset(value: Any) -> Any:
    """The spec in a config, or the value itself."""
    return value["dataset"] if isinstance(value, dict) and "dataset" in value else value


def _networks(paths: RunPaths, which: str) -> "list[Network]":
    from explorer.runs.life.predicting import networks_of

    return list(networks_of(paths, "best" if which == "best" else "last"))


def _views(named: str) -> "Pipeline":
    """The pipeline of a preset, or of a file of JSON. Raises CommandError."""
    from pydantic import ValidationError

    from explorer.augment.pipeline import Pipeline, validate
    from explorer.augment.presets import draft, presets

    if named in presets():
        return validate(draft(named))
    if not named.endswith(".json"):
        raise CommandError(f"{named} is no preset. Choose one of {', '.join(presets())}, or a file .json.", USAGE)
    try:
        value = json.loads(read_source(named))
        found = value["pipeline"] if isinstance(value, dict) and "pipeline" in value else value
        return Pipeline.model_validate(found)
    except (ValueError, ValidationError) as error:
        raise CommandError(f"{named} is not a pipeline: {error}", USAGE) from error
