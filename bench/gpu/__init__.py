"""Training on a GPU, checked against the processor; for anybody with a GPU."""
