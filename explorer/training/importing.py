"""The import of Lightning, which is most of what a trainer does before it trains."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# torchmetrics, which Lightning brings along, imports them for metrics of speech and text wherever they are installed.
_UNUSED = ("scipy.signal", "transformers")
_COMPILER = "torch._dynamo"


class _StandIn(ModuleType):
    """A module in which everything that is looked for is None."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


class _NoCompiler(ModuleType):
    """What Lightning and the optimizers ask of the compiler of PyTorch while nothing is compiled.

    Importing the compiler takes a third of the time until a trainer trains, and 65 MB. This module makes room for it as
    soon as any code asks for more of it, by an attribute or by one of its modules.
    """

    class OptimizedModule:
        """The type of a compiled module, of which there is none."""

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """Do nothing: there is no graph of which a part could end here."""

    @staticmethod
    def disable(fn: Callable[..., Any], recursive: bool = True, **options: Any) -> Callable[..., Any]:
        """Return the function itself, which is not compiled anyway."""
        del recursive, options
        return fn

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # a package, whose modules `_OnDemand` finds

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_compiler(), name)


class _OnDemand(MetaPathFinder, Loader):
    """Imports the compiler in the moment in which one of its modules is imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a module of the compiler is imported, and None for all other modules."""
        del path
        if not fullname.startswith(f"{_COMPILER}."):
            return None
        package = _compiler()
        if fullname not in sys.modules:
            return PathFinder.find_spec(fullname, package.__path__, target)
        return ModuleSpec(fullname, self, loader_state=sys.modules[fullname].__spec__)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that the compiler has imported itself."""
        return sys.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is, with its own spec."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


_ON_DEMAND = _OnDemand()


def _compiler() -> ModuleType:
    """Import the compiler in the place of its stand-in, and return it."""
    if isinstance(sys.modules.get(_COMPILER), _NoCompiler):
        del sys.modules[_COMPILER]
        sys.meta_path.remove(_ON_DEMAND)
    import torch._dynamo  # noqa: F401

    return sys.modules[_COMPILER]


def import_lightning() -> None:
    """Import Lightning without what it never uses here: in half of the time, and with 120 MB less.

    The stand-ins for `_UNUSED` are removed after the import, so that code which needs the real modules can import them.
    `_NoCompiler` stays in the place of the compiler until code asks for an attribute or a module that it does not have.
    """
    if _COMPILER not in sys.modules:
        sys.modules[_COMPILER] = _NoCompiler(_COMPILER)
        sys.meta_path.insert(0, _ON_DEMAND)
    hidden = [name for name in _UNUSED if name not in sys.modules]
    sys.modules.update({name: _StandIn(name) for name in hidden})
    try:
        import pytorch_lightning  # noqa: F401
    finally:
        for name in hidden:
            del sys.modules[name]
