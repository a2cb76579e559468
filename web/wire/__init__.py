"""What goes over the wire: models written by hand, because the wire is a promise.

`base` has the types all share; the others are named after what they show. Routers and live frames
use the same models, so a console sees the same incident from both.
"""
