"""What screens show of incidents; read only, and only what the asker's areas hold.

- `model`   what is shown
- `reading` reads it
- `fresh`   of an incident just opened, without reading it (pure)
- `store`   SQL
"""
