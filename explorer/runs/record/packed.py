"""What is known of the files of a model package, as the process that writes the model's files reports it."""

from pydantic import BaseModel, ConfigDict

WEIGHTS = "model.safetensors"
GOLDEN = "golden.npz"
ONNX = "model.onnx"


class OnnxFile(BaseModel):
    """The check of an ONNX file against the network itself.

    Attributes:
        images: How many real images both were given.
        difference: The largest difference between two probabilities.
    """

    model_config = ConfigDict(frozen=True)

    images: int
    difference: float


class Packed(BaseModel):
    """The files of a model.

    Attributes:
        epoch: Of the weights, from 0.
        backbone: The name of the network.
        image_size: Side of the input in px.
        classes: Names by index.
        numbers: How many numbers the weights are.
        outputs: Of the network: 1 is the log odds of the second of two classes.
        mean, std: By channel, for pixels from 0 to 255.
        golden: How many images with their probabilities are in GOLDEN.
        onnx: The check of the ONNX file; None where there is no such file.
        why_no_onnx: Why there is none; "" where there is one.
        thresholds: Where an image can have several labels, the probability of each from which on the image has it;
            empty otherwise.
        mask_values: The mask value of each class, where the network learns masks; empty where it does not.
    """

    model_config = ConfigDict(frozen=True)

    epoch: int
    backbone: str
    image_size: int
    classes: tuple[str, ...]
    numbers: int
    outputs: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    golden: int
    onnx: OnnxFile | None = None
    why_no_onnx: str = ""
    mask_values: tuple[int, ...] = ()
    thresholds: tuple[float, ...] = ()
