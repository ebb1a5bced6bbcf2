"""The message about a step that ended the process which drew it."""

from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.sizes import Size
from explorer.draw.drawing import DrawingError, Ending
from explorer.texts import Preview as T
from explorer.ui.background import asking, step_cautions


def words(error: DrawingError, pipeline: Pipeline, size: Size | None = None) -> str:
    """The message for the step, or for the image if no step was to blame.

    Args:
        error: The error of the pool.
        pipeline: The pipeline that was drawn.
        size: Height and width of the image. If given, the message names a value that is too large.
    """
    step = next((n for n, _ in walk(pipeline.nodes) if isinstance(n, Step) and n.id == error.node_id), None)
    if step is None:
        return asking.words(error)
    what = T.STEP_ENDED[error.ending].format(limit=asking.limit(error))
    if error.ending is Ending.KILLED:
        return what  # no value is to blame
    causes = [] if size is None else list(step_cautions.of_step(pipeline, step, size))
    return " ".join([what, *(causes[:1] or [T.STEP_REDUCE])])
