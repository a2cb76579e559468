"""Benchmarks. Each is one command, runs alone on a quiet machine, and prints its own ratios.

- `city`           a whole city's day: cut, solved by workers over PgQueuer, traded across borders,
                   verified
- `city_days`      a synthetic city: districts of centres, each with a day of its own, side by side
- `cpu`            how much of a core each process takes, its children included
- `evaluate`       a second opinion on what `carebell solve --json` prints, sharing no code with the
                   solver
- `growth`         how memory and time grow with the day: 500 to 4,000 visits, each in a process of
                   its own
- `ingest`         press → screen and heartbeats a second, against the bare pipe, in one run
- `ingest_table`   what `bench.ingest` has measured: ratios that no bad moment of the bare pipe
                   makes better
- `load`           heartbeats as fast as asked, at next to no cost: packets are made once and sent
                   in slices
- `peers`          other solvers on the same problem, for the same wall time, judged by our verifier
- `pipe`           the bare pipe: paho → insert + NOTIFY → websocket, and no logic at all. What we
                   measure against
- `pressing`       presses buttons at an even pace, and notes when each sign of a press came
- `repair`         repairs of a large day: pull-outs at random times, answered by the resident
                   process
- `schedule`       plans against the best known values and against peers, side by side in one run
- `schedule_days`  synthetic days of any size, seeded: visits with pairs and ordered services, and
                   meal runs
- `schedule_table` what a run of `bench.schedule` found: gaps, groups, a table and a plot
"""
