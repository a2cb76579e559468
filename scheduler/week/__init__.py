"""The rolling week: on which days what is agreed "so many times a week" is done, and by whom.

`model` says what a week is, `checking` whether a choice keeps its rules, `booking` who still has
room, `explaining` why something has no place. `scheduler.week.choosing.solving` makes the choice.

- `asking`    asks the planner process for a week; one waited for is not asked for twice
- `choosing`  chooses the days and people of a week, with OR-Tools CP-SAT
- `gathering` from care plans, shifts and what was kept to the problem of a week (pure)
- `jobs`      jobs to choose a week: what they are, and the SQL that puts, takes and ends them
- `planning`  plan a week: read it, choose in a process of its own, check, and write it down at once
- `showing`   a week as people read it: each service, its days, who comes, and what has no place
- `store`     SQL that reads what a week is made of and keeps what was chosen
- `working`   works off the jobs of weeks, one after the other, beside all else the planner does
"""
