"""Chooses the days and people of a week, with OR-Tools CP-SAT.

- `solving`  builds the model and solves it
- `days`     the model of the days, counted by class of alike items
- `search`   how long CP-SAT may look, and for what
- `process`  the choice in a process of its own, beside an event loop
- `worker`   what runs in that process
"""
