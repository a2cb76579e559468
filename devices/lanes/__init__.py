"""The two ways from the broker into the database.

- `reading`  arrivals: decoded messages, and what could not be decoded (pure)
- `settle`   once, again, or to quarantine: what happens when a transaction fails
- `holding`  a lane's own database connection
- `alarms`   alarm, status, reply: one small transaction at once
- `beats`    heartbeat, measure, and what the alarms say about their terminal: coalesced
- `store`    their SQL
"""
