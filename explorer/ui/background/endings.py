"""Why a step has ended the process that drew it, in words, and what to do about it."""

from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.size_rules import Size
from explorer.draw.request import DrawingError, Ending
from explorer.texts import Preview as T
from explorer.ui.background import asking, step_cautions


def words(error: DrawingError, pipeline: Pipeline, size: Size | None = None) -> str:
    """What is said at the step, or of the image where it was in none.

    Args:
        error: What the pool says.
        pipeline: That was drawn.
        size: Height and width of the image, where they are known: then the values that are too large are named.
    """
    step = next((n for n, _ in walk(pipeline.nodes) if isinstance(n, Step) and n.id == error.node_id), None)
    if step is None:
        return asking.words(error)
    what = T.STEP_ENDED[error.ending].format(limit=asking.limit(error))
    if error.ending is Ending.KILLED:
        return what  # no value is to blame
    causes = [] if size is None else list(step_cautions.of_step(pipeline, step, size))
    return " ".join([what, *(causes[:1] or [T.STEP_REDUCE])])
