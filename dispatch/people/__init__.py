"""Whom the call centre knows: places, residents and their contacts, caregivers, accounts.

- `accounts`    log-in names, roles, passwords, and the areas they see
- `maps`        what the map shows
- `residents`   homes, residents, contacts; search; what a relative may see
- `caregivers`  who they are and where they are
- `certificates`  which skills caregivers may show on which days
- `consents`    who agreed to what
- `door_codes`  the audited reveal of a door code
"""
