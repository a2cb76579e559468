"""Read models that join what several packages publish as views; web decides nothing with them.

- `caregiver_today` a caregiver's day with the alarm job in it: scheduler and dispatch together
- `family`          a family's cards: dispatch, scheduler and devices together
- `installing`      what an installer reads: a terminal as it was last heard, homes, areas
- `responders`      who could go, and what their leaving would do to the day: dispatch and scheduler
                    together
- `store`           SQL over the published `…_v1` views of dispatch, scheduler and devices
"""
