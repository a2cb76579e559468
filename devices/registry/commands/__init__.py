"""Commands to terminals: durable, sent again until answered or expired.

- `sending` puts them in, and sends them from the ingest process
- `store`   SQL
"""
