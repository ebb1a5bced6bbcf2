"""Words about data sets that are uploaded as zip files, or made of the outlines of another one."""


class Uploads:
    OPEN = "Upload"
    TITLE = "A data set as a zip file"
    HELP = (
        "Class folders, a table with its images, images with masks, COCO, YOLO, Pascal VOC or MedMNIST: pack the "
        "folder as it is. At most {most} MB; for larger ones the owner of the server allows a folder: "
        "`make run DATA=/that/folder`."
    )
    PUBLIC = "Everybody who can open this server can see it."
    WORKING = "Checking and unpacking {name}"
    PROGRESS = "{working}: {done:,} of {total:,} images"
    LEFT = "{progress}, about {time} left"
    CANCEL = "Cancel"
    NOT_KEPT = "{name} could not be received: {reason}"
    FAILED = "{name} was not unpacked. {reason}"
    CANCELED = "{name} was not unpacked: it was canceled."
    BUSY = "Another data set is being made on this server. Try again in a moment."
    NO_ROOM = (
        "uploaded data sets have used up the {room} that they may take on this server. Delete one, or the owner raises "
        "EXPLORER_DATA_MB"
    )
    DONE = "{name} was unpacked: {files:,} files, {size}."
    LEFT_OUT_ONE = "1 other file was left out ({suffixes})."
    LEFT_OUT = "{count:,} other files were left out ({suffixes})."
    DELETE = "Delete this upload"
    DELETE_HELP = (
        "Deletes the unpacked files for everybody. Runs keep their results but can no longer show these images."
    )
    DELETE_SURE = "Delete for good"
    DELETED = "{name} was deleted."
    NOT_DELETED = "{name} could not be deleted: {reason}"
    DRAW = "Draw masks to train on"
    DRAW_HELP = (
        "Networks learn the classes of pixels, not outlines. This draws the outlines of each image as a mask, into a "
        "data set of its own that this page then shows; the images stay where they are. Objects that come later cover "
        "earlier ones, and what is outside of all outlines is background. Everybody who can open this server can see "
        "it."
    )
    DRAWING = "Drawing the masks of {name}"
    NOT_DRAWN = "The masks of {name} were not drawn. {reason}"
    DRAWING_CANCELED = "The masks of {name} were not drawn: it was canceled."
    DRAWN = (
        "image has a mask now, of {classes} and background.",
        "images have masks now, of {classes} and background.",
    )
    DRAWN_WITHOUT = (
        "class has no outline, and is left out: {names}.",
        "classes have no outline, and are left out: {names}.",
    )
    DRAWN_ONLY_BOXES = (
        "object has a box and no outline: its pixels count as background.",
        "objects have a box and no outline: their pixels count as background.",
    )
    DRAWN_BAD = ("outline could not be drawn.", "outlines could not be drawn.")
    DRAWN_UNREADABLE = ("image cannot be read, and is left out.", "images cannot be read, and are left out.")
