"""Door codes: shown only when asked for with a reason, and written down who asked.

- `revealing` show a door code, once it is written down who asked and why
- `store`     the one place that selects a door code
"""
