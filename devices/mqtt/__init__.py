"""The broker's side of things.

- `address`      a broker's URL
- `settings`     where the broker is, for every process at it
- `incoming`     a message as taken (pure)
- `packets`      bytes cut into QoS 0 messages and the rest (pure)
- `bulk`         paho, taking the QoS 0 messages of one read at once
- `link`         paho ↔ asyncio with manual acknowledgement
- `broker_auth`  the broker's users and rights, rendered
- `hashes`      password hashes as the brokers want them (pure)
- `settings`    what every process at the broker needs to know
"""
