"""Words of the Augment page: the list of steps, presets, drafts."""

from typing import ClassVar

from explorer.texts.common import Common


class Augment:
    GROUP = "Group"
    WORDS: ClassVar = {  # of the list of steps in the browser
        "list": "Pipeline",
        "help": "The steps of an A.Compose, applied from top to bottom. Each fires with its own probability p. "
        "Arrow keys choose a step, Shift adds its neighbors, Alt with an arrow moves it up, down, out of its group or "
        "into the next one. G puts it into a group, Space turns it on or off, Delete removes it.",
        "empty": "No steps yet. Add a transform above: the image changes at once.",
        "group": GROUP,
        "hollow": "Add a step, or drop a step here",
        "ungroup": "Ungroup",
        "ungroup_hint": "keeps its steps",
    }
    TOOLS: ClassVar = {  # operation -> its label and its key
        "undo": (Common.UNDO, "Ctrl+Z"),
        "redo": (Common.REDO, "Ctrl+Shift+Z"),
        "group": (GROUP, "G"),
        "up": (Common.MOVE_UP, "Alt+↑"),
        "down": (Common.MOVE_DOWN, "Alt+↓"),
        "out": ("Move out", "Alt+←"),
        "in": ("Move in", "Alt+→"),
        "toggle": ("Turn on or off", "Space"),
        "duplicate": ("Duplicate", "Ctrl+D"),
        "remove": ("Remove", "Delete"),
    }
    TOOL = "{label} ({key})"
    ADD = "Add a transform"
    ADD_PLACEHOLDER = "Search {count} transforms"
    ADD_OPTION = "{group} · {name}"
    ADD_HELP = "Type part of a name or a group: blur, crop, color, noise, weather"
    OFF = "off"
    GROUP_HINTS: ClassVar = {
        "OneOf": "one of them",
        "SomeOf": "some of them",
        "RandomOrder": "in a random order",
        "Sequential": "one after the other",
        "OneOrOther": "the first or the second",
        "SelectiveChannelTransform": "on some color channels",
    }
    GROUP_DETAILS: ClassVar = {
        "OneOf": "1 of {on}",
        "SomeOf": "{n} of {on}",
        "RandomOrder": "{n} of {on}",
        "Sequential": "all {on}",
        "OneOrOther": "1 of {on}",
        "SelectiveChannelTransform": "channels {channels}",
    }
    GROUP_REPEATS = "{n} of {on}, repeats allowed"
    GROUP_EMPTY = "empty"
    GROUP_UNFINISHED = "needs one more step"
    NODE_P = "p {p:.3g}"
    NODE_TIP = "{name}: p is {p:.3g} here. Applied to {share} of images."
    NODE_TIP_WEIGHT = "{name}: its weight in the OneOf is {p:.3g}. Applied to {share} of images."
    NODE_TIP_CHOSEN = "{name}: the OneOrOther around it decides; its own p has no effect. Applied to {share} of images."
    NODE_TIP_OFF = "{name} is off."
    NODE_TIP_ALONE = "{name}: p is {p:.3g} here."
    LEFT_OUT = "Unsupported transforms"
    PRESETS = "Presets"
    PRESETS_TITLE = "Start from a preset"
    PRESETS_HELP = "Eight pipelines, each with example images, its steps, and when to avoid it"
    PRESETS_INTRO = (
        "Each row of images shows the sample photo and three results. Opening a preset replaces the current pipeline. "
        "Undo brings it back."
    )
    PRESET_STEPS = "Steps: {steps}"
    PRESET_OPEN = "Open {title}"
    NODE_GONE = "This step was removed in another window. Undo brings it back."
    NOT_WRITTEN = "Your last change is kept only in this window, and reloading would lose it: {reason}."
    LEFT_OUT_HEAD: ClassVar = ("Transform", "Why it is not supported")
    DRAFT_DAMAGED = "The pipeline at this address could not be read: {reason} Nothing was deleted."
    DRAFT_UNKNOWN = (
        "There is no pipeline at this address. The address may have been cut off or mistyped, or the "
        "draft was cleared because nobody had opened it for a long time."
    )
    LAST_INSTEAD = "Your last pipeline is open instead."
    SAMPLE_INSTEAD = "The sample pipeline is open instead."
    TRAIN_WITH = "Train with this"
    TRAIN_WITH_HELP = "Open the Train page with this pipeline"
