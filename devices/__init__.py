"""The edge: bytes in, facts out. Knows terminals, and of homes no more than an id.

- `events`       PUBLISHED: `Signal`, what a device or its supervision has said
- `topics`       the topic grammar (pure)
- `quantities`   what may be measured, in which unit and range (pure)
- `codecs`       bytes → messages, one file per dialect, an explicit table (pure)
- `supervision`  silence, low battery, lost messages, clock skew, mass outage (pure)
- `mqtt`         paho ↔ asyncio with manual acknowledgement; who may speak at the broker
- `quarantine`   what nobody can read, or what failed twice: kept with its bytes, and told of
- `ingest`       alarm → decode → `handler(conn, signals)` → commit → acknowledge → "received"
- `beats`        heartbeats and readings → the terminals' states, in a process of their own
- `sweep`        passed supervision deadlines → signals
- `registry`     terminal ↔ home ↔ credential; commands to terminals
- `simulator`    homes and caregivers that behave like real ones, over real MQTT and HTTP
- `handler`     the seam between the edge and whoever makes alarms of signals
- `lanes`       the two ways from the broker into the database
- `messages`    what one payload says once it is decoded: still without knowledge of homes or
                history (pure)
- `waking`      waiting for work: woken by NOTIFY, which is a hint, and by the clock, which is sure
"""
