"""Words about how long drafts and uploads are kept, and how much of them there may be."""


class Keeping:
    KEPT = (
        "A draft is kept until nobody has opened it for {days:g} days, and each browser keeps the {most} that it used "
        "last. Save what you want to keep."
    )
    KEPT_FOREVER = "Each browser keeps the {most} drafts that it used last. Save what you want to keep."
    NO_ROOM = (
        "drafts, uploads and saved pipelines take the {room} that they may have on this server. Whoever runs it can "
        "raise EXPLORER_KEEP_MB, or remove what is old"
    )
    TOO_LARGE = "the uploads of one pipeline may take {room} together"
    WRONG_NUMBER = "{name}={value!r} is no number of at least {least:g}. {effect}"
    NOTHING_CLEARED = "Nothing old is cleared."
    DEFAULT_TAKEN = "The default of {default:g} holds."
    CLEARED = (
        "Cleared in {home}, after {days:g} days unopened (never edited: {sample:g}): {drafts} drafts with their "
        "uploads, {references} reference images that nothing names, {browsers} lists of browsers, {statistics} "
        "statistics and {leftovers} torn files; {room} in all. Drafts: {names}"
    )
    NOT_CLEARED = "Nothing old was cleared in {home}: {reason}"
    TOO_MANY_FILES = "Too many uploads at once; wait for the others to end.\n"
    TOO_MANY_BYTES = "This page holds {room} of uploads already; remove some, or reload the page.\n"
    SERVER_FULL = "The server holds as many uploads as it can; try again later.\n"
