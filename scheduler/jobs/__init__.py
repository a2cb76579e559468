"""Planning jobs: asked for by people, worked off by the planner process.

- `model`       a job and its progress
- `asking`      ids of what the planner asks for itself
- `leasing`     works off any table of jobs under a lease; weeks use it, too
- `statements`  the SQL such a table needs: take, keep the lease, append progress
- `store`       SQL of the jobs that plan a day
- `working`     works those off
- `attempting` one thing of many that is tried in a loop: if it fails, the others have their turn
"""
