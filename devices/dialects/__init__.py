"""What terminals speak: bytes → messages, and commands → bytes. One file for each dialect. Pure.

- `dialect`      what a dialect is, and what it raises
- `fields`       reading untrusted JSON leniently
- `carebell_v1`  Carebell's own: docs/protocol.md
- `known`        the table of all dialects; no plug-ins are looked for
"""
