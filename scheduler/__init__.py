"""Visits and meals: who goes where and when, and what an alarm does to it.

The way of a plan: care plans and orders → `day` → `Problem` → `solve` → `verify` → a plan version.
From the ground up, as import-linter checks it:

- `model`      the planning problem, its plans and its rules; knows no solver
- `centre`     which centres there are, and their local time
- `named`      names that people read
- `settings`   of the planner and the workers
- `care`       service items, care plans, visits, reports on them
- `jobs`       planning asked for by people: progress, lease
- `rulebook`   how strictly a centre keeps the rules that are a matter of custom
- `travel`     seconds between places, roads that are closed
- `solve`      `Problem` → `Plan`: with `week.choosing` the only place that imports solvers
- `meals`      orders, meal points, runs, reports on them
- `pull_outs`  alarms that take somebody away, from dispatch's facts
- `formats`    public benchmark files
- `day`        a centre's day and its problem: demand, shifts, contracts, promises
- `plans`      load, solve, verify, put in force
- `week`       on which days of a week what is agreed is done, and by whom
- `city`       a centre too large for one search: parts, workers, trades
- `repairing`  what happened, two or three ways to go on, one click
- `reading`    what people may see
- `planner`    the process: jobs, days without a plan, repairs
"""
