"""`python -m bench fuzz`: the pool that draws is asked for what nobody would ask for, and has to survive it."""
