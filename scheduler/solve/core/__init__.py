"""The compiled search: routes as linked lists, exact times, insertion, ruin and recreate.

Words used here: an *op* is one person's part of a task, so a visit for two is two ops that form a
*unit*, inserted and removed together. A *chain* is one shift of one caregiver: a circular list
that begins and ends at its *sentinel*. A *load op* is a courier's stop at a meal point; the ops
behind it, up to the next load op, are its *trip*.

Numbers of ops: tasks' ops first, then load ops, then one sentinel for each chain; the time a
chain ends is kept behind them. `types` describes the arrays.
"""
