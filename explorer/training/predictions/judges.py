"""The trained networks of a prediction: what each gives is turned into probabilities of the same classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.depth import Decided
from explorer.runs.life.predicting import config_of, paths_of, title_of
from explorer.runs.record import mask_values
from explorer.runs.record import predictions as record
from explorer.runs.record.color_places import Places, of_run
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunNotFound
from explorer.runs.record.reasons import reason
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.predict import Network as Chosen
from explorer.training import identity
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.inference import MIXED, device_of, hash_of
from explorer.training.losses import two_logits
from explorer.training.networks import Network
from explorer.training.saliency import network_of
from explorer.training.stopping import TrainingError

if TYPE_CHECKING:  # it imports Lightning, which takes twice as long as a model package that needs only torch
    from explorer.training.setup import Setup


@dataclass(frozen=True, eq=False)
class Judge:
    """A trained network.

    Attributes:
        about: What is recorded of it.
        config: Of its run.
        classes: The names of its outputs, in their order.
        color_places: Where each of these classes stands among the colors.
        mask_values: The mask value of each of these classes; None where its run has not recorded them, or has none.
        depth: How values of more than 8 bits became pixels in its run; None where that is not known.
    """

    about: record.Judge
    config: RunConfig
    classes: tuple[str, ...]
    color_places: Places
    mask_values: tuple[int, ...] | None
    depth: Decided | None
    network: Network
    device: torch.device
    mixed: torch.dtype | None
    columns: NDArray[np.int64]

    def probabilities(self, images: NDArray[Any]) -> NDArray[np.float64]:
        """Predict (N, S, S, 3) images as the network takes them: (N, C) probabilities of the classes of the prediction.

        Raises TrainingError where an output is no finite number.
        """
        outputs = self._outputs(images)
        logits = two_logits(outputs) if outputs.shape[1] == 1 else outputs
        several = self.config.task == "labels"
        odds = logits.double()
        found: NDArray[np.float64] = (odds.sigmoid() if several else torch.softmax(odds, dim=1)).numpy()
        return found[:, self.columns]

    def probabilities_of_pixels(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Predict (N, S, S, 3) images for masks: (N, S, S, C) probabilities of the classes of the prediction.

        Raises TrainingError where an output is no finite number.
        """
        outputs = self._outputs(images)
        if not np.array_equal(self.columns, np.arange(outputs.shape[1])):
            outputs = outputs[:, self.columns]
        # The classes of a pixel lie side by side in memory, as the network has left them.
        found: NDArray[np.float32] = outputs.permute(0, 2, 3, 1).softmax(dim=-1).numpy()
        return found

    @torch.inference_mode()
    def _outputs(self, images: NDArray[Any]) -> Tensor:
        """The logits of (N, S, S, 3) images, float32 on the processor. Raises TrainingError, see `probabilities`."""
        batch = torch.from_numpy(images).permute(0, 3, 1, 2).to(self.device)
        with torch.autocast(self.device.type, self.mixed, enabled=self.mixed is not None):
            outputs: Tensor = self.network(batch)
        outputs = outputs.float().cpu()
        finite = torch.isfinite(outputs)
        if not finite.all():
            broken = int((~finite).flatten(start_dim=1).any(dim=1).sum())
            raise TrainingError(reason("prediction_not_finite", run=self.about.title, broken=broken))
        return outputs


def load(networks: Sequence[Chosen], setup: "Setup", check: Callable[[], None]) -> list[Judge]:
    """Read the checkpoints of all networks.

    Args:
        networks: Which ones.
        setup: The device and the precision.
        check: Called before each is read; it may raise StopRun.

    Raises:
        TrainingError: A run or its checkpoint is gone, or cannot be used.
        ConfigError: The networks have different classes, or learned something else.
    """
    found: list[Judge] = []
    for chosen in networks:
        check()
        judge = _load(chosen, setup, found[0].classes if found else None)
        if found and judge.config.task != found[0].config.task:
            raise ConfigError({"predict.networks": f"“{judge.about.title}” answers something else than the first one."})
        found.append(judge)
    return found


def _load(chosen: Chosen, setup: "Setup", classes: tuple[str, ...] | None) -> Judge:
    try:
        paths = paths_of(chosen)
        config = config_of(chosen)
        source = paths.best if chosen.which == "best" else paths.last
        checkpoint = read(source, bound_of(config))
        network = network_of(config, checkpoint)
        own = tuple(map(str, checkpoint["explorer"]["classes"]))
    except RunNotFound as error:
        raise TrainingError(f"The run {chosen.run} was deleted: there is nothing to predict with.") from error
    except (CheckpointError, KeyError, TypeError) as error:
        said = error if isinstance(error, CheckpointError) else "it does not name its classes"
        raise TrainingError(f"{chosen.which}.ckpt of {chosen.run} cannot be used: {said}.") from error
    title = title_of(chosen)
    about = record.Judge(chosen.run, title, chosen.member, chosen.which, int(checkpoint["epoch"]), hash_of(network))
    device = _device(setup)
    network = network.to(memory_format=torch.channels_last).to(device)  # type: ignore[call-overload]
    depth = recorded_depth(identity.first(paths, paths.latest_attempt + 1))
    places = of_run(paths, config.task, own)
    values = mask_values.of_run(paths, len(own)) if config.task == "segmentation" else None
    columns = _columns(own, classes or own, title)
    return Judge(about, config, own, places, values, depth, network, device, MIXED.get(setup.precision), columns)


def _columns(own: tuple[str, ...], classes: tuple[str, ...], title: str) -> NDArray[np.int64]:
    """Where each class of the prediction is among the outputs of a network. Raises ConfigError."""
    if sorted(own) != sorted(classes) or len(set(own)) < len(own):
        raise ConfigError(
            {
                "predict.networks": f"“{title}” was trained on other classes ({_listed(own)}) than the first network "
                f"({_listed(classes)}). Networks can be averaged only if they have the same classes."
            }
        )
    return np.array([own.index(name) for name in classes], np.int64)


def _listed(classes: tuple[str, ...], most: int = 6) -> str:
    more = f" and {len(classes) - most} more" if len(classes) > most else ""
    return f"{', '.join(classes[:most])}{more}"


def _device(setup: "Setup") -> torch.device:
    found = device_of(setup.device)
    if found is None:
        raise TrainingError(f"Predictions are not made on {setup.device.name}. Choose the processor or a GPU.")
    return found
