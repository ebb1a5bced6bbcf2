"""Words of the server: what it prints when it starts, and what it answers when it refuses a request."""


class Serving:
    HOST_REFUSED = (
        "This server does not answer to this name. Open it as http://localhost on its own computer. To let others "
        "in under a name, start it with that name: make run HOST=0.0.0.0 NAMES=name.example\n"
    )
    ORIGIN_REFUSED = "Pages of other sites may not talk to this server.\n"
    LOCAL = "Augmentation Explorer: {address}\nOnly this computer can open it."
    OTHERS = "Augmentation Explorer, on this computer: {address}\nOthers can open it at:\n{addresses}"
    BEHIND = "Augmentation Explorer: {address}\nIt also answers to these names, if a proxy forwards them here: {names}"
    ADDRESS_LINE = "  {address}"
    POWERS = """\
There is no login. Everyone who can open these addresses can
  - start, stop, end, resume and delete all runs, on the processor, GPU and disk of this computer
  - read the settings, logs and results of all runs, and download their weights
  - see the images in these folders, and train on them: {folders}
  - open, rename and delete the saved pipelines.
Pipelines and code that they upload are read, never run."""
