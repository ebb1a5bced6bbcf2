"""`python -m explorer study CONFIG.json` and `verdict ID`: start a study of augmentation, and print what it found."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from explorer.runs.cli import confirming, report, table_files
from explorer.runs.cli.commands import begun, naming_mistakes, read_source, wait_for_end
from explorer.runs.cli.decided import as_decided
from explorer.runs.cli.exit_codes import FAILED, WRONG_STATE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.cli.verdict_words import WORDS
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.metrics.verdicts.effects import Effect
    from explorer.runs.overview.studies.effects import EffectsFound


def study(options: argparse.Namespace) -> int:
    """Start a study, and with --wait print what it found. A config without a plan asks for the effect of each step."""
    text = read_source(options.config)
    # Imported here: a config holds a pipeline, so that it takes seconds to import albumentations.
    from explorer.runs.life.launcher import start
    from explorer.runs.spec.config import loads, with_absolute_paths

    with naming_mistakes(f"{options.config} cannot be studied"):
        paths = start(as_decided(options, with_absolute_paths(loads(with_plan(text)), Path.cwd())))
    if not options.wait:
        return begun(options, paths)
    code = wait_for_end(options, paths)
    return code or _answer(options, paths)


def add_out(command: argparse.ArgumentParser) -> None:
    """Add what `verdict` takes for the out-of-fold table."""
    command.add_argument(
        "--out",
        metavar="FILE",
        help="of a study of folds: a new file (.csv or .parquet) with the probabilities of each image by the run that "
        "has not seen it",
    )
    command.add_argument(
        "--which", choices=("best", "last"), default="last", help="the epoch of the weights of that file (default last)"
    )


def verdict(options: argparse.Namespace) -> int:
    """Print what a study has found so far, and write the file that was asked for.

    Raises CommandError where there is nothing yet.
    """
    paths = find(options.id)
    if options.out is None:
        return _answer(options, paths)
    table_files.check(options.out)
    content = _out_of_fold(paths, options.which, options.out)
    code = _answer(options, paths)
    table_files.write_new(options.out, content)
    return code


def _out_of_fold(paths: RunPaths, which: Literal["best", "last"], name: str) -> bytes:
    """The out-of-fold table of a study of folds, as the bytes of a file of this name."""
    from explorer.runs.overview.studies.fold_table import columns
    from explorer.runs.overview.studies.folds import read
    from explorer.runs.record.studies.images import StudyRecordError
    from explorer.runs.spec.config import ConfigError, loads

    try:
        found = read(paths, loads(paths.config.read_bytes()))
    except (OSError, ConfigError, StudyRecordError) as error:
        raise CommandError(f"{paths.id} cannot be read: {error}", FAILED) from error
    if found is None:
        raise CommandError(f"{paths.id} is no study of folds, so it has no out-of-fold table.", WRONG_STATE)
    if found.answers is None:
        raise CommandError(f"{paths.id} has not trained a fold yet: there is no out-of-fold table.", WRONG_STATE)
    return table_files.content_of(name, columns(found.answers, which))


def with_plan(text: bytes) -> bytes:
    """Make a config of a training one of a study of its steps, with random numbers of their own for each step.

    Whatever is no JSON object is left to the reader.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(values, dict):
        return text
    if isinstance(pipeline := values.get("pipeline"), dict):
        values["pipeline"] = {**pipeline, "streams": 2}
    if values.get("study") is None:  # run.json of a training holds null
        values["study"] = {"ask": "effects"}
    return json.dumps({**values, "kind": "study"}).encode()


def _answer(options: argparse.Namespace, paths: RunPaths) -> int:
    from explorer.runs.cli.further_verdicts import answer
    from explorer.runs.overview.studies import confirm
    from explorer.runs.overview.studies.effects import read
    from explorer.runs.record.studies.images import StudyRecordError
    from explorer.runs.spec.config import ConfigError, loads

    try:
        config = loads(paths.config.read_bytes())
        found = read(paths, config)
        confirmed = confirm.read(paths, config)
        further = answer(paths, config) if found is None else None
    except (OSError, ConfigError, StudyRecordError, ValueError) as error:
        raise CommandError(f"{paths.id} cannot be read: {error}", FAILED) from error
    if config.study is None:
        raise CommandError(f"{paths.id} is no study.", WRONG_STATE)
    if confirmed is not None and confirmed.done:
        return report.answer(options, confirming.text(confirmed), value=confirming.value(paths, confirmed))
    if further is not None:
        text, value = further
        return report.answer(options, text, value=value)
    if found is None:
        early = config.study.ask in ("effects", "worth", "search", "folds")
        asks = "has not finished a repeat or a fold yet" if early else f"asks for {config.study.ask}"
        raise CommandError(f"{paths.id} {asks}: there is no verdict to print.", WRONG_STATE)
    return report.answer(options, _text(found), value=_value(paths, found))


def _text(found: "EffectsFound") -> str:
    from explorer.metrics.table import EVERY
    from explorer.runs.overview.studies.words import looked_before

    effects = found.effects()
    titles = {variant.name: variant.label for variant in found.variants}
    state = f"{found.done} of {found.planned} repeats" + ("" if found.complete else ", so there is no verdict yet")
    head = (
        f"{len(found.images):,} images, {state}, {EVERY[effects.metric].title}; with a frozen backbone, whose heads "
        f"have an accuracy of {found.accuracy:.3f}. Effects below {effects.smallest:g} do not matter."
    )
    rows = [("", "effect", "95% interval", "verdict")]
    if effects.gate is not None:
        rows.append(("the pipeline against nothing", *_row(effects.gate)))
    rows += [(titles[effect.minus], *_row(effect)) for effect in effects.main]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    note = "The intervals of the steps hold for all of them at once."
    twice = looked_before(found.plan.looked, found.look_before())
    return "\n".join([head, "", *lines, "", note, *([twice] if twice else [])])


def _row(effect: "Effect") -> tuple[str, str, str]:
    if effect.effect is None:
        return "undefined", "", effect.why
    interval = "" if effect.low is None or effect.high is None else f"[{effect.low:+.4f}, {effect.high:+.4f}]"
    return f"{effect.effect:+.4f}", interval, _verdict(effect)


def _verdict(effect: "Effect") -> str:
    if effect.word is None:
        return "-"
    said = WORDS[effect.word]
    if effect.word != "unknown":
        return said
    more = [
        f"about {count:,} more {what}"
        for count, what in ((effect.more_images, "images"), (effect.more_repeats, "repeats"))
        if count is not None
    ]
    return f"{said}: {' or '.join(more)} would" if more else said


def _value(paths: RunPaths, found: "EffectsFound") -> dict[str, Any]:
    return {
        "id": paths.id,
        "images": len(found.images),
        "repeats": found.done,
        "planned": found.planned,
        "accuracy": found.accuracy,
        "looked": list(found.plan.looked),
        "effects": {key: asdict(found.effects(key)) for key in (found.metric, "log_loss")},
    }
