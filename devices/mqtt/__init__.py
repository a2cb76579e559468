"""The broker's side of things.

- `address`      a broker's URL
- `incoming`     a message as taken (pure)
- `link`         paho ↔ asyncio with manual acknowledgement
- `broker_auth`  the broker's users and rights, rendered
"""
