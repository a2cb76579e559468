"""Supervision deadlines that have passed: who has gone silent.

- `sweeping` the work of the engine process
- `store`    SQL
"""
