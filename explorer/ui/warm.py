"""Heavy imports, once per server process, and then out of the garbage collector's sight.

A full collection of the garbage holds the interpreter, with the imaging libraries loaded for 50 to 90 ms; frozen
objects are not walked. What the pages import is imported here too: it
would come with the first page otherwise, after the freeze. Import this module, never call it per session.
"""

import contextlib
import gc
import sys

import cv2
import pandas  # noqa: F401 - Streamlit imports it for its first widget

import explorer.augment.apply
import explorer.augment.catalog
import explorer.ui.augment.stage
import explorer.ui.augment.step_list
import explorer.ui.run.page
import explorer.ui.step_editor.form
import explorer.ui.train.sections
import explorer.ui.train.seen
import explorer.ui.train.summary
from explorer.draw import memory
from explorer.draw.pool import pool
from explorer.ui.background import tidying
from explorer.ui.runs import notices

memory.tune()
tidying.start()
pool()  # its processes start while the rest is imported
cv2.setNumThreads(1)  # what little is decoded here shares the machine with workers and a training run
explorer.augment.catalog.catalog()
with contextlib.suppress(OSError):  # each page says so where the home cannot be read
    notices.look()  # the runs that are there: thousands of them would be walked, too
gc.collect()
gc.freeze()
# The thread that sends a picture waits for the one that draws the rest of the page: let it have its turn sooner.
sys.setswitchinterval(0.0005)
