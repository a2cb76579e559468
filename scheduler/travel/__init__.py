"""Travel times: seconds between places for each mode and time of day.

- `model`     what the words mean: circles that are closed, where times came from (pure)
- `slots`     times of day with travel times of their own (pure)
- `closures`  the geometry of a closed road (pure)
- `builtin`   great circle × detour × speed: needs no router (pure)
- `pairs`     places as numbers; which pairs are not known, and in what portions to ask (pure)
- `routers`   what is asked of any router (pure)
- `osrm`, `valhalla`  a question and its answer as the router words them (pure)
- `joining`   one table of answers, closed roads and estimates (pure)
- `asking`    the shell: HTTP, retries, what a router refuses
- `remembering`  what one process has found out (pure)
- `store`     SQL: answers kept, roads closed
- `measuring` the shell: memory, then database, then router, then built-in
- `closing`   the shell: a planner closes a road and opens it again
- `settings`  of every process that plans or checks plans
- `legs`        travel times of a city: only those that somebody asks for (pure)
"""
