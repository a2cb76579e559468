"""Consent: who agreed to what, in which words, and when it ended. Nothing is ever deleted.

- `store` rows of consents. A withdrawal ends one; a new consent is a new row
"""
