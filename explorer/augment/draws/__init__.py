"""What many draws of a pipeline do to labels, masks and pixels."""
