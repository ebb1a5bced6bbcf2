"""The file of a workspace: a draft with its undo history and its view."""

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
    """What one person works on."""

    id: str
    history: History
    view: View

    @property
    def uploads(self) -> Uploads:
        """The images that belong to it."""
        return Uploads(self.id)

    @property
    def draft(self) -> Draft:
        """The pipeline as it is."""
        return self.history.present

    @property
    def pipeline(self) -> Pipeline | None:
        """The draft as a pipeline; None while something is wrong with it."""
        return checked(self.draft).pipeline

    @property
    def errors(self) -> Errors:
        """What is wrong with the draft: (node id, parameter) -> message."""
        return checked(self.draft).errors

    def drafted(self, draft: Draft, merge: tuple[str, str] | None = None, **view: Any) -> "Workspace":
        """The workspace after a change of the draft to `draft` and, with it, of fields of the view.

        Args:
            draft: the new draft; the one before can be brought back by undo.
            merge: the node and the parameter that change, where changes of one field in a row are one step of undo.
            view: fields of `View` with their new values.

        Raises:
            ValueError: a view cannot have such a value.
        """
        return replace(self, history=self.history.record(draft, merge)).looking(**view)

    def looking(self, **view: Any) -> "Workspace":
        """The workspace with some fields of the view changed; another selection brings its card, unless one is given.

        Raises:
            ValueError: a view cannot have such a value.
        """
        seen = self.view
        if "selected" in view and "focus" not in view:
            seen = seen.choosing(view["selected"])
        return replace(self, view=replace(seen, **view))


def save(workspace: Workspace) -> None:
    """Write the workspace to its file, atomically. Raises OSError."""
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


# The whole history is written with each change, and all of it but one draft was before.
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
    """Identifies the version of the file; None where there is none, or it cannot be read."""
    try:
        return revision(draft_file(workspace_id))
    except OSError:
        return None  # there is no home
