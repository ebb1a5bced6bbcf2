"""The button of a finished study that starts the immunity map of its heads."""

from explorer.augment.distortions import Distortion
from explorer.runs.machine import paces, study_paces
from explorer.runs.machine.machine import known_machine
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.texts import Immunity as T
from explorer.ui.session.keys import widget_key
from explorer.ui.study import starting
from explorer.ui.study.immunity import form


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the form that starts the map of a study's heads."""
    config = snapshot.config
    assert config is not None
    plan = config.study
    assert isinstance(plan, EffectsPlan)
    images = snapshot.start.count("images") if snapshot.start else 0

    def start(chosen: tuple[Distortion, ...]) -> None:
        asked = ImmunityPlan(
            study=view.paths.id, distortions=chosen, folds=plan.folds, repeats=plan.repeats, views=plan.views,
            smallest=plan.smallest,
        )  # fmt: skip
        starting.start(starting.named(config.model_copy(update={"study": asked}), T.NAME))

    found = known_machine()
    image_s = study_paces.known(config, paces.machine_key(found)).view_s if found else None
    form.show(widget_key("immunity", view.paths.id), images, start, image_s)
