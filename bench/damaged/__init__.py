"""`python -m bench damaged`: files that were damaged at random are read, and nothing may crash."""
