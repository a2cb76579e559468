"""Live consoles and phones over websockets.

- `protocol`  the frames, as text; what a client may say (pure)
- `session`   one console's conversation: hello, snapshot or replay, then numbered changes (pure)
- `views`     facts → changes: one batched query for what the facts are about
- `hub`       follows the outbox once per process and tells every listener
- `polling`   what is looked at every two seconds: positions, terminals, ended log-ins
- `mailbox`   the bounded queue in front of one socket, and the deadline of its writer
- `socket`    the endpoints
"""
