"""Planning jobs: asked for by people, worked off by the planner process.

- `model`   a job and its progress
- `store`   SQL: put, take under a lease, keep the lease, end
"""
