"""The import of Lightning without the compiler of PyTorch."""

import subprocess
import sys

_TRAINED = """
import sys
from explorer.training.importing import import_lightning
import_lightning()
import explorer.training.kinds
import torch

weight = torch.nn.Parameter(torch.ones(3))
optimizer = torch.optim.AdamW([weight], lr=0.1)
weight.sum().backward()
optimizer.step()
torch.testing.assert_close(weight.detach(), torch.full((3,), 0.899))
assert "torch._dynamo.convert_frame" not in sys.modules
"""
_COMPILED = """
from torch._dynamo.utils import counters
assert sys.modules["torch._dynamo"] is torch._dynamo
assert sys.modules["torch._dynamo.utils"] is torch._dynamo.utils
assert torch._dynamo.utils.__spec__.origin == torch._dynamo.utils.__file__
double = torch.compile(lambda values: 2 * values, backend="eager", fullgraph=True)
assert double(weight).tolist() == (2 * weight).tolist()
assert "torch._dynamo.convert_frame" in sys.modules
"""


def test_a_step_is_trained_without_the_compiler_which_is_there_once_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", _TRAINED + _COMPILED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
