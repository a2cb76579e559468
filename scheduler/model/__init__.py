"""The planning problem, its plans and its rules; knows no solver, no database and no clock.

- `problem`   a day to be planned: tasks, caregivers, times, weights
- `checking`  whether a problem can be read at all: references, windows, cycles
- `plan`      who does what and when; what changed between two plans
- `rules`     the rules by name, and whether each is hard or has a price
- `verify`    which hard rules a plan breaks
- `verdicts`  whether one caregiver could do one task at some time, and what speaks against it
- `cost`      the points of what has a price
- `figures`   what a plan comes to
- `reasons`   why a task has no place, in words
"""
