"""Words about data sets that are uploaded as zip files."""


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
    CANCEL = "Cancel"
    NOT_KEPT = "{name} could not be received: {reason}"
    FAILED = "{name} was not unpacked. {reason}"
    CANCELED = "{name} was not unpacked: it was canceled."
    BUSY = "Other files are being unpacked. Try again in a moment."
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
