"""Words about pipelines that are saved, imported, exported and shared."""

from typing import ClassVar


class Files:
    FILE = "File"
    NAME_PLACEHOLDER = "Name of the pipeline"
    SAVE_HELP = "Save on this computer. Replaces any pipeline with the same name."
    SAVED = "Saved as “{name}”."
    NOT_SAVED = "Not saved: {reason}"
    OPEN = "Saved pipelines"
    OPEN_PLACEHOLDER = "Choose one"
    OPEN_NOTHING = "Nothing saved yet"
    OPEN_THIS = "Open"
    RENAME = "Rename"
    NEW_NAME = "New name"
    RENAMED = "“{old}” is now “{new}”."
    DELETED = "Deleted “{name}”."
    NEW = "New pipeline"
    NEW_HELP = "Starts an empty pipeline. You can reopen this one under Recent."
    OLD_STREAMS = "Random numbers: shared by all steps, as in pipelines of earlier versions."
    RENEW_STREAMS = "Renew"
    RENEW_STREAMS_HELP = (
        "Gives each step its own random numbers, so that a change of one step leaves what all others draw. A study "
        "needs this. The same seed then gives other pictures. You can undo it."
    )
    RENEWED_STREAMS = "Each step now has its own random numbers."
    UNTITLED = "Untitled pipeline"
    NEVER_SAVED = ":gray[not saved]"
    CHANGED = ":orange[● unsaved changes]"
    AS_SAVED = ":gray[saved]"
    RECENT = "Recent in this browser"
    RECENT_NONE = "Pipelines that you opened in this browser will be listed here."
    RECENT_LINE = "{title} · {when}"
    RECENT_EMPTY = "Empty pipeline"

    IMPORT = "Import"
    IMPORT_HELP = (
        "Read a pipeline from Python code for albumentations 1.x or 2.x, a notebook, a README, or a JSON or YAML file. "
        "Nothing is run."
    )
    IMPORT_TITLE = "Import a pipeline"
    IMPORT_FILE = "A file"
    IMPORT_TEXT = "Or paste code"
    IMPORT_EXAMPLE = (
        "size = 224\n"
        "train_transform = A.Compose([\n"
        "    A.RandomResizedCrop(size, size, scale=(0.3, 1.0)),\n"
        "    A.HorizontalFlip(p=0.5),\n"
        "    ToTensorV2(),\n"
        "])"
    )
    IMPORT_READ = "Parse code"
    IMPORT_HINT = "Code is read and never run. Your current pipeline stays until you open an imported one."
    IMPORT_WHICH = "{count} pipelines found"
    IMPORT_OPTION = "{title} · line {line} · steps: {steps}"
    IMPORT_UNTITLED = "pipeline"
    IMPORT_VERSION = "Written for albumentations"
    IMPORT_VERSION_WHY = "{why} Choose the version that this code was written for. It changes these steps:"
    IMPORT_VERSION_SURE = "Read as code for albumentations {version}. {why}"
    IMPORT_VERSION_HEAD = ("Line", "What the step is in each version")
    IMPORT_VERSION_ROW = "{step} · 1.x: {old} · 2.x: {new}"
    IMPORT_UNKNOWN = "The code does not contain these values"
    IMPORT_ANSWER = "{name} ({where}, line {line})"
    IMPORT_ANSWER_DEFAULT = "{name} ({where}, line {line}; default: {default})"
    IMPORT_ANSWER_HELP = (
        'A number, a list such as [224, 224], or text in quotes. For "all of **options": a dictionary such as {"p": 1}'
    )
    IMPORT_ANSWER_WRONG = "{name}: {text} is not a number, list, text or dictionary in Python."
    IMPORT_USE = "Use these values"
    IMPORT_NOTES = "What was changed or left out"
    IMPORT_NOTE_HEAD = ("Line", "", "")
    IMPORT_KINDS: ClassVar = {
        "translated": "translated",
        "changed": "close, not equal",
        "left out": "left out",
        "to check": "please check",
    }
    IMPORT_WRONG = "Some values are not accepted. You can fix them in the fields of the steps: {errors}"
    IMPORT_EMPTY = "This pipeline has no step that can be read."
    IMPORT_OPEN = "Open this pipeline"
    IMPORTED = "Opened. Undo restores your previous pipeline."

    EXPORT = "Export, share"
    EXPORT_HELP = "As Python code, as a JSON or YAML file, or as a link that opens it elsewhere"
    EXPORT_TITLE = "Export and share"
    EXPORT_FORM = "Form"
    LINK = "Link"
    EXPORT_WRONG = "Fix the fields marked in red first: {errors}"
    EXPORT_SAVE = "Download {name}"
    EXPORT_NAME = "pipeline"
    EXPORT_BOXES = "With bbox_params, for images with boxes"
    EXPORT_POINTS = "With keypoint_params, for images with keypoints"
    EXPORT_PYTHON = "Needs only albumentations 2.0.8. Arguments that are left out have their defaults."
    EXPORT_FILE = "Open this file again with {where}."
    LINK_WHAT = (
        "Anyone who opens this link gets a copy of the pipeline and of your view, and can change it freely. "
        "The link holds everything; nothing is stored on a server for it."
    )
    LINK_LOCAL = (
        "This link works only on this computer, because the app listens on this computer only. To share it "
        "with others, start the app with make run HOST=0.0.0.0, or download the pipeline as JSON."
    )
    LINK_UPLOAD = "Your own image is not part of the link, which opens on the first sample photo."
    LINK_LONG = "The pipeline is too long for a link ({length:,} characters). Download it as JSON instead."
    LINK_CUT = "The link is damaged or was cut off."
    LINK_OPENED = "A copy of the shared pipeline is open."
