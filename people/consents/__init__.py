"""Consent: who agreed to what, in which words, and when it ended. Nothing is ever deleted."""
