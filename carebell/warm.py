"""Compile the solver's inner loops ahead of time: `python -m carebell.warm`, part of `make setup`.

Numba keeps the machine code on disk, so that the first plan of a new installation does not wait.
"""

from scheduler.solve.engine import warm

if __name__ == "__main__":
    warm()
