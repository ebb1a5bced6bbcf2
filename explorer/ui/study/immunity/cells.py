"""The cells of an immunity map in words and colors, and the sentences above it."""

from collections.abc import Sequence

from explorer.base.words import number
from explorer.figures import effect_words
from explorer.figures import immunity as figures
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import FEWEST_REPEATS, Effect
from explorer.runs.overview.studies.immunity import CLEAN, CLEAN_PLACE, STRENGTHS, ImmunityMap, MapRow, Place
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.texts import Immunity as T
from explorer.ui.components.heat import Cell, Head, Row
from explorer.ui.components.markdown import escape


def heads(found: ImmunityMap, plan: ImmunityPlan) -> list[Head]:
    """Return the headings: clean images, and each distortion that is finished."""
    ticks = tuple(str(strength + 1) for strength in range(STRENGTHS))
    distortions = (plan.distortions[place] for place in found.done)
    return [
        Head(T.CLEAN, T.CLEAN_HELP, ("",)),
        *(Head(one.title, f"{one.steps[0].transform}: {', '.join(one.amounts)}", ticks) for one in distortions),
    ]


def rows(found: ImmunityMap, plan: ImmunityPlan, names: Sequence[str]) -> list[Row]:
    """Return the rows with a cell for each place."""
    colored = figures.colors(found, found.places)
    return [
        Row(
            names[at],
            tuple(
                _cell(found, plan, names[at], row, place, color)
                for place, color in zip(found.places, colored[at], strict=True)
            ),
        )
        for at, row in enumerate(found.rows)
    ]


def _cell(found: ImmunityMap, plan: ImmunityPlan, name: str, row: MapRow, place: Place, color: str) -> Cell:
    effect = row.effects.get(place)
    text = ""
    if place.distortion == CLEAN:
        if effect is not None and effect.effect is not None:
            text = effect_words.amount(effect.effect, found.metric).split(" ")[0]
        else:
            text = "–" if row.levels[place].value is None else number(row.levels[place].value or 0.0, 2)
    return Cell(color, says(found, plan, name, row, place), text, mark=effect is not None and is_sure(effect))


def is_sure(effect: Effect) -> bool:
    """Whether the interval of a difference leaves out 0."""
    return effect.low is not None and effect.high is not None and (effect.low > 0 or effect.high < 0)


def says(found: ImmunityMap, plan: ImmunityPlan, name: str, row: MapRow, place: Place) -> str:
    """Return all that a cell holds, in a line."""
    level, metric, where = row.levels[place], EVERY[found.metric].in_sentence, place_words(plan, place)
    if level.value is None or level.low is None or level.high is None:
        return T.CELL_UNDEFINED.format(row=name, place=where, metric=metric, why=level.why)
    said = T.CELL.format(
        row=name, place=where, metric=metric, value=number(level.value), low=number(level.low), high=number(level.high)
    )
    effect = row.effects.get(place)
    if effect is None or effect.effect is None or effect.low is None or effect.high is None:
        return said
    reference = T.AGAINST_CLEAN if plan.study is None else T.AGAINST_NOTHING
    ends = effect_words.ends(effect.low, effect.high, found.metric)
    return said + T.CELL_EFFECT.format(
        amount=effect_words.amount(effect.effect, found.metric), reference=reference, ends=ends
    )


def place_words(plan: ImmunityPlan, place: Place) -> str:
    """Return what a column is called, with what the strength means."""
    if place.distortion == CLEAN:
        return T.PLACE_CLEAN
    distortion = plan.distortions[place.distortion]
    return T.PLACE.format(
        distortion=distortion.title, strength=place.strength + 1, amount=distortion.amounts[place.strength]
    )


def headlines(found: ImmunityMap, plan: ImmunityPlan, names: Sequence[str]) -> list[str]:
    """Return a sentence about each row but the reference, as Markdown."""
    say = _headline_of_run if plan.study is None else _headline
    return [say(found, plan, escape(names[at]), row) for at, row in enumerate(found.rows) if at != found.reference]


def _headline(found: ImmunityMap, plan: ImmunityPlan, name: str, row: MapRow) -> str:
    distorted = {place: effect for place, effect in row.effects.items() if place != CLEAN_PLACE}
    if found.repeats < FEWEST_REPEATS:
        return T.HEADLINE_THESE_HEADS.format(row=name, clean=_effect(found, row.effects.get(CLEAN_PLACE)))
    better = sum(is_sure(effect) and (effect.effect or 0.0) > 0 for effect in distorted.values())
    worse = sum(is_sure(effect) and (effect.effect or 0.0) < 0 for effect in distorted.values())
    said = T.HEADLINE.format(
        row=name, better=better, worse=worse, cells=len(distorted), clean=_effect(found, row.effects.get(CLEAN_PLACE))
    )
    largest = max(distorted, key=lambda place: abs(distorted[place].effect or 0.0), default=None)
    if largest is None or not (better or worse):
        return said
    return f"{said} {_most(found, plan, largest, distorted[largest])}"


def _most(found: ImmunityMap, plan: ImmunityPlan, place: Place, effect: Effect) -> str:
    return T.MOST.format(
        distortion=escape(plan.distortions[place.distortion].title.lower()),
        strength=place.strength + 1,
        effect=_effect(found, effect),
    )


def _effect(found: ImmunityMap, effect: Effect | None) -> str:
    if effect is None or effect.effect is None or effect.low is None or effect.high is None:
        return T.UNDEFINED
    amount = effect_words.amount(effect.effect, found.metric)
    return T.EFFECT.format(amount=amount, ends=effect_words.ends(effect.low, effect.high, found.metric))


def _headline_of_run(found: ImmunityMap, plan: ImmunityPlan, name: str, row: MapRow) -> str:
    clean = row.levels[CLEAN_PLACE].value
    words = {
        "row": name,
        "metric": EVERY[found.metric].in_sentence,
        "clean": T.UNDEFINED if clean is None else number(clean),
    }
    known = {place: effect for place, effect in row.effects.items() if effect.effect is not None}
    largest = min(known, key=lambda place: known[place].effect or 0.0, default=None)
    if largest is None or (known[largest].effect or 0.0) >= 0:
        return T.HEADLINE_RUN_NONE.format(**words)
    return T.HEADLINE_RUN.format(
        **words,
        distortion=escape(plan.distortions[largest.distortion].title.lower()),
        strength=largest.strength + 1,
        effect=_effect(found, known[largest]),
    )
