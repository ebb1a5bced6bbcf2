"""Seeds that depend on the place in the run only: not on workers, on call order, or on what came before."""

import numpy as np

_BUILD = 2**32 - 1  # no epoch has this number: the initial weights get a seed of their own


def batch_seed(seed: int, epoch: int, batch: int) -> int:
    """For torch's generator before a training batch, so that dropout and drop-connect can be repeated; 0..2**63-1."""
    return int(np.random.SeedSequence([seed, epoch, batch]).generate_state(1, np.uint64)[0] >> 1)


def build_seed(seed: int) -> int:
    """For torch's generator before the initial weights are drawn."""
    return batch_seed(seed, _BUILD, 0)
