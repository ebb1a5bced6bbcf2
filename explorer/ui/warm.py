"""Imports heavy modules once per server process and freezes them for the garbage collector.

With the imaging libraries loaded a full collection blocks the interpreter for 50 to 90 ms, unless their objects are
frozen. The modules of the pages are imported here too, since the first page would import them after the freeze.
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
pool()  # starts its processes
cv2.setNumThreads(1)  # the little that is decoded here shares the cores with the workers and a training run
explorer.augment.catalog.catalog()
with contextlib.suppress(OSError):  # each page says so if the home cannot be read
    notices.look()  # freezes the existing runs too, of which there may be thousands
gc.collect()
gc.freeze()
# Lets the thread that sends a picture run sooner while another thread draws the rest of the page.
sys.setswitchinterval(0.0005)
