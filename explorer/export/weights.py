"""The part of an exported file that takes over pretrained weights."""

from explorer.export.facts import ExportError
from explorer.export.libraries import DEIT_SIZES, Library
from explorer.runs.spec.config import RunConfig


def sections(config: RunConfig, library: Library) -> list[str]:
    """`load_pretrained(network)`; nothing where all weights are new. Raises ExportError."""
    if config.weights == "none":
        return []
    if config.weights == "file":
        old_names = config.backbone in DEIT_SIZES
        state = "{renamed(name): value for name, value in state.items()}" if old_names else "state"
        load = _FROM_FILE.format(read=_reading(config), head=library.head, state=state, own=_own_scale(config))
        return [_RENAMED, load] if old_names else [load]
    published = library.weights.get(config.weights)
    if published is None:
        raise ExportError(f"There is no code for {config.weights} weights of {config.backbone}.")
    return [_LOAD.format(state=published, head=library.head)]


_LOAD = '''\
def load_pretrained(network):
    """Take over the published weights; the head stays new, for it has other classes."""
    state = {state}
    head = {{name: value for name, value in network.net.state_dict().items() if name.startswith("{head}.")}}
    network.net.load_state_dict({{**state, **head}})
'''


def _reading(config: RunConfig) -> str:
    if config.weights_file.strip().lower().endswith(".safetensors"):
        return "load_file(WEIGHTS)"
    return 'torch.load(WEIGHTS, map_location="cpu", weights_only=True)'


def _own_scale(config: RunConfig) -> str:
    return _TAKE_SCALE if config.normalise == "auto" else ""


_FROM_FILE = '''\
def load_pretrained(network):
    """Take over the weights of a file, plain or of a checkpoint; the head stays new, for it has other classes."""
    state = {read}
    for wrapper in ("state_dict", "model", "model_state_dict"):
        state = state.get(wrapper, state)
    state = {state}
    own = network.net.state_dict()
    first = next(iter(own))
    prefix = next(name.removesuffix(first) for name in state if name.endswith(first))  # such as "network.net."
    for name in own:
        if not name.startswith("{head}.") and not name.endswith("num_batches_tracked"):
            own[name] = state[prefix + name]
    network.net.load_state_dict(own)
{own}'''

_TAKE_SCALE = """\
    outer = prefix.removesuffix("net.")
    if prefix.endswith("net.") and f"{outer}mean" in state:  # what these weights were trained with
        network.mean.copy_(state[f"{outer}mean"])
        network.std.copy_(state[f"{outer}std"])
"""

# As the names of parameters changed in transformers 5.
_RENAMED = '''\
RENAMED = (
    (r"encoder\\.layer\\.", "layers."),
    (r"attention\\.attention\\.query", "attention.q_proj"),
    (r"attention\\.attention\\.key", "attention.k_proj"),
    (r"attention\\.attention\\.value", "attention.v_proj"),
    (r"attention\\.output\\.dense", "attention.o_proj"),
    (r"intermediate\\.dense", "mlp.fc1"),
    (r"output\\.dense", "mlp.fc2"),
)


def renamed(name):
    """The name of a parameter today, from the one that published weights give it."""
    for old, new in RENAMED:
        name = re.sub(old, new, name)
    return name
'''
