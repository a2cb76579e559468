"""Assignments: a responder's job, from the offer to its end.

- `model`       what a job is
- `events`      what can happen to one (pure)
- `lifecycle`   what it becomes (pure)
- `eta`         how long a responder needs (pure)
- `store`       its rows
- `candidates`  who could go: the nearest able caregivers
"""
