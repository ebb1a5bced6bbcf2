"""Runs under faults and under load, with real child processes."""
