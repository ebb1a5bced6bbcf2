"""What the defaults reach on real photographs of ants and bees."""

from pathlib import Path

from explorer.runs.spec.config import from_values
from tests.training.conftest import events_of, run_here

# As the app greets with it.
PIPELINE = {
    "nodes": [
        {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5},
        {
            "kind": "step",
            "id": "n2",
            "transform": "Affine",
            "p": 0.8,
            "params": {"scale": [0.9, 1.2], "rotate": [-15, 15]},
        },
        {"kind": "step", "id": "n3", "transform": "RandomBrightnessContrast", "p": 0.7},
    ]
}


def test_the_defaults_tell_ants_from_bees(real_data: Path) -> None:
    config = from_values(
        {
            "dataset": {"kind": "image_folder", "path": str(real_data / "hymenoptera")},
            "pipeline": PIPELINE,
            "epochs": 2,  # a quarter of the default: the schedule is as long as the run
        }
    )
    paths, outcome = run_here(config)
    assert outcome.state == "finished", outcome.reason
    epochs = [event for event in events_of(paths) if event.kind == "epoch"]
    assert max(event.number("auroc") for event in epochs) >= 0.92
    assert len(epochs) == config.epochs
