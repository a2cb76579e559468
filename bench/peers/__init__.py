"""Other solvers on the same problem, for the same wall time, judged by our verifier.

Each module has `solve(problem, seconds, seed) -> Answer`. Building its model is not counted in its
time. What it cannot express it says; its routes are written out as a plan and checked and priced
like ours, so that nobody's own figures are trusted.

- `answer`      what a peer answers, and its routes as a plan
- `by_ortools`  OR-Tools' routing search with guided local search: pairs and gaps as constraints on
                starts
- `by_pyvrp`    PyVRP, hybrid genetic search: routing with hard windows, capacity, several depots,
                long days
- `by_timefold` Timefold through its Python package (needs a Java runtime, 17 or later): plain
                routing only
- `roster`      who can be asked, and asking one
- `by_vroom`    VROOM at its deepest exploration: routing with hard windows, capacity and several
                depots
"""
