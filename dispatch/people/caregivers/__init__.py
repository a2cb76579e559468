"""Caregivers and couriers, and where they are."""
