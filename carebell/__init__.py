"""The roof: command line, wiring, embedded parts, supervision, the demo town.

- `cli`        `carebell`: one command for everything
- `planning_command` `press_command` `simulating_command` `solving_command` `work_command`
               its longer commands
- `doctor`     looks at what Carebell stands on, and says what to do about what is missing
- `run`        one process of the platform: `python -m carebell.run NAME`
- `wiring` `planning` `simulating`  the processes, wired
- `demo`       a synthetic town, and the platform on it
- `platform`   brings the whole platform up on one machine, and down again
- `reaching`   the database and the broker for a command
- `screen`     what a person at the terminal sees
- `parts`      our own processes, described for the supervisor
- `processes`  the supervisor: starts parts in order, and again when they end
- `embedded`   PostgreSQL and an MQTT broker from wheels, as children of our own
- `restarts`   when a part that ended is started again (pure)
- `retention`  whether a broker keeps what nobody acknowledged
- `settings`   of the roof
- `warm`       compiles the solver ahead of time
"""
