"""Whom the call centre knows: places, residents and their contacts, caregivers, accounts.

- `areas`       the tree of areas and who may see which part of it
- `accounts`    log-in names, roles, passwords
- `residents`   homes, residents, contacts; search; what a relative may see
- `caregivers`  who they are and where they are
- `door_codes`  the audited reveal of a door code
"""
