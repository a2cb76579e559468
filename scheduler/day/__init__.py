"""A day of one centre: everything a plan is made from.

- `model`      the day as loaded; who works, who is pulled out
- `duty`       shifts and breaks, giving way to what has happened (pure)
- `keeping`    which promises a new plan keeps (pure)
- `presuming`  the past where nobody reported: as planned (pure)
- `assembling` day → Problem, and the names used in it (pure)
- `loading`    the shell: makes the day's visits once and reads all in one snapshot
- `store`      SQL
- `meals`      SQL of orders and meal points
- `measuring`  SQL of how long visits took
- `choices`    SQL of what the week chose for a day; see `scheduler.week`
- `contracts`  what a contract and the week so far leave of somebody's day (pure)
- `workload`   SQL of contracts, and of the work that plans in force ask of each caregiver
"""
