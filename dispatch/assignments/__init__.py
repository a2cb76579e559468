"""Assignments: a responder's job, from the offer to its end.

- `model`       what a job is
- `lifecycle`   what it becomes (pure); its events are those of `incidents.events`
- `eta`         how long a responder needs (pure)
- `store`       its rows
- `candidates`  who could go: the nearest able caregivers
- `handling`    what a phone does to a job
"""
