"""Care plans and the visits they ask for.

- `model`      service items, care plan items, visits
- `localtime`  minutes of a local day ↔ instants, across clock changes (pure)
- `demand`     care plans + a day → due visits; visits → tasks of the problem (pure)
- `reports`    check-in, check-out, task: what a report does to a visit (pure)
- `reporting`  the shell: one report, one transaction, told once
- `store`      SQL
"""
