"""Networks: the table of those on offer, and what training sees of one."""

from explorer.training.networks.network import Network
from explorer.training.networks.table import BACKBONES, Backbone, build, last_layer

__all__ = ["BACKBONES", "Backbone", "Network", "build", "last_layer"]
