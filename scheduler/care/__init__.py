"""Care plans and the visits they ask for.

- `model`      service items, care plan items, visits
- `demand`     care plans + a day → due visits; visits → tasks of the problem (pure)
- `reports`    check-in, check-out, task: what a report does to a visit (pure)
- `reporting`  the shell: one report, one transaction, told once
- `store`      SQL
- `measured`  how long visits really take, from those that were reported (pure)
- `missing`   visits that nobody came to
- `wishes`    what residents ask of whoever comes, as skills: a gender, a shared language, the key
              (pure)
"""
