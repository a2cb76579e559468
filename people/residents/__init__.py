"""Residents, their homes and contacts.

- `store` rows of homes, residents and contacts, as screens need them
"""
