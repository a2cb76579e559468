"""The compiled search: routes as linked lists, exact times, insertion, ruin and recreate.

Words used here: an *op* is one person's part of a task, so a visit for two is two ops that form a
*unit*, inserted and removed together. A *chain* is one shift of one caregiver: a circular list
that begins and ends at its *sentinel*. A *load op* is a courier's stop at a meal point; the ops
behind it, up to the next load op, are its *trip*.

Numbers of ops: tasks' ops first, then load ops, then one sentinel for each chain; the time a
chain ends is kept behind them. `types` describes the arrays.

- `compiling` how functions are compiled, and where what was compiled is kept
- `insert`    where a unit fits best, and putting it there
- `limits`    limits of more than one chain: a meal point's half hour, a person's longest day and
              battery
- `longest`   longest days told at once, of chains in which nothing shifts but the ops behind
- `pairs`     the best two places for two ops that start in step with different people
- `places`    which places are looked at: those near by, one of alike empty chains, all but a few
- `ruin`      which units to take out: related ones, strings of neighbouring routes, a day, the
              worst
- `search`    ruin and recreate under simulated annealing, one chunk of iterations a call
- `seek`      where a unit fits best: everywhere, or beside the units nearest to it
- `tails`     let two routes swap what comes after a place in each: what ruins of short stretches
              seldom do
- `timing`    exact times over routes, pairs and gaps: earliest starts as a longest path, kept up to
              date
"""
