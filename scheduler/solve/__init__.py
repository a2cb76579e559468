"""From a problem to a plan; with `scheduler.week.choosing` the only room that knows solvers.

The engine:

- `engine`   the two calls others make: solve, and compile ahead of time
- `driver`   one solve from start to end: search on each core, merge, polish, explain, check
- `lane`     one core's search: cooling by the clock or by the count, and what it remembers
- `core`     the compiled search itself
- `warming` `progress`  compiling by planning a tiny day; what a running solve tells

Problem and plan as arrays:

- `encode` `columns` `nearness` `reaching`  a problem as arrays: who may do what, what is related
- `decode` `resume`  from arrays to a plan, and from a plan back as far as it still holds

With CP-SAT:

- `pool` `merge` `regions` `covers`  the best whole out of remembered routes, region by region
- `explain` `relax`  why a task was left out, and what little would place it

When the day changes:

- `repair` `alternative`  keeps what holds, inserts the rest in milliseconds, looks around
- `changing`  what changed between two problems, so that only that is sent

In processes of their own:

- `process` `worker`      one solve, seen from us and from the child
- `resident` `answering`  a child that holds the day and answers within a second
- `frames`                messages between us and our children
"""
