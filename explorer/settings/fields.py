"""The table of the Train page's fields: the place of each, and how it is edited.

Title, help, default, bounds and the rule that gives a field an effect are declared at the field of RunConfig, or of a
format of data sets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from explorer.base.task_names import TaskName
from explorer.data.formats.spec import SHARE, Ask
from explorer.data.specs import FORMATS, TRAINABLE
from explorer.metrics.table import LISTED, TITLES
from explorer.runs.spec.config import RunConfig, help_of, title_of
from explorer.runs.spec.fields import Only, Rules, Values, has_effect, info_of, rules_of
from explorer.runs.spec.recipe import LOSSES_OF, MIXINGS_OF
from explorer.texts import Train as T
from explorer.texts import TrainFields as F

# The words of choices that are listed in other tables
_TITLED: Mapping[str, Mapping[Any, str]] = {
    "dataset": {spec.name(): spec.title for spec in TRAINABLE},
    "monitor": TITLES,
}
FIRST = TRAINABLE[0]  # the format of data sets that a new form begins with


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes:
        name: The name of the field in RunConfig.
        step: The step of a number that is changed by arrows.
        typed: Whether a number is kept as the text that was typed, since people write it in many ways.
        side_by_side: Whether its few choices are all visible.
        config: Its name in RunConfig if that differs from `name`.
        default: Its default if that differs from the one in RunConfig.
        only: The rule that gives it an effect, if RunConfig does not have one.
        ask: The question of a format of data sets that the field asks.
    """

    name: str
    step: float = 1
    typed: bool = False
    side_by_side: bool = False
    config: str = ""
    default: Any = None
    only: Only | None = None
    ask: Ask | None = None

    @property
    def path(self) -> str:
        """The path of the field in RunConfig, such as "dataset.depth"."""
        return self.config or self.name

    @property
    def title(self) -> str:
        """The title of the field."""
        return self.ask.label if self.ask else F.TITLES.get(self.name) or title_of(self.path)

    @property
    def help(self) -> str | None:
        """The purpose of the field; None if its title says enough."""
        return self.ask.help or None if self.ask else F.HELP.get(self.name) or help_of(self.path)

    @property
    def is_place(self) -> bool:
        """Whether it is the path of the data."""
        return self.ask is not None and self.ask.place

    @property
    def choices(self) -> Mapping[Any, str]:
        """The words of each value; empty if the values are not known in advance, or not few."""
        return _TITLED.get(self.name) or F.CHOICES.get(self.name, {})

    @property
    def type(self) -> Any:
        """The type in RunConfig; `str` if it has no such field."""
        info = self._info
        return str if info is None else info.annotation

    @property
    def _info(self) -> FieldInfo | None:
        """What the model says about the field: that of its format, since formats may have fields of the same name."""
        if self.ask is None:
            return info_of(RunConfig, self.path)
        return next(spec for spec in TRAINABLE if self.ask in spec.asks).model_fields[self.ask.field]

    @property
    def is_text(self) -> bool:
        """Whether numbers are kept as text, so that it can be empty."""
        return self.typed or type(None) in get_args(self.type)

    @property
    def initial(self) -> Any:
        """The value in a new form."""
        info = self._info
        found = info.default if info is not None and self.default is None else self.default
        return self.as_kept("" if found is PydanticUndefined else found)

    def as_kept(self, value: Any) -> Any:
        """Return a value of RunConfig as the form keeps it."""
        if not self.is_text:
            return list(value) if isinstance(value, tuple) else value
        parts = value if isinstance(value, tuple) else () if value is None else (value,)
        return ", ".join(map(_plain, parts))

    def as_asked(self, value: Any) -> Any:
        """Return a value of the form as RunConfig takes it."""
        if not self.is_text:
            return value
        text = value.strip()
        kinds = get_args(self.type)
        words = [word for kind in kinds for word in get_args(kind)]
        if text and text not in words and any(get_origin(kind) is tuple for kind in kinds):
            return [part.strip() for part in text.split(",")]
        return text or None

    def shown(self, value: Any, choices: Mapping[Any, str] | None = None) -> str:
        """Return a value of the form in words. choices: its words, if they differ from those of the field."""
        choices = self.choices if choices is None else choices
        if isinstance(value, list):
            return ", ".join(choices.get(part, str(part)) for part in value) or F.NOTHING
        if value in choices:
            return choices[value]
        if value == "":
            return F.EMPTY.get(self.name, T.EMPTY)
        return F.YES_NO[value] if isinstance(value, bool) else _plain(value)


def _plain(value: Any) -> str:
    # The shortest text of the number: 0.01, 1e-05, 3.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


Rows = tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the form. A section without rows is folded, because a first run needs none of its fields.

    Attributes:
        rows: Rows of at most three fields; a single field takes the whole width.
        more: Rows that are hidden behind "More".
        summary: The fields whose values are shown while those rows are hidden.
    """

    rows: Rows = ()
    more: Rows = ()
    summary: tuple[str, ...] = ()

    @property
    def folded(self) -> bool:
        """Whether all fields are hidden at first."""
        return not self.rows


RECOGNIZED_BY = "several"  # a field of data sets: with "auto", the data decide what is learned


def task_of(values: Values) -> TaskName:
    """Return what a network learns with these values. It follows from the data set, as in RunConfig."""
    spec = FORMATS.get(values["dataset"])
    if spec is None:
        return "classification"
    asked = {ask.field: values[ask.name] for ask in spec.asks if values.get(ask.name)}
    if asked.get(RECOGNIZED_BY) == "auto":
        return values.get("recognized") or "classification"
    return spec.model_construct(**asked).task


def learns_masks(values: Values) -> bool:
    """Return whether a class for each pixel is learned."""
    return task_of(values) == "segmentation"


def _learns_none(values: Values) -> bool:
    return not learns_masks(values)


_HAVING_FOLDS = tuple(spec.name() for spec in TRAINABLE if "folds" in spec.model_fields)


def _folds(values: Values) -> bool:
    """Return whether a fold validates, and not a share."""
    return values["dataset"] in _HAVING_FOLDS and bool(values["folds"])


def _shares(values: Values) -> bool:
    has = any(spec.name() == values["dataset"] and SHARE in spec.asks for spec in TRAINABLE)
    return has and not _folds(values)


_ASKED = tuple(
    Field(
        ask.name,
        ask.step,
        config=f"dataset.{ask.field}",
        default=ask.start,
        ask=ask,
        only=Only("folds", when=_shares) if ask == SHARE else None,
        side_by_side=ask.field == "learn",
    )
    for ask in dict.fromkeys(ask for spec in TRAINABLE for ask in spec.asks)
)


def _of_files(name: str, **options: Any) -> Field:
    return Field(name, config=f"dataset.{name}", **options)


_FIRST = ("learn", "ignore_index", "names_from")  # they decide what is learned
_RANGE, _WINDOW = Only("depth", ("range",)), Only("depth", ("window",))

SECTIONS: Mapping[str, Section] = {
    "data": Section(
        (
            (Field("dataset", default=FIRST.name(), side_by_side=True),),
            *((field,) for field in _ASKED if field.is_place),
            (_of_files("skip_unusable"),),
            *((field,) for field in _ASKED if field.name in _FIRST),
            (_of_files("depth"),),
            (
                _of_files("depth_low", typed=True, default="", only=_RANGE),
                _of_files("depth_high", typed=True, default="", only=_RANGE),
            ),
            (  # of soft tissue in CT, in Hounsfield units
                _of_files("depth_center", typed=True, default="40", only=_WINDOW),
                _of_files("depth_width", typed=True, default="400", only=_WINDOW),
            ),
            (Field("pipeline"),),
        ),
        (
            tuple(field for field in _ASKED if not field.is_place and field.name not in (*_FIRST, SHARE.name)),
            (
                _of_files("folds"),
                _of_files("fold", only=Only("folds", when=_folds)),
                *(field for field in _ASKED if field.ask == SHARE),
            ),
            (Field("set_aside", config="dataset.set_aside"),),
        ),
    ),
    "network": Section(
        (
            (Field("backbone"), Field("weights"), Field("image_size", 32, default=FIRST.network_size)),
            (Field("weights_file"),),
            (Field("frozen", side_by_side=True),),
            (Field("evaluation", side_by_side=True, only=Only("dataset", when=learns_masks)),),
        ),
        ((Field("unfreeze_epoch"), Field("backbone_lr_factor", typed=True), Field("normalise")),),
    ),
    "optimizer": Section(
        ((Field("epochs"), Field("batch_size", 8), Field("learning_rate", typed=True)),),
        (
            (Field("optimizer"), Field("schedule"), Field("weight_decay", typed=True)),
            (
                Field("pct_start", 0.05),
                Field("div_factor", typed=True),
                Field("final_div_factor", typed=True),
                Field("warmup_epochs", 0.5),
                Field("min_lr_ratio", 0.01),
            ),
            (Field("anneal_strategy"), Field("base_momentum", 0.01), Field("max_momentum", 0.01)),
            (Field("cycle_momentum"), Field("three_phase")),
            (Field("momentum", 0.01), Field("nesterov")),
            (Field("gradient_clip"), Field("accumulate"), Field("early_stopping"), Field("monitor")),
        ),
    ),
    "mixing": Section(
        ((Field("mixing", side_by_side=True),), (Field("mix_alpha", 0.1), Field("mix_probability", 0.1)))
    ),
    "loss": Section(
        (),
        (
            (
                Field("loss"),
                Field("label_smoothing", 0.05),
                Field("pos_weight"),
                Field("class_weights"),
                Field("focal_gamma", 0.5),
            ),
            (Field("dropout", 0.05), Field("drop_connect"), Field("threshold", 0.05)),
        ),
        ("loss",),
    ),
    "device": Section(
        (),
        (
            (Field("accelerator"), Field("precision")),
            (Field("gpus"),),
            (Field("kept_as", side_by_side=True, only=Only("dataset", when=_learns_none)), Field("cache_size")),
            (Field("workers"), Field("threads")),
        ),
        ("accelerator", "precision"),
    ),
    "out": Section(
        (),
        (
            (Field("name"), Field("seed"), Field("dataset_seed", config="dataset.seed", typed=True, default="")),
            (Field("loggers"),),
        ),
        ("name", "seed"),
    ),
}


def in_rows(rows: Rows) -> Iterator[Field]:
    """Return the fields of rows in their order."""
    return (field for row in rows for field in row)


def fields_of(section: Section) -> Iterator[Field]:
    """Return all fields of a section in their order."""
    return in_rows((*section.rows, *section.more))


FIELDS: Mapping[str, Field] = {field.name: field for section in SECTIONS.values() for field in fields_of(section)}
DEFAULTS: Values = {name: field.initial for name, field in FIELDS.items()} | {
    "source": "",  # the run it was filled from
    "recognized": "",  # the task that the data show, where they decide about it
    "of_tasks": {},  # what the fields of OF_TASK had when the form was last about another task: task -> field -> value
}
OF_TASK = ("loss", "monitor", "mixing")  # the fields whose default or choices depend on the task


def choices_for(name: str, values: Values) -> Mapping[Any, str]:
    """Return the words of those choices of a field that fit the task of these values."""
    task, words = task_of(values), FIELDS[name].choices
    offered: Mapping[str, Mapping[TaskName, Iterable[str]]] = {
        "loss": LOSSES_OF, "monitor": LISTED, "mixing": MIXINGS_OF,
    }  # fmt: skip
    if name in offered:
        return {choice: words[choice] for choice in offered[name][task]}
    return F.CHOICES_OF_TASK.get(task, {}).get(name, words)


def title_for(name: str, values: Values) -> str:
    """Return the title of a field where the task of these values has it."""
    return F.TITLES_OF_TASK.get(task_of(values), {}).get(name) or FIELDS[name].title


def help_for(name: str, values: Values) -> str | None:
    """Return the purpose of a field where the task of these values has it."""
    return F.HELP_OF_TASK.get(task_of(values), {}).get(name) or FIELDS[name].help


def _rules() -> Iterator[tuple[str, Only]]:
    yield from rules_of(RunConfig).items()
    for name, field in FIELDS.items():
        of_dataset, _, inside = field.path.rpartition(".")
        if field.only is not None:
            yield name, field.only
        elif of_dataset:
            has = (
                spec
                for spec in TRAINABLE
                if (field.ask in spec.asks if field.ask else inside in spec.model_fields.keys() - spec.unused)
            )
            yield name, Only("dataset", tuple(spec.name() for spec in has))


RULES: Rules = dict(_rules())


def matters(name: str, values: Values) -> bool:
    """Return whether a field has an effect with these values. Others are not shown, not checked and not compared."""
    return has_effect(name, values, RULES)


def shown_by(name: str, values: Values) -> str:
    """Return the field itself if it has an effect, else the field that can give it one."""
    while not matters(name, values):
        name = RULES[name].by
    return name


def choice_for(name: str, by: str) -> str:
    """Return the words for what to choose at the field `by`, so that the field `name` appears."""
    while RULES[name].by != by:
        name = RULES[name].by
    words = {spec.name(): spec.choice for spec in TRAINABLE} if by == "dataset" else FIELDS[by].choices
    *most, last = [words.get(choice, FIELDS[by].title) for choice in RULES[name].choices] or [""]
    return F.CHOICE_FOR.get(name) or (f"{', '.join(most)} or {last}" if most else last)


def place_field(kind: str) -> str | None:
    """Return the field for the path of a format's data; None if the data come with the app."""
    return next((field.name for field in _ASKED if field.is_place and matters(field.name, {"dataset": kind})), None)


def title_at(path: str, values: Values) -> str:
    """Return the title of the field with a path in RunConfig, preferably of one that has an effect."""
    found = (field.title for name, field in FIELDS.items() if field.path == path and matters(name, values))
    return next(found, "") or title_of(path)
