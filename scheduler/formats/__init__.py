"""Public benchmark formats: read an instance, solve it, report it as the literature does.

- `files`    which format a file is in; reads and solves it
- `instance` what every reader gives
- `hhcrsp`   home health care: Mankowska's text, and JSON
- `routing`  vehicle routing: Solomon, Cordeau, VRPLIB, Bredström
"""
