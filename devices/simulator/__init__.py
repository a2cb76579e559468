"""Homes and caregivers that behave like real ones, over real MQTT and HTTP. A product, not a mock.

- `household`   what happens in one home, day after day: seeded, endless (pure)
- `device`      a terminal by the protocol: beats, presses, resends until `received` (pure)
- `report`      what was sent and what came of it (pure)
- `wire`        many MQTT clients on one event loop, without a thread each
- `fleet`       homes × devices × wire: `run_fleet`
- `caring`      what a caregiver does next (pure)
- `listening`   when a phone asks, shows where it is, and comes back to its socket (pure)
- `phone`       a caregiver's phone: HTTP, and the socket that tells of changes
- `caregivers`  do it all, with their phones
"""
