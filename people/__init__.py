"""Whom and where the centre knows: areas, homes, residents, staff, accounts.

- `accounts`   log-in names, roles, passwords, and the areas they see
- `areas`      what the map shows
- `residents`  homes, residents, contacts; search; what a relative may see
- `staff`      caregivers, where they are, and their certificates
- `consents`   who agreed to what
- `door_codes` the audited reveal of a door code
- `ids`        their ids
"""
