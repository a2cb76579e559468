"""What an installer reads: a terminal as it was last heard, homes, areas.

- `store` SQL for the installer: a terminal as it was last heard, homes to put one into, areas
"""
