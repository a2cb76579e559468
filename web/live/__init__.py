"""Live consoles and phones over websockets.

- `session`   one console's conversation: hello, snapshot or replay, then numbered changes (pure)
- `synchronising` what a console is told when it comes (back)
- `concerns`  whom a phone's facts concern (pure)
- `views`     facts → changes: one batched query for what the facts are about
- `polling`   what is looked at every two seconds: positions, terminals, ended log-ins
- `mailbox`   the bounded queue in front of one socket, and the deadline of its writer
- `socket`    one socket's reading and writing
- `endpoints` who may open which
"""
