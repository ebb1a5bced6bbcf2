"""Words about how long drafts and uploads are kept, and how much room they may take."""


class Keeping:
    KEPT = (
        "A draft is deleted when nobody has opened it for {days:g} days, and each browser keeps the last {most} that "
        "it used. Save what you want to keep."
    )
    KEPT_FOREVER = "Each browser keeps the last {most} drafts that it used. Save what you want to keep."
    NO_ROOM = (
        "drafts, uploads and saved pipelines have used up the {room} that they may take on this server. Its owner can "
        "raise EXPLORER_KEEP_MB or remove old ones"
    )
    NO_DATA_ROOM = (
        "uploaded data sets and images would take more than the {room} that they may take on this server. Delete "
        "uploads that are no longer needed, or the owner raises EXPLORER_DATA_MB"
    )
    TOO_LARGE = "the uploads of one pipeline may take {room} in total"
    WRONG_NUMBER = "{name}={value!r} has to be a number of at least {least:g}. {effect}"
    NOTHING_CLEARED = "Nothing old is cleared."
    DEFAULT_TAKEN = "The default of {default:g} is used."
    CLEARED = (
        "Cleared in {home}, after {days:g} days unopened (never edited: {sample:g}): {drafts} drafts with their "
        "uploads, {references} unused reference images, {browsers} browser lists, {statistics} statistics, "
        "{predicted} uploads for predictions and {leftovers} incomplete files; {room} in total. Drafts: {names}"
    )
    NOT_CLEARED = "Nothing old was cleared in {home}: {reason}"
    TOO_MANY_FILES = "Too many uploads at once. Wait for the others to finish.\n"
    TOO_MANY_BYTES = "This page already holds {room} of uploads. Remove some, or reload the page.\n"
    SERVER_FULL = "The server has no room for more uploads. Try again later.\n"
