"""A centre: which there are, and its local time.

- `model`     what a centre is, and the kinds of plan it makes (pure)
- `localtime` minutes of its local day and instants (pure)
- `store`     SQL
- `choosing`  which centre somebody means
"""
