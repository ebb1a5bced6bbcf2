"""A workspace, and the file that keeps it."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from explorer.augment.files import PipelineFileError, dumps_draft, loads_draft
from explorer.augment.pipeline import Draft, Errors, Pipeline, checked
from explorer.augment.remembered import Remembered
from explorer.base import records
from explorer.texts import Augment as T
from explorer.ui.session.history import History
from explorer.ui.session.uploads import Revision, Uploads, draft_file, revision, write_shared
from explorer.ui.session.view import View

_VERSION = 1


class WorkspaceError(ValueError):
    """A workspace file that cannot be read."""


@dataclass(frozen=True)
class Workspace:
    """A draft with its undo history and its view."""

    id: str
    history: History
    view: View

    @property
    def uploads(self) -> Uploads:
        """The uploaded image and mask."""
        return Uploads(self.id)

    @property
    def draft(self) -> Draft:
        """The present draft."""
        return self.history.present

    @property
    def pipeline(self) -> Pipeline | None:
        """The draft as a pipeline, or None while it has errors."""
        return checked(self.draft).pipeline

    @property
    def errors(self) -> Errors:
        """The errors of the draft as (node id, parameter) -> message."""
        return checked(self.draft).errors

    def drafted(self, draft: Draft, merge: tuple[str, str] | None = None, **view: Any) -> "Workspace":
        """Record a new draft and change fields of the view.

        Args:
            draft: The new draft.
            merge: The node and the parameter that change, if consecutive changes of it are one step of undo.
            view: Fields of `View` with their new values.

        Raises:
            ValueError: A value is not valid for the view.
        """
        return replace(self, history=self.history.record(draft, merge)).looking(**view)

    def looking(self, **view: Any) -> "Workspace":
        """Change fields of the view. A new selection also moves `focus`, unless that is given. Raises ValueError."""
        seen = self.view
        if "selected" in view and "focus" not in view:
            seen = seen.choosing(view["selected"])
        return replace(self, view=replace(seen, **view))


def save(workspace: Workspace) -> None:
    """Write the workspace to its file. Raises OSError."""
    history = workspace.history
    write_shared(
        draft_file(workspace.id),
        {
            "version": _VERSION,
            "past": [_text(draft) for draft in history.past],
            "present": _text(history.present),
            "future": [_text(draft) for draft in history.future],
            "view": asdict(workspace.view),
        },
    )


# Each change writes the whole history, of which all drafts but one have been serialized before.
_text: Remembered[Draft, str] = Remembered(dumps_draft, most=256)


def load(workspace_id: str) -> Workspace:
    """Read a workspace from its file. Raises WorkspaceError with the reason."""
    try:
        record = records.parse(draft_file(workspace_id).read_bytes())
        past, future = ([loads_draft(text) for text in record[part]] for part in ("past", "future"))
        history = History(loads_draft(record["present"]), tuple(past), tuple(future))
        view = View(**record["view"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, PipelineFileError) as error:
        raise WorkspaceError(T.DRAFT_DAMAGED.format(reason=error)) from error
    return Workspace(workspace_id, history, view)


def version(workspace_id: str) -> Revision:
    """Identify the version of a workspace's file. None if there is none or it cannot be read."""
    try:
        return revision(draft_file(workspace_id))
    except OSError:
        return None  # there is no home
