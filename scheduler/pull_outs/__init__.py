"""Alarms that take somebody away from the plan, as dispatch's facts tell.

- `facts`   the facts of dispatch, parsed into our own words
- `estimate` how long somebody is away (pure)
- `store`   SQL: who is away, and which plans that touches
- `noting`  the shell: note a fact, say which plans to repair
"""
