"""What goes out to every socket of this process.

- `protocol` the frames, as text; what a client may say (pure)
- `hub`      follows the outbox once per process and tells every listener
"""
