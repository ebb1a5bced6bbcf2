"""`python -m explorer`: the commands, by what they are about."""
