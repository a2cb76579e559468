"""The ground floor: what every package stands on, and no domain rule.

- `ids`       time-ordered unique ids
- `clock`     the only source of time; `FakeClock` lets tests travel
- `errors`    `DomainError`, the root of every expected refusal
- `geo`       WGS-84 positions, distances, conversion from Chinese datums
- `db`        pools, transactions, migration, waiting for PostgreSQL
- `outbox`    facts in commit order, and the cursors of those who follow them
- `audit`     who did what, when and why, written with what it does
- `settings`  the base class of every process's settings
- `log`       structured logs without personal data
- `metrics`   the registry and the figures every process has
- `columns`   a row type's columns, named once, in the statements built from them
- `collecting` the garbage collector of a process that must not pause
- `migrations` the schema, one file a change

Something enters here only when two packages use it.
"""
