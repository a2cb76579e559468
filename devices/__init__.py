"""The edge: bytes in, facts out. Knows terminals, and of homes no more than an id.

- `ingest`       the process of alarms: decode → handle → commit → acknowledge → "received"
- `beats`        the process of heartbeats and readings: the terminals' states
- `simulator`    homes and caregivers that behave like real ones, over real MQTT and HTTP
- `lanes`        the two ways from the broker into the database
- `quarantine`   what nobody can read, or what failed twice: kept with its bytes, and told of
- `registry`     terminal ↔ home ↔ credential; commands to terminals
- `sweep`        passed supervision deadlines → signals
- `mqtt`         paho ↔ asyncio with manual acknowledgement; who may speak at the broker
- `dialects`     bytes → messages, commands → bytes: one file each, an explicit table (pure)
- `messages`     what one payload says, still without knowledge of homes or history (pure)
- `supervision`  silence, low battery, lost messages, clock skew, mass outage (pure)
- `handler`      the seam between the edge and whoever makes alarms of signals
- `waking`       waiting for work: woken by NOTIFY, which is a hint, and by the clock
- `topics`       what may stand in a topic, and what a filter matches (pure)
- `quantities`   what may be measured, in which unit and range (pure)
- `events`       PUBLISHED: `Signal`, what a device or its supervision has said
"""
