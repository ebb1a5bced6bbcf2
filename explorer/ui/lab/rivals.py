"""The pipelines that a draft can be compared with: none at all, an earlier state, a preset, a saved pipeline."""

from collections.abc import Callable
from hashlib import blake2b

from explorer.augment import library, presets
from explorer.augment.files import PipelineFileError, dumps_draft
from explorer.augment.pipeline import Draft, as_draft, walk
from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Lab as T
from explorer.ui.session.history import History

NONE = "none"
PAST, PRESET, SAVED = "past:", "preset:", "saved:"
MAX_PAST = 12  # earlier states on offer, the newest first


class NoRivalError(ValueError):
    """The other pipeline no longer exists; the message says which, and what to do."""


def choices(history: History) -> dict[str, str]:
    """Return the titles of everything that the draft can be compared with, by name."""
    past = enumerate(reversed(history.past[-MAX_PAST:]), start=1)
    return {
        NONE: T.RIVAL_NONE,
        **{past_name(draft): _past_title(ago, draft) for ago, draft in past},
        **{f"{PRESET}{name}": T.RIVAL_PRESET.format(title=preset.title) for name, preset in presets.presets().items()},
        **{f"{SAVED}{name}": T.RIVAL_SAVED.format(title=name) for name in library.names(pipelines_folder())},
    }


def past_name(draft: Draft) -> str:
    """Return the name of an earlier state: a hash of its content, which does not change as the history moves."""
    return PAST + blake2b(dumps_draft(draft).encode(), digest_size=8).hexdigest()


def _past_title(ago: int, draft: Draft) -> str:
    count = sum(1 for _ in walk(draft.nodes))
    steps = T.STEPS_ONE if count == 1 else T.STEPS_MANY.format(count=count)
    return (T.RIVAL_PAST if ago > 1 else T.RIVAL_LAST).format(ago=ago, steps=steps)


def rival(name: str, history: History) -> Draft:
    """Return the draft of a name. Raises NoRivalError if it no longer exists."""
    for prefix, find in _FINDERS.items():
        if name.startswith(prefix):
            return find(name.removeprefix(prefix), history)
    raise NoRivalError(T.RIVAL_UNKNOWN)


def _nothing(_name: str, history: History) -> Draft:
    return Draft(targets=history.present.targets)


def _past(digest: str, history: History) -> Draft:
    for draft in reversed((*history.past, *reversed(history.future))):
        if past_name(draft) == PAST + digest:
            return draft
    raise NoRivalError(T.RIVAL_PAST_GONE)


def _preset(name: str, history: History) -> Draft:
    if name not in presets.presets():
        raise NoRivalError(T.RIVAL_UNKNOWN)
    # As when the preset is opened: the target rules are the person's own.
    return presets.draft(name).model_copy(update={"targets": history.present.targets})


def _saved(name: str, _history: History) -> Draft:
    try:
        pipeline = library.load(pipelines_folder(), name)
    except PipelineFileError as error:
        raise NoRivalError(T.RIVAL_SAVED_GONE.format(name=name, reason=error)) from error
    return as_draft(pipeline)


_FINDERS: dict[str, Callable[[str, History], Draft]] = {NONE: _nothing, PAST: _past, PRESET: _preset, SAVED: _saved}
