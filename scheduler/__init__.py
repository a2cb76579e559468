"""Visits and meals: who goes where and when, and what an alarm does to it.

The way of a plan: care plans and orders → `day` → `Problem` → `solve` → `verify` → a plan version.

- `care`        service items, care plans, visits, reports on them
- `meals`       orders, meal points, runs, reports on them
- `day`         a centre's day and its problem: demand, shifts, facts, promises
- `problem` `plan` `rules` `verify` `cost` `reasons`   the model and its rules; no solver
- `solve`       `Problem` → `Plan`: the only place that imports solvers
- `basis` `publishing` `issuing` `recording` `store`   load, solve, verify, put in force
- `city`        a centre too large for one search: parts, workers, trades
- `figures`     what a plan comes to
- `jobs`        planning asked for by people: progress, lease
- `pull_outs`   alarms that take somebody away, from dispatch's facts
- `planner`     the process: jobs, days without a plan, repairs
- `effects`     what leaving delays, without a solver
- `tracking` `reading`   estimates, and what people may see
- `formats`     public benchmark files
"""
