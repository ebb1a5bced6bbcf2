"""A line of small meters for the resources that this computer or one run uses. It takes a few milliseconds."""

import html
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.base.home import made_home
from explorer.figures.palette import ACCENT, GRID, STATE_COLORS
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.usage import GpuUse, MachineUse, Meter, Use
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.texts import Usage as T

FULL = 0.9  # the share from which a meter has the color of a warning

_LINE = '<div style="display:flex;flex-wrap:wrap;gap:0.2rem 1.6rem;font-size:0.85rem;line-height:1.5">{meters}</div>'
_METER = (
    '<span title="{help}" style="display:inline-flex;align-items:center;gap:0.45rem;white-space:nowrap;cursor:help">'
    '<span style="opacity:0.7">{label}</span>'
    '<span style="font-variant-numeric:tabular-nums">{text}</span>{bar}</span>'
)
_BAR = (
    '<span style="display:inline-block;width:3rem;height:0.3rem;border-radius:1rem;overflow:hidden;'
    'background:{ground}">'
    '<span style="display:block;height:100%;width:{percent:.0f}%;background:{color}"></span></span>'
)


@dataclass(frozen=True)
class Gauge:
    """A number of the line. `share` is its bar, 0 to 1 or None; `scarce` says whether a full bar is a warning."""

    label: str
    text: str
    help: str
    share: float | None = None
    scarce: bool = True


@st.cache_resource(show_spinner=False)
def meter() -> Meter:
    """The meter of this server. It measures rates since its last call."""
    return Meter()


def show_machine() -> None:
    """Draw the line for this computer."""
    folder = made_home()
    st.html(_line(machine_gauges(meter().machine(folder), folder)))


def show_run(paths: RunPaths) -> None:
    """Draw the line for a run whose processes live on this computer; otherwise nothing."""
    use = run_use(paths)
    if use is not None:
        st.html(_line(run_gauges(use)))


def run_use(paths: RunPaths) -> Use | None:
    """Measure a run. None if it does not live on this computer."""
    launch = latest_launch(paths)
    return None if launch is None else meter().of(paths, launch)


def machine_gauges(use: MachineUse, folder: Path) -> list[Gauge]:
    """The numbers of the computer, with the disk that holds `folder`."""
    cores = T.CORES_UNKNOWN.format(cores=use.cores)
    share = None
    if use.cores_used is not None:
        cores, share = T.CORES.format(used=use.cores_used, cores=use.cores), use.cores_used / max(use.cores, 1)
    memory = T.OF.format(used=in_words(use.memory_used), total=in_words(use.memory_total))
    return [
        Gauge(T.CPU, cores, T.CPU_HELP, share, scarce=False),
        Gauge(T.MEMORY, memory, T.MEMORY_HELP, use.memory_used / max(use.memory_total, 1)),
        *map(_gpu, use.gpus),
        Gauge(
            T.DISK,
            T.FREE.format(free=in_words(use.disk_free)),
            T.DISK_HELP.format(folder=folder),
            1 - use.disk_free / max(use.disk_total, 1),
        ),
    ]


def _gpu(use: GpuUse) -> Gauge:
    busy = "" if use.utilization is None else T.GPU_BUSY.format(share=use.utilization)
    text = T.OF.format(used=in_words(use.used_bytes), total=in_words(use.total_bytes))
    return Gauge(T.GPU, text, T.GPU_HELP.format(name=use.name, busy=busy), use.used_bytes / max(use.total_bytes, 1))


def run_gauges(use: Use) -> list[Gauge]:
    """The numbers of one run."""
    cores = T.MEASURING if use.cores is None else T.RUN_CORES.format(used=use.cores)
    others = use.processes - 1
    of_memory = T.RUN_MEMORY_HELP.format(workers=others) if others else T.RUN_MEMORY_ALONE_HELP
    gauges = [Gauge(T.CPU, cores, T.RUN_CPU_HELP), Gauge(T.MEMORY, in_words(use.memory), of_memory)]
    if use.gpu_memory is not None:
        gauges.append(Gauge(T.GPU, in_words(use.gpu_memory), T.RUN_GPU_HELP))
    return [*gauges, Gauge(T.DISK, in_words(use.disk), T.RUN_DISK_HELP)]


def _line(gauges: list[Gauge]) -> str:
    return _LINE.format(meters="".join(map(_drawn, gauges)))


def _drawn(gauge: Gauge) -> str:
    bar = ""
    if gauge.share is not None:
        color = STATE_COLORS["stalled"] if gauge.scarce and gauge.share >= FULL else ACCENT
        bar = _BAR.format(ground=GRID, percent=100 * min(max(gauge.share, 0), 1), color=color)
    texts = {name: html.escape(getattr(gauge, name)) for name in ("label", "text", "help")}
    return _METER.format(**texts, bar=bar)
