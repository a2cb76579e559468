"""The two ways from the broker into the database.

- `reading`  arrivals: decoded messages, and what could not be decoded (pure)
- `settle`   once, again, or to quarantine: what happens when a transaction fails
- `holding`  a lane's own database connection
- `taking`   alarms into the inbox, and signals of what is new, under locks
- `express`  the same and all that follows in two statements, without
- `alarms`   alarm, status, reply: one small transaction at once
- `contacts` what messages say about their terminals' being there: coalesced, by both processes
- `beats`    heartbeat and measure: coalesced
- `store`    their SQL
"""
