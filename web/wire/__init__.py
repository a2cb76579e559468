"""What goes over the wire: models written by hand, because the wire is a promise.

`base` has the types all share; the others are named after what they show. Routers and live frames
use the same models, so a console sees the same incident from both.

- `account`     log-in and the one who is logged in
- `caregiver`   a caregiver's day, on the phone
- `certificate` certificates on the wire
- `closure`     closed roads on the wire
- `family`      what a family sees: how their people are, and what is being done
- `incident`    incidents as operators see them
- `installing`  what an installer is shown: a terminal as it was last heard, homes, areas
- `live`        frames of `/ws/console` and `/ws/phone`
- `lookup`      finding people and terminals, revealing a door code, what could not be read
- `map`         what is on the map, and the terminals
- `plan`        plans and planning jobs
- `repair`      repairs of a plan on the wire
- `rules`       planning rules and how strictly a centre keeps them
- `week`        a week and the jobs that choose it
"""
