"""What the page of a study of effects shows, computed in a thread: intervals take a second or more."""

from dataclasses import dataclass

import streamlit as st

from explorer.augment.pipeline import Node
from explorer.figures.forest import rows_of
from explorer.metrics.verdicts.classes import ClassEffects
from explorer.metrics.verdicts.effects import Effect, Effects
from explorer.runs.overview.studies import effects as studies
from explorer.runs.overview.studies.effects import SENSITIVE, EffectsFound
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.parts import SCORES, parts
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import EffectsPlan, judged_nodes, removed_node
from explorer.texts import Study as T
from explorer.ui.study.latest import Latest

USUAL_REPEATS = EffectsPlan().repeats


@dataclass(frozen=True, eq=False)
class Seen:
    """The repeats of a study that are done, with all that is computed from them.

    Attributes:
        found: The repeats.
        effects: In the person's metric.
        second: In log loss; None where that is the person's metric.
        names: What each row of the forest plot is about: the whole pipeline first, where it is compared with nothing.
    """

    found: EffectsFound
    effects: Effects
    second: Effects | None
    names: tuple[str, ...]

    @property
    def rows(self) -> tuple[Effect, ...]:
        """The effects in the order of the rows."""
        return rows_of(self.effects)

    def classes(self, row: int) -> ClassEffects:
        """Return the effects of a row on each class."""
        effect = self.rows[row]
        return self.found.classes()[effect.plus, effect.minus]


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[Seen]:
    return Latest()


def look(paths: RunPaths, config: RunConfig) -> Seen | None:
    """Return what is known of a study; the last result while a newer one is computed, and None before the first.

    Raises:
        StudyRecordError: A file of the study is damaged.
    """
    key = _key(paths)
    if not key[1]:
        return None
    return _latest().get(*key, lambda: _compute(paths, config))


def computes(paths: RunPaths) -> bool:
    """Return whether the newest result of a study is being computed."""
    return _latest().computes(*_key(paths))


def _key(paths: RunPaths) -> tuple[str, tuple[int, ...]]:
    return str(paths.root), parts(paths, SCORES)


def _compute(paths: RunPaths, config: RunConfig) -> Seen | None:
    found = studies.read(paths, config)
    if found is None:
        return None
    effects = found.effects()
    second = None if effects.metric == SENSITIVE else found.effects(SENSITIVE)
    found.classes()
    found.look_before()
    if found.done == 1:
        found.foreseen(USUAL_REPEATS)
    gate = (T.PIPELINE,) if found.gate else ()
    return Seen(found, effects, second, (*gate, *(title_of(found, effect.minus) for effect in effects.main)))


def title_of(found: EffectsFound, variant: str) -> str:
    """Return the title of a variant: of the step that is left out in it."""
    return next((one.label for one in found.variants if one.name == variant), variant)


def node_of(config: RunConfig, effect: Effect) -> Node | None:
    """Return the node that is left out in a contrast; None for other contrasts."""
    removed = removed_node(effect.minus)
    return next((node for node in judged_nodes(config.pipeline) if node.id == removed), None)
