"""How a day gets its plan and keeps it: load, solve, verify, put in force.

- `basis`      what a plan starts from: the day's problem in the light of the plan in force
- `publishing` load, solve in a process, issue; again if another plan came first
- `issuing`    verifies a draft and puts it in force, or keeps it as refused
- `recording`  plans to rows and back (pure)
- `store`      SQL
"""
