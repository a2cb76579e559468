"""Caregivers and couriers.

- `caregivers`    who they are and where they are
- `certificates`  which skills they may show on which days
"""
