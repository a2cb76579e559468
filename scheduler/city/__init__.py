"""A city's day: cut along areas, solved part by part on many machines, traded across borders.

- `model`     a city, its parts, and a piece: what one worker is given
- `cutting`   city → parts (pure); with `blocks`, `bisecting`, `staffing`
- `pieces`    a part as a problem of its own, and its plan back in the city (pure)
- `borders`   what two neighbours may trade, and whether they gain (pure); `neighbours`: who is one
- `snapshot`  a city put together again from its pieces (pure)
- `wire`      pieces and plans as bytes
- `store`     SQL of runs and their pieces
- `queue`     PgQueuer, which carries the pieces
- `running`   starts a run, goes on when a round is over, ends it
- `working`   takes pieces and solves them
- `planning`  a centre too large for one search gets its plan this way
"""
