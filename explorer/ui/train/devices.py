"""The devices of this computer in the words of the Train page, and what the choice of one means."""

from collections.abc import Mapping

import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.augment.resolution import fit
from explorer.data.fit import Fit
from explorer.runs.machine.capacity import in_words
from explorer.runs.machine.machine import DeviceInfo, Machine, MachineError, automatic_precision, machine
from explorer.runs.spec.fields import Values
from explorer.settings.fields import learns_masks
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components.markdown import escape


def look() -> Machine | None:
    """Look what this computer can train on, and say why where that fails; then None."""
    try:
        with st.spinner(T.LOOKING):
            return machine()
    except MachineError as error:
        st.error(escape(T.NO_MACHINE.format(reason=error)))
        return None


def accelerators(machine: Machine | None) -> Mapping[str, str]:
    """Return the choices of the accelerator, "auto" first."""
    if machine is None or not machine.devices:
        return {"auto": F.AUTO}
    choices = {"auto": T.AUTO.format(name=_named(machine.devices[0]))}
    for device in machine.devices:
        choices.setdefault(device.accelerator, _named(device))
    count = len(machine.gpus())
    if count > 1:
        choices["gpu"] = T.DEVICES.format(count=count)
    return choices


def gpus(machine: Machine | None) -> Mapping[int, str]:
    """Return the names of all GPUs by number."""
    found = machine.gpus() if machine else ()
    return {gpu.index: T.GPU.format(index=gpu.index, device=_named(gpu)) for gpu in found if gpu.index is not None}


def several_gpus(machine: Machine | None, values: Values) -> bool:
    """Return whether there are GPUs to choose among, or a choice of them to undo."""
    return bool(values["gpus"]) or len(gpus(machine)) > 1


def precisions(machine: Machine | None, values: Values) -> Mapping[str, str]:
    """Return the precisions that the chosen device offers, "auto" first."""
    device = _chosen(machine, values)
    precisions = device.precisions if device else ()
    return {"auto": F.AUTO} | {known.name: known.name for known in precisions if known.offered}


def precision_hint(machine: Machine | None, values: Values) -> str:
    """Return what the chosen precision means, and why others are not offered."""
    device = _chosen(machine, values)
    if machine is None or device is None:
        return ""
    missing = [
        F.PRECISION_REASON.format(reason=_begun(known.reason)) for known in device.precisions if not known.offered
    ]
    chosen = [known for known in device.precisions if known.offered and known.name == values["precision"]]
    good = [F.PRECISION_REASON.format(reason=_begun(known.reason)) for known in chosen if known.reason]
    if values["precision"] == "auto":
        only_head = bool(values["frozen"]) and not values["unfreeze_epoch"].strip()
        meant = automatic_precision(device, machine.bf16_speedup, only_head=only_head)
        good = [T.AUTO_PRECISION.format(name=meant)]
    return " ".join([*filter(None, good), *missing])


def _begun(reason: str) -> str:
    """Return a reason as the beginning of a sentence."""
    return reason[:1].upper() + reason[1:]


def kept_hint(values: Values, pipeline: Pipeline | None) -> str:
    """Return what the way in which images are kept means for their pixels. `pipeline` is None if it has errors."""
    size, kept = values["image_size"], values["cache_size"]
    if kept == "0":
        return F.KEPT_AS["none"]
    if learns_masks(values):
        fitted = Fit(int(kept), int(kept)) if kept.isdigit() else fit(pipeline or Pipeline(), size)
        return F.KEPT_AS["masks"].format(size=size, least=fitted.least)
    if kept.isdigit() and int(kept) < size:
        return F.KEPT_AS["smaller"].format(size=size, kept=kept)
    if values["kept_as"] == "squares":
        larger = kept.isdigit() and int(kept) > size
        return F.KEPT_AS["larger" if larger else "same"].format(size=size, kept=kept)
    kept_at = Fit(int(kept), int(kept)) if kept.isdigit() else fit(pipeline or Pipeline(), size)
    kind = "wanted" if kept_at.most > kept_at.least else "whole"
    return F.KEPT_AS[kind].format(size=size, least=kept_at.least, most=kept_at.most)


def _chosen(machine: Machine | None, values: Values) -> DeviceInfo | None:
    if machine is None:
        return None
    wanted = next((gpu for gpu in machine.gpus() if gpu.index in values["gpus"]), None)
    return wanted or machine.device(values["accelerator"])


def _named(device: DeviceInfo) -> str:
    if device.memory_gb is None:
        return device.name
    return T.DEVICE.format(name=device.name, memory=in_words(round(device.memory_gb * 1e9)))
