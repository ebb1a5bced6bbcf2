"""`python -m explorer`: the commands in a terminal."""
