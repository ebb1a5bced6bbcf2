"""The table of runs, printed as it grows, and what in it does not hold."""

from dataclasses import dataclass, field

from bench.gpu.trained import MEASURED, Trained
from explorer.runs.machine import needs
from explorer.runs.machine.capacity import in_words
from explorer.runs.machine.machine import DeviceInfo, Machine

# The largest difference to the processor in 32-true, in the order of MEASURED. GPUs convolve 32-bit numbers with 10
# bits of mantissa (TF32), as many as float16 has. bfloat16 has 7: on a processor it differed by 0.004, 0.035, 0.002.
TOLERANCES = {"32-true": (0.02, 0.04, 0.02), "16-mixed": (0.03, 0.06, 0.03), "bf16-mixed": (0.05, 0.12, 0.04)}
MEMORY_TOLERANCE = 1.25  # times what was foretold
_DIFFERENCES = "{:12.4f}{:10.4f}{:8.4f}"


@dataclass
class Table:
    """found: this computer. device: the one that is checked. failed: a sentence for each check that does not hold."""

    found: Machine
    device: DeviceInfo
    failed: list[str] = field(default_factory=list)

    def head(self) -> None:
        """Print the names of the columns. Those of GPU memory are there only where the device has such memory."""
        memory = f"{'GPU memory':>12}{'foretold':>10}" if self.device.accelerator == "gpu" else ""
        print(f"{'':26}{'images/s':>10}{'plain':>9}{'train loss':>12}{'val loss':>10}{'AUROC':>8}{memory}")

    def add(self, name: str, trained: Trained, expected: Trained | None = None, plain: float | None = None) -> None:
        """Print a row.

        Args:
            name: of the row.
            trained: the run.
            expected: the run that it is compared with; without one there is nothing to compare.
            plain: images per second of the plain script that did the same.
        """
        problems = [trained.problem] if trained.problem else []
        differences = memory = ""
        if expected is not None:
            differs = trained.differs(expected)
            differences = _DIFFERENCES.format(*differs)
            problems += _too_different(differs, TOLERANCES[trained.config.precision])
        if trained.peak is not None:
            foretold = self._foretold(trained)
            memory = f"{in_words(trained.peak):>12}{in_words(foretold):>10}"
            if trained.peak > MEMORY_TOLERANCE * foretold:
                problems.append(f"GPU memory is {trained.peak / foretold:.2f} times what was foretold")
        verdict = "FAILS" if problems else "holds"
        plain_speed = "" if plain is None else f"{plain:.1f}"
        print(f"{name:26}{trained.speed:10.1f}{plain_speed:>9}{differences:30}{memory}  {verdict}", flush=True)
        self.failed.extend(f"{name}: {problem}." for problem in problems)

    def _foretold(self, trained: Trained) -> int:
        """Bytes of GPU memory that the form of a run would have stated."""
        backbone, start = self.found.backbone(trained.config.backbone), trained.start
        if backbone is None or start is None:
            return 0
        needed = needs.estimate(
            trained.config,
            train_images=int(start.number("train_images")),
            val_images=int(start.number("val_images")),
            backbone=backbone,
            device=self.device,
        )
        return needed.gpu_memory or 0


def _too_different(differs: tuple[float, ...], limits: tuple[float, ...]) -> list[str]:
    # Not "greater than": nan is too different as well.
    return [
        f"{name} differs by {difference:.4f}, more than {limit}"
        for name, difference, limit in zip(MEASURED, differs, limits, strict=True)
        if not difference <= limit
    ]
