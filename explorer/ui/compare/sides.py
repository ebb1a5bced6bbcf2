"""The images that two compared runs judge differently, as pictures: those that only one of them gets right.

Of runs that learn masks they are those whose Dice differs most, see `mask_sides`.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.runs.overview.comparison import Changed, class_names
from explorer.texts import Compare as T
from explorer.ui.compare import mask_sides
from explorer.ui.compare.differences import Refused, chosen_other, found_for
from explorer.ui.compare.readers import Compared
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import pictures, restoring
from explorer.ui.evidence.pictures import Caption
from explorer.ui.run.sections import evidence_of
from explorer.ui.session.keys import widget_key


def show(runs: Sequence[Compared]) -> None:
    """Draw the images that changed sides between the reference and another run."""
    if len(runs) < 2:
        return
    reference, other = runs[0], chosen_other(runs)
    found = found_for(reference, other)
    if isinstance(found, Refused):
        st.info(escape(T.NO_SIDES.format(why=found.why)))
        return
    if found.mcnemar is None:
        if reference.snapshot.task == "segmentation":
            mask_sides.show(reference, other, *found.dice)
        else:
            st.info(T.NO_SIDES.format(why=T.SEVERAL))
        return
    st.caption(escape(T.WHO.format(a=reference.name, b=other.name)))
    if not found.lost and not found.won:
        st.info(T.NONE_CHANGED)
        return
    titles = {"lost": T.LOST.format(count=len(found.lost)), "won": T.WON.format(count=len(found.won))}
    side = st.segmented_control(
        T.SIDES, list(titles), default="lost" if found.lost else "won", key=widget_key("compare_side"), required=True,
        format_func=titles.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    _grid(reference, other, found.lost if side == "lost" else found.won, titles[side])


def _grid(a: Compared, b: Compared, changed: Sequence[Changed], label: str) -> None:
    evidence = evidence_of(a.view)
    if evidence.images is None:
        with st.spinner(T.LOOKING_UP):
            why = restoring.restore(evidence)
        if why:
            st.info(escape(why))
            return
    source = pictures.of_validation(a.snapshot, evidence)
    if isinstance(source, str):
        st.info(escape(source))
        return
    known = {one.row_a: one for one in changed}
    key = widget_key("pictures", "compare", a.id, b.id)
    pictures.show(source, list(known), _captions(a, known), key, label)


def _captions(a: Compared, known: dict[int, Changed]) -> Callable[[int], Caption]:
    most = max(max(one.true, one.a, one.b) for one in known.values()) + 1 if known else 0
    names = class_names(a.snapshot.classes, max(most, len(a.snapshot.classes)))

    def caption(index: int) -> Caption:
        one = known[index]
        words = T.CAPTION.format(
            true=names[one.true], a=names[one.a], score_a=one.score_a, b=names[one.b], score_b=one.score_b
        )
        return Caption(T.CAPTION_SHORT.format(true=names[one.true], a=names[one.a], b=names[one.b]), text=words)

    return caption
