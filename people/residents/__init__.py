"""Residents, their homes and contacts."""
