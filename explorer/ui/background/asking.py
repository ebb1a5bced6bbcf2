"""Requests drawings from the worker pool for the session whose script runs."""

from typing import TypeVar

from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.draw.drawing import Drawing, DrawingError, Ending, Order, Request, Urgency
from explorer.draw.limits import ASKED_SECONDS, UNASKED_SECONDS
from explorer.draw.pool import pool
from explorer.texts import Pictures as T
from explorer.ui.background import tidying

Result = TypeVar("Result")
_NOBODY = "nobody"  # outside of a session, as in a test
_FOREVER = 24 * 3600.0


def submit(
    request: Request[Result],
    channel: str = "",
    *,
    urgency: Urgency = Urgency.LOOK,
    milliseconds: float = 0.0,
    asked: bool = False,
) -> Drawing[Result]:
    """Submit a drawing for this session. `asked` allows it more time; see `Order` for the other arguments."""
    tidying.touch()
    context = get_script_run_ctx(suppress_warning=True)
    session = context.session_id if context is not None else _NOBODY
    seconds = ASKED_SECONDS if asked else UNASKED_SECONDS
    return pool().submit(request, Order(session, channel, urgency, seconds, milliseconds, asked))


def wait_for(request: Request[Result], *, asked: bool = False) -> Result:
    """The result of a quick request, or of one that is `asked`. Raises DrawingError and the errors of the request."""
    drawing = submit(request, asked=asked)
    drawing.wait(_FOREVER)  # the time limit of the request ends it
    return drawing.result()


def beside(training: bool) -> None:
    """Leave a core to a training run, or use it again."""
    pool().training = training


def words(error: DrawingError) -> str:
    """The message about an image that could not be read or drawn."""
    return T.READING_ENDED[error.ending].format(limit=limit(error))


def listing_words(error: DrawingError) -> str:
    """The message about images of a data set that could not be listed."""
    return T.LISTING_ENDED[error.ending].format(limit=limit(error))


def limit(error: DrawingError) -> str:
    """The limit that was exceeded, in GB of memory or in seconds."""
    return f"{error.limit / (1 << 30) if error.ending is Ending.MEMORY else error.limit:g}"
