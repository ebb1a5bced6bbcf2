"""A run as one Python file that needs nothing of ours."""
