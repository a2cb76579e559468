"""Accounts: who may log in, as what, and see which areas."""
